import { and, desc, eq, ne, sql } from 'drizzle-orm';
import { reasonLabels } from '../core/decision.ts';
import { type EvidenceFacts, type Label, labelOf } from '../core/evidence.ts';
import { rulesOf } from '../core/kinds/rules.ts';
import { isTestLead } from '../core/test-lead.ts';
import { segmentsOf } from '../core/segments.ts';
import type { AuditEvent } from '../db/audit.ts';
import { lockCell } from '../db/cells.ts';
import { rows, type Tx } from '../db/client.ts';
import { verdicts } from '../db/schema.ts';
import { isTrustedReviewer } from './catch-rates.ts';
import type { Context } from './context.ts';
import { observe } from './observe.ts';
import { evidenceRisk } from './pass-gate.ts';
import { cellOf, type Locked, type SettleInside } from './settlement.ts';

type Verdict = {
  input: SettleInside;
  locked: Locked;
  change: EvidenceFacts['change'];
  shownAt: Date | null;
  /** Address domains that are ours: who is mailed there tests us. */
  ownDomain: string;
  now: Date;
};

/**
 * What a verdict teaches the cell of its decision, in the verdict's own transaction: a threshold that falls has fallen when the
 * click is answered. Takes the cell's lock. Answers with what to write on the verdict, and with audit rows to append last.
 */
export async function takeEvidence(
  ctx: Context,
  tx: Tx,
  verdict: Verdict,
): Promise<{ label: Label; audit: AuditEvent[] }> {
  const { input, locked, now } = verdict;
  const { decision, proposal } = locked;
  const cell = await lockCell(tx, cellOf(decision));
  const label = labelOf(await evidenceFacts(tx, verdict, cell.standing.epoch));
  if (!label.counts) return { label, audit: [] };
  const { request } = input;
  const reasons = request.verdict === 'reject' ? request.reasons.map((code) => reasonLabels[code]) : [];
  const { audit } = await observe(
    ctx,
    tx,
    cell,
    [
      {
        type: 'labelled',
        id: decision.id,
        at: now.getTime(),
        epoch: decision.gate.epoch,
        risk: evidenceRisk({ ...decision, because: decision.gate.because }),
        segments: proposal.inputs === null ? [] : segmentsOf(proposal.inputs.lead),
        loss: label.loss,
        critical: label.critical,
        q: decision.route === 'spot_check' ? decision.gate.q : null,
        reason: reasons[0] ?? (label.loss > 0 ? 'Edited' : null),
      },
    ],
    `${input.actor.type}:${input.actor.id}`,
  );
  return { label, audit };
}

async function evidenceFacts(
  tx: Tx,
  { input, locked, change, shownAt, ownDomain, now }: Verdict,
  epoch: number,
): Promise<EvidenceFacts> {
  const { request, actor } = input;
  const { decision, proposal, lead } = locked;
  if (request.verdict === 'expire' || request.verdict === 'withdraw')
    throw new Error(`${request.verdict} of decision ${decision.id} is no verdict`);
  return {
    verdict: request.verdict,
    actor: actor.type,
    via: input.via,
    purpose: decision.purpose === 'live' ? 'live' : 'seeded_check',
    hasProposal: proposal.content !== null && proposal.authorType === 'model',
    change,
    originalOk: request.verdict === 'edit' ? (request.originalOk ?? null) : null,
    reasons: request.verdict === 'reject' ? request.reasons : [],
    markedCritical: request.verdict === 'reject' && request.critical === true,
    attentionGapMs: await attentionGap(tx, decision, actor.id, shownAt, now),
    words: wordsIn(proposal.content),
    openedDetails: input.via === 'modal',
    reviewerTrusted: await isTrustedReviewer(tx, decision.workspaceId, actor.id, now),
    approvals: await countedApprovals(tx, cellOf(decision), epoch, `${actor.type}:${actor.id}`),
    leadIsTest: isTestLead(lead, ownDomain),
  };
}

/**
 * From the card's appearance or the same person's last verdict, whichever came later: an upper bound of the time to read. Not above 0
 * where another verdict bears the same moment (a burst) or a later one (the clock was set back).
 */
async function attentionGap(
  tx: Tx,
  decision: Locked['decision'],
  actor: string,
  shownAt: Date | null,
  now: Date,
): Promise<number> {
  const [last] = await tx
    .select({ decidedAt: verdicts.decidedAt })
    .from(verdicts)
    .where(
      and(
        eq(verdicts.workspaceId, decision.workspaceId),
        eq(verdicts.actor, actor),
        eq(verdicts.actorType, 'person'),
        // The verdict itself is written before.
        ne(verdicts.decisionId, decision.id),
      ),
    )
    .orderBy(desc(verdicts.decidedAt))
    .limit(1);
  // When it was shown may not be known (Slack's answer was lost); it was never shown before it was made.
  return now.getTime() - Math.max((shownAt ?? decision.createdAt).getTime(), last?.decidedAt.getTime() ?? 0);
}

/**
 * Approvals that count for this epoch and lie in some band, all and this person's. Of another epoch, of a decision that can't be
 * automatic, or without a verdict behind them they would only make room for more of one person's.
 */
async function countedApprovals(
  tx: Tx,
  cellId: string,
  epoch: number,
  actor: string,
): Promise<EvidenceFacts['approvals']> {
  const [row] = await rows<{ counted: number; byThisReviewer: number }>(
    tx,
    sql`select count(*)::int as counted, count(*) filter (where e.actor = ${actor})::int as "byThisReviewer"
        from policy_events e join verdicts v on v.decision_id = e.decision_id and v.purpose = 'settle'
        where e.cell_id = ${cellId}::uuid and e.epoch = ${epoch} and e.type = 'labelled'
          and (e.payload->>'epoch')::int = ${epoch} and e.payload->>'risk' is not null and (e.payload->>'loss')::float8 = 0
          and v.loss = 0 and v.actor_type || ':' || v.actor = e.actor`,
  );
  return row ?? { counted: 0, byThisReviewer: 0 };
}

/** Words that a reader of the card has before them: those of its texts, not the names of its fields. */
function wordsIn(content: unknown): number {
  if (typeof content === 'string') return content.split(/\s+/).filter(Boolean).length;
  if (typeof content !== 'object' || content === null) return 0;
  return Object.values(content).reduce((sum: number, part) => sum + wordsIn(part), 0);
}

/** What the label rules need beside the verdict: how much an edit changed, null where nothing was edited. */
export function changeOf(
  { input, locked }: Pick<Verdict, 'input' | 'locked'>,
  content: unknown,
): EvidenceFacts['change'] {
  const { decision, proposal } = locked;
  if (input.request.verdict !== 'edit' || proposal.content === null) return null;
  return rulesOf(decision.kind).change(proposal.content, content);
}
