import { ASKED_TO_STOP, REFUSED_CONTENT, type OutcomeClass, type OutcomeType, provedBy } from '../core/outcome.ts';
import type { AuditEvent } from '../db/audit.ts';
import type { Tx } from '../db/client.ts';
import { insertOutcome } from '../db/outcomes.ts';
import type { Context } from './context.ts';
import { relabel } from './relabel.ts';
import { settleByEvidence } from './settle-by-evidence.ts';

export type OutcomeInput = {
  id: string;
  leadId: string;
  /** The mail that it names or is put down to. */
  messageId: string | null;
  decisionId: string | null;
  type: OutcomeType;
  /** Only a human one counts for anything but the record. */
  classification: OutcomeClass;
  /** Words of a closed vocabulary: why it was classified so. They stand in the audit log. */
  reasons: string[];
  /** Where it came from: `web`, `mail`, `smtp`, `webhook:events` … */
  source: string;
  /** Unique within its source: the same thing told twice is recorded once. */
  dedupeKey: string;
  /** What it was read from; may hold personal data, erasure empties it. */
  raw: Record<string, unknown> | null;
  /** Business time. */
  occurredAt: Date;
};

/**
 * Writes what a lead did, once, and lets it settle a mail of which nobody knew whether it went out. In the caller's
 * transaction; the caller holds the lead's lock. `fresh` is false when it was recorded before, and then nothing is done.
 * The events are for the caller to append, last.
 */
export async function recordOutcome(
  ctx: Context,
  tx: Tx,
  input: OutcomeInput,
): Promise<{ fresh: boolean; events: AuditEvent[] }> {
  const now = ctx.clock.now();
  const { type, classification, reasons, source, messageId, decisionId } = input;
  if (!(await insertOutcome(tx, { ...input, workspaceId: ctx.workspaceId, receivedAt: now })))
    return { fresh: false, events: [] };
  const proof = messageId === null ? null : provedBy(input);
  const settled =
    messageId === null || proof === null
      ? []
      : await settleByEvidence(ctx, tx, { messageId, ...proof, actor: `system:${source}` });
  const harm = decisionId === null ? null : harmOf(input);
  const relabelled =
    harm === null || decisionId === null
      ? null
      : await relabel(ctx, tx, {
          decisionId,
          reason: harm,
          critical: false,
          actor: `system:${source}`,
          occurredAt: input.occurredAt,
        });
  return {
    fresh: true,
    events: [
      {
        at: now,
        actor: `system:${source}`,
        action: `outcome.${type}`,
        subjectType: 'lead',
        subjectId: input.leadId,
        data: { outcome: input.id, classification, reasons, message: messageId, decision: decisionId },
      },
      ...settled,
      ...(relabelled ?? []),
    ],
  };
}

/** What turns the label of the decision behind a mail into a failure, in people's words; null for what says nothing of the mail. */
function harmOf({ type, classification, reasons }: OutcomeInput): string | null {
  if (type === 'complained') return 'a spam complaint';
  if (type === 'bounced' && reasons.includes(REFUSED_CONTENT)) return 'the mail server refused its words';
  if (classification !== 'human') return null;
  if (type === 'unsubscribed') return 'the lead unsubscribed';
  return type === 'replied' && reasons.includes(ASKED_TO_STOP) ? 'the lead asked to stop' : null;
}
