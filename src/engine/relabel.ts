import { and, eq } from 'drizzle-orm';
import { segmentsOf } from '../core/segments.ts';
import type { AuditEvent } from '../db/audit.ts';
import { lockCell } from '../db/cells.ts';
import type { Tx } from '../db/client.ts';
import { decisions, policyEvents, proposalVersions, verdicts } from '../db/schema.ts';
import type { Context } from './context.ts';
import { observe } from './observe.ts';
import { evidenceRisk } from './pass-gate.ts';
import { cellOf } from './settlement.ts';

/** So long after a decision its harm is still held against it. */
const OUTCOME_WINDOW_MS = 14 * 86_400_000;

export type LateHarm = {
  decisionId: string;
  /** As people read it: “a spam complaint”. */
  reason: string;
  /** What must never happen, not only what should not. */
  critical: boolean;
  actor: string;
  /** Business time at which the lead did it, where that is earlier than when we heard of it. */
  occurredAt?: Date;
};

/**
 * Harm that came after an approval, a person's or an automatic one: its label becomes a failure, once; a critical one lowers
 * also where it is not the first. In the transaction that recorded the harm; takes the cell's lock. Answers with audit rows to
 * append last, or null where it counts for nothing.
 */
export async function relabel(ctx: Context, tx: Tx, harm: LateHarm): Promise<AuditEvent[] | null> {
  const [decision] = await tx.select().from(decisions).where(eq(decisions.id, harm.decisionId));
  if (!decision || (decision.status !== 'approved' && decision.status !== 'edited')) return null;
  if (decision.purpose !== 'live' || decision.settledAt === null) return null;
  const happened = harm.occurredAt ?? ctx.clock.now();
  if (happened.getTime() - decision.settledAt.getTime() > OUTCOME_WINDOW_MS) return null;
  const cell = await lockCell(tx, cellOf(decision));
  const earlier = await earlierHarm(tx, cellOf(decision), decision.id);
  if (earlier !== null && (earlier.critical || !harm.critical)) return null;
  const [verdict] = await tx
    .select({ loss: verdicts.loss })
    .from(verdicts)
    .where(and(eq(verdicts.decisionId, decision.id), eq(verdicts.purpose, 'settle'), eq(verdicts.actorType, 'person')));
  const [proposal] = await tx
    .select({ inputs: proposalVersions.inputs })
    .from(proposalVersions)
    .where(and(eq(proposalVersions.decisionId, decision.id), eq(proposalVersions.version, 1)));
  const { audit } = await observe(
    ctx,
    tx,
    cell,
    [
      {
        type: 'relabelled',
        id: decision.id,
        at: ctx.clock.now().getTime(),
        epoch: decision.gate.epoch,
        risk: evidenceRisk({ ...decision, because: decision.gate.because }),
        segments: proposal?.inputs ? segmentsOf(proposal.inputs.lead) : [],
        before: earlier === null ? (verdict?.loss ?? null) : 1,
        loss: 1,
        critical: harm.critical,
        automatic: decision.settledByType === 'autopilot',
        reason: harm.reason,
      },
    ],
    harm.actor,
  );
  return audit;
}

/** What was held against the decision before; null where nothing was. */
async function earlierHarm(tx: Tx, cellId: string, decisionId: string): Promise<{ critical: boolean } | null> {
  const seen = await tx
    .select({ payload: policyEvents.payload })
    .from(policyEvents)
    .where(
      and(
        eq(policyEvents.cellId, cellId),
        eq(policyEvents.decisionId, decisionId),
        eq(policyEvents.type, 'relabelled'),
      ),
    );
  return seen.length === 0 ? null : { critical: seen.some(({ payload }) => payload['critical'] === true) };
}
