import type { PolicyEvent } from '../core/autonomy/policy-event.ts';
import { policyOf } from '../core/autonomy/policy-config.ts';
import { placeDecision } from '../core/autonomy/spot-check-rate.ts';
import type { ProposalInputs } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import { gate, type GateAnswer, type GateFacts, type GateReason, standingOf } from '../core/gate.ts';
import { catchBrake } from '../core/reviewers/catch-rate.ts';
import { segmentsOf } from '../core/segments.ts';
import type { AuditEvent } from '../db/audit.ts';
import { type Cell, lockCell } from '../db/cells.ts';
import type { Tx } from '../db/client.ts';
import { brakeEvents, catchesOf, catchRateEvents } from './catch-rates.ts';
import type { Context } from './context.ts';
import { observe } from './observe.ts';

/** A decision about to be written: what code knows of it, and what made it. */
export type GateSubject = Omit<GateFacts, 'cell' | 'spotCheckRate' | 'newSegment'> & {
  inputs: ProposalInputs;
  templateVersion: string;
  riskScorer: string;
  leadIsTest: boolean;
};

export type Passed = { gated: GateAnswer; audit: AuditEvent[] };

/**
 * Asks the gate where a new decision goes, under the lock of its cell, and counts it there. Another model, prompt or scorer than
 * before begins a new epoch first: what was learned of the old one opens no door for the new one.
 */
export async function passGate(ctx: Context, tx: Tx, locked: Cell, subject: GateSubject): Promise<Passed> {
  const { inputs, templateVersion, riskScorer, leadIsTest, ...facts } = subject;
  const at = ctx.clock.now().getTime();
  // What an old version made, or what nobody made, says nothing of what makes the proposals now.
  const says = facts.hasProposal && !facts.outdated;
  const seen = says
    ? await seeVersion(ctx, tx, locked, { templateVersion, riskScorer, at })
    : { cell: locked, audit: [] };
  const told = await tellNewCell(ctx, tx, seen.cell);
  const { cell } = told;
  const segments = segmentsOf(inputs.lead);
  const placed = placeDecision(cell.standing, { risk: facts.risk, segments, at }, policyOf(cell.kind));
  const gated = gate(
    {
      ...facts,
      cell: standingOf(cell.standing, cell.version),
      spotCheckRate: placed.q,
      newSegment: placed.because === 'new_segment',
    },
    ctx.secrets.coin,
  );
  const decided: PolicyEvent = {
    type: 'decided',
    id: facts.decisionId,
    at,
    epoch: cell.standing.epoch,
    risk: facts.hasProposal ? evidenceRisk({ ...facts, because: gated.because }) : null,
    segments,
    eligible: gated.route !== 'review',
  };
  // Test leads must not stand for others when shares and volume are counted.
  const { audit } = await observe(ctx, tx, cell, leadIsTest ? [] : [decided], 'system:gate');
  return { gated, audit: [...told.audit, ...seen.audit, ...audit] };
}

/** What is known of a kind's reviewers holds for a step that nobody has met before, from its first decision on. */
async function tellNewCell(ctx: Context, tx: Tx, cell: Cell): Promise<{ cell: Cell; audit: AuditEvent[] }> {
  const { standing } = cell;
  if (standing.bands.some(({ decisions }) => decisions > 0) || standing.early.length + standing.above > 0)
    return { cell, audit: [] };
  const catches = await catchesOf(tx, ctx, cell.kind);
  const events = [
    ...catchRateEvents(ctx, standing, catches),
    ...brakeEvents(ctx, standing, { catch_rate: catchBrake(catches) }),
  ];
  if (events.length === 0) return { cell, audit: [] };
  const { audit } = await observe(ctx, tx, cell, events, 'system:reviews');
  return { cell: await lockCell(tx, cell.id), audit };
}

async function seeVersion(
  ctx: Context,
  tx: Tx,
  cell: Cell,
  { templateVersion, riskScorer, at }: { templateVersion: string; riskScorer: string; at: number },
): Promise<{ cell: Cell; audit: AuditEvent[] }> {
  const known = cell.standing.versions;
  if (known?.system === templateVersion && known.scorer === riskScorer) return { cell, audit: [] };
  const { audit } = await observe(
    ctx,
    tx,
    cell,
    [{ type: 'version_seen', id: ctx.ids.id(), at, system: templateVersion, scorer: riskScorer }],
    'system:gate',
  );
  return { cell: await lockCell(tx, cell.id), audit };
}

/** Reasons of the gate that hold whatever the threshold is, beside findings and taint. */
const NEVER: readonly string[] = ['never_automatic', 'outdated'];

/**
 * The risk by which a decision counts in its cell. What a hard rule keeps with people for good can never be automatic, whatever
 * the threshold: it lies in no band, and neither its approval nor its rejection says anything of those that could be.
 */
export function evidenceRisk(decision: {
  risk: number | null;
  findings: readonly Finding[];
  tainted: readonly string[];
  because: readonly GateReason[];
}): number | null {
  const { risk, findings, tainted, because } = decision;
  const forGood = findings.length > 0 || tainted.length > 0 || because.some(({ code }) => NEVER.includes(code));
  return forGood ? null : risk;
}
