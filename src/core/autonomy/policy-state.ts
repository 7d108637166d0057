import { at as item } from '../statistics/argument-checks.ts';
import type { BandCounts } from './certificate.ts';

/** A band of risk in this epoch. `checks` are its labels while it was automated. */
export type Band = BandCounts & { checks: number };

/** What is known of a decision before the ladder of its epoch is drawn; put into its band afterwards. */
export type EarlyEvidence = { risk: number; decisions: 0 | 1; labels: 0 | 1; losses: number };

/** Spot checks and failures since S left 0. */
export type Suspicion = { checks: number; failures: number };

/** A language, persona, product: labels in this epoch, and an alarm of its own. */
export type Segment = { name: string; labels: number; s: number; suspicion: Suspicion };

/** Why raises rest and half is checked, apart from failures: see `PolicyEvent` brake_set. Each is switched by who measures it. */
export const brakes = ['drift', 'timeouts', 'error_budget', 'catch_rate', 'agreement'] as const;
export type Brake = (typeof brakes)[number];

/** What a person ordered, why, and when (ms since 1970, business time). */
export type Order = { by: string; reason: string; at: number };

/**
 * Where a cell stands: nothing but JSON (no undefined, NaN or infinity; null is “never” or “none”), and nothing that its events
 * don't give. Times are ms since 1970, business time.
 */
export type PolicyState = {
  epoch: number;
  /** k: the rung it stands on; 0 is none. */
  rung: number;
  /** S of the CUSUM on labels at or below the threshold. */
  s: number;
  suspicion: Suspicion;
  /** Upper risk of each band, ascending; null until enough risks are known. Empty: they lie too close together for any rung. */
  ladder: number[] | null;
  early: EarlyEvidence[];
  bands: Band[];
  /** Decisions of this epoch above the last rung or without a risk. */
  above: number;
  /** Labels in bands up to the next one since the last change. */
  since: number;
  lastChange: number | null;
  epochStart: number | null;
  /** The last losses of the first band, oldest first. */
  recent: number[];
  /** When the threshold fell by itself. */
  alarms: number[];
  /** Of this epoch: estimated bad ones that went out unseen (Σ L(1−q)/q over checks), and automatic ones known to have done harm. */
  leak: { estimated: number; harmed: number };
  segments: Segment[];
  /** Decisions that could have been automatic, by day (days since 1970), for the normal spot-check rate. */
  eligible: Array<{ day: number; count: number }>;
  frozen: Order | null;
  /** No threshold above `tau`. */
  cap: (Order & { tau: number }) | null;
  /** Set by a person, not earned: until the certificate of this rung holds. */
  restored: (Order & { rung: number }) | null;
  brakes: Brake[];
  /** π_L, the lower bound of the team's catch rate; null until there are enough seeded checks. */
  catchRate: number | null;
  proposeOnly: boolean;
  /** A raise that waits for two different people. */
  proposal: { rung: number; at: number; confirmedBy: string | null } | null;
  /** What makes the proposals and what scores their risk: another one is another epoch. */
  versions: { system: string; scorer: string } | null;
};

/** A new cell: epoch 1, rung 0, nothing known. A ladder is given only where it was settled beforehand. */
export function newPolicyState(ladder: readonly number[] | null = null): PolicyState {
  return {
    epoch: 1,
    rung: 0,
    s: 0,
    suspicion: { checks: 0, failures: 0 },
    ladder: ladder === null ? null : [...ladder],
    early: [],
    bands: emptyBands(ladder),
    above: 0,
    since: 0,
    lastChange: null,
    epochStart: null,
    recent: [],
    alarms: [],
    leak: { estimated: 0, harmed: 0 },
    segments: [],
    eligible: [],
    frozen: null,
    cap: null,
    restored: null,
    brakes: [],
    catchRate: null,
    proposeOnly: false,
    proposal: null,
    versions: null,
  };
}

export function emptyBands(ladder: readonly number[] | null): Band[] {
  return (ladder ?? []).map(() => ({ labels: 0, losses: 0, decisions: 0, checks: 0 }));
}

/** A copy that may be written to: nothing in it that changes in place is shared with the original. */
export function draftOf(state: PolicyState): PolicyState {
  return {
    ...state,
    suspicion: { ...state.suspicion },
    early: [...state.early],
    bands: state.bands.map((band) => ({ ...band })),
    recent: [...state.recent],
    alarms: [...state.alarms],
    leak: { ...state.leak },
    segments: state.segments.map((segment) => ({ ...segment, suspicion: { ...segment.suspicion } })),
    eligible: state.eligible.map((day) => ({ ...day })),
    brakes: [...state.brakes],
  };
}

/** τ: the highest risk that is approved automatically. On rung 0 it is 0 and approves nothing, not even risk 0. */
export function thresholdOf(state: PolicyState, rung = state.rung): number {
  return rung === 0 || state.ladder === null ? 0 : item(state.ladder, rung - 1);
}

/** The share of this epoch's decisions with a risk up to a rung, 0…1; 0 before there are any. */
export function shareUpTo(state: PolicyState, rung: number): number {
  const below = (count: number) => state.bands.slice(0, count).reduce((sum, { decisions }) => sum + decisions, 0);
  const all = below(state.bands.length) + state.above;
  return all === 0 ? 0 : below(rung) / all;
}

/** Half is checked and nothing is raised. */
export function isTight(state: PolicyState): boolean {
  return state.s > 0 || state.brakes.length > 0;
}
