import type { Brake } from '../autonomy/policy-state.ts';
import { isBudgetSpent } from '../autonomy/leak-ledger.ts';
import { psiDrift } from '../statistics/psi.ts';
import { type Agreement, agreesTooLittle } from './agreement.ts';
import { catchBrake, type Catches } from './catch-rate.ts';

/** What is known of one cell that could hold it back, apart from failures. */
export type BrakeFacts = {
  /** Spot checks that ended in the last 30 days, by a verdict or by time. */
  spotChecks: { ended: number; timedOut: number };
  /** Risks at the beginning of the epoch, and of the last 28 days. */
  risks: { then: readonly number[]; now: readonly number[] };
  /** Decisions of this epoch that could be automatic, newest last: the loss of the checked ones. */
  eligible: ReadonlyArray<{ loss: number | null; q: number }>;
  /** The tolerated bad rate. */
  eps: number;
  catches: Catches;
  agreement: Agreement;
};

const MOST_TIMEOUTS = 0.2;
/** One of two says nothing. */
const ENOUGH_SPOT_CHECKS = 5;
const ENOUGH_RISKS = 100;

/** Why each brake is on, as people read it after “because …”; null where it is off. No numbers about people. */
export function brakesOf(facts: BrakeFacts): Record<Brake, string | null> {
  const { spotChecks, agreement } = facts;
  const late = spotChecks.timedOut / Math.max(1, spotChecks.ended);
  return {
    timeouts:
      spotChecks.ended >= ENOUGH_SPOT_CHECKS && late > MOST_TIMEOUTS
        ? `${spotChecks.timedOut} of ${spotChecks.ended} in 30 days`
        : null,
    drift: driftOf(facts.risks),
    error_budget: isBudgetSpent(facts.eligible, facts.eps)
      ? `among the last ${Math.min(1000, facts.eligible.length)}`
      : null,
    catch_rate: catchBrake(facts.catches),
    agreement: agreesTooLittle(agreement)
      ? `α = ${(agreement.alpha ?? 0).toFixed(2)} over ${agreement.doubles} drafts`
      : null,
  };
}

function driftOf({ then, now }: BrakeFacts['risks']): string | null {
  if (then.length < ENOUGH_RISKS || now.length < ENOUGH_RISKS) return null;
  const drift = psiDrift(then, now);
  return drift.alarm ? `PSI ${drift.psi.toFixed(2)}, limit ${drift.limit.toFixed(2)}` : null;
}
