import type { Kind } from '../kinds/kind.ts';
import type { AlarmRates } from './alarm.ts';

/** The numbers of the policy. Shares, rates and probabilities are 0…1; days are days of business time. */
export type PolicyConfig = AlarmRates & {
  /** Error probability of a cell over its whole life. */
  delta: number;
  /** The `a` of the predictor Beta(a, 5a/ε − a). */
  predictorWeight: number;
  /** Shares of traffic that the rungs stand for, ascending. */
  ladderShares: readonly number[];
  /** How many risks the ladder is drawn from. */
  ladderAfter: number;
  /** Labels that the next band must have, and how many times ε its own bad rate may be. */
  minBand: number;
  bandFactor: number;
  /** Labels and days between two changes of the threshold. */
  coolLabels: number;
  coolDays: number;
  /** [checks, rate]: below so many checks of a band, its spot-check rate is at least that; ascending. */
  newBandRates: ReadonlyArray<readonly [number, number]>;
  /** A fixed rate, or enough for so many checks a week at the volume of the last 28 days, within bounds. */
  normalRate: number | { checksPerWeek: number; least: number; most: number };
  /** Rate while the cell is tightened or stands where a person put it. */
  tightRate: number;
  /** S at which the threshold falls to 0. */
  alarmAt: number;
  /** This many alarms in so many days freeze the cell. */
  maxAlarms: number;
  alarmWindowDays: number;
  /** A fresh start on rung 0 after this many labels of the first band with few failures (null: ⌊ε·window⌋), so many days into the epoch. */
  restart: { window: number; maxBad: number | null; minDays: number };
  /** Labels that a segment needs in this epoch before anything of it is automatic. */
  minSegmentLabels: number;
};

/** The defaults around a tolerated bad rate ε. */
export function policyFor(eps: number): PolicyConfig {
  return {
    eps,
    delta: 0.1,
    predictorWeight: 1,
    ladderShares: [0.3, 0.45, 0.6, 0.7, 0.8],
    ladderAfter: 50,
    minBand: 10,
    bandFactor: 2,
    coolLabels: 10,
    coolDays: 3,
    newBandRates: [
      [10, 0.5],
      [20, 0.25],
    ],
    normalRate: { checksPerWeek: 8, least: 0.05, most: 0.5 },
    tightRate: 0.5,
    p0Factor: 0.4,
    p1Factor: 4,
    alarmAt: 4,
    maxAlarms: 3,
    alarmWindowDays: 90,
    restart: { window: 30, maxBad: null, minDays: 14 },
    minSegmentLabels: 10,
  };
}

/** ε: how many of the automatic ones may be bad. A score that is wrong by a tier does less harm than a mail. */
const toleratedBadRate: Record<Kind, number> = {
  email_draft: 0.05,
  lead_score: 0.1,
};

/** The policy of a cell of this kind. */
export function policyOf(kind: Kind): PolicyConfig {
  return policyFor(toleratedBadRate[kind]);
}
