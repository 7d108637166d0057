import { at as item } from '../statistics/argument-checks.ts';
import { bandOf, isRisk } from './ladder.ts';
import type { PolicyConfig } from './policy-config.ts';
import { isTight, type PolicyState } from './policy-state.ts';

export const DAY_MS = 86_400_000;
const VOLUME_DAYS = 28;

/** The probability that an eligible decision of this band (1-based) is checked by a person now. */
export function spotCheckRate(state: PolicyState, band: number, at: number, config: PolicyConfig): number {
  const checks = item(state.bands, band - 1).checks;
  const fresh = config.newBandRates.find(([below]) => checks < below)?.[1] ?? 0;
  const tight = isTight(state) || state.restored !== null ? config.tightRate : 0;
  return Math.max(normalRate(state, at, config), fresh, tight);
}

function normalRate(state: PolicyState, at: number, { normalRate: rate }: PolicyConfig): number {
  if (typeof rate === 'number') return rate;
  const perWeek = eligibleWithin(state, at) / (VOLUME_DAYS / 7);
  return Math.min(rate.most, Math.max(rate.least, rate.checksPerWeek / perWeek));
}

function eligibleWithin(state: PolicyState, at: number): number {
  const today = Math.floor(at / DAY_MS);
  let count = 0;
  for (const entry of state.eligible) if (entry.day > today - VOLUME_DAYS) count += entry.count;
  return count;
}

/** Writes one eligible decision into the volume of a draft. A clock that was set back adds to the newest day. */
export function countEligible(draft: PolicyState, at: number): void {
  const day = Math.floor(at / DAY_MS);
  const newest = draft.eligible.at(-1);
  if (newest && newest.day >= day) newest.count += 1;
  else draft.eligible = [...draft.eligible.filter((entry) => entry.day > day - VOLUME_DAYS), { day, count: 1 }];
}

/** Why people decide, or `threshold` where the coin does. */
export type PlacedBy = 'threshold' | 'rung_0' | 'risk_missing' | 'above_threshold' | 'new_segment';

export type Placement = {
  /** 1-based band; ladder length + 1 above the last rung; null without a risk or before the ladder is drawn. */
  band: number | null;
  /** Whether it may be automatic as far as the policy goes: then it is checked with probability q, else q = 1. */
  eligible: boolean;
  q: number;
  because: PlacedBy;
};

/**
 * Where a decision about to be made falls. `segments` are its language, persona, product …; one that has too few labels in this
 * epoch keeps it with people, so that a new segment can't ride on the evidence of others.
 */
export function placeDecision(
  state: PolicyState,
  { risk, segments, at }: { risk: number | null; segments: readonly string[]; at: number },
  config: PolicyConfig,
): Placement {
  const band = state.ladder === null || !isRisk(risk) ? null : bandOf(state.ladder, risk);
  const toPeople = (because: PlacedBy): Placement => ({ band, eligible: false, q: 1, because });
  if (!isRisk(risk)) return toPeople('risk_missing');
  if (state.rung === 0 || band === null) return toPeople('rung_0');
  if (band > state.rung) return toPeople('above_threshold');
  const known = (name: string) =>
    state.segments.some((segment) => segment.name === name && segment.labels >= config.minSegmentLabels);
  if (!segments.every(known)) return toPeople('new_segment');
  return { band, eligible: true, q: spotCheckRate(state, band, at, config), because: 'threshold' };
}
