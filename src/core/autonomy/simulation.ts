import { reduce } from './policy.ts';
import { type PolicyConfig, policyFor } from './policy-config.ts';
import { newPolicyState, type PolicyState, thresholdOf } from './policy-state.ts';
import { DAY_MS, placeDecision } from './spot-check-rate.ts';

export const scenarios = ['edge', 'good', 'inverted', 'trap', 'bad10'] as const;
export type Scenario = (typeof scenarios)[number];

/** d20: as soon as the cell stands on its top rung, 20 % of everything is bad. */
export const drifts = ['d20'] as const;
export type Drift = (typeof drifts)[number];

/** The chance that a proposal of risk r is bad. */
type Model = (r: number) => number;

const models: Record<Scenario, Model> = {
  edge: () => 0.055,
  good: (r) => 0.005 + 0.03 * r * r,
  inverted: (r) => 0.1 - 0.08 * r,
  trap: (r) => (r < 0.5 ? 0.01 : 0.17),
  bad10: () => 0.1,
};

const afterDrift: Record<Drift, Model> = { d20: () => 0.2 };

/** The share of bad ones among all up to a threshold, by the midpoints of 10,000 slices: exact to 1e-5. */
function badRateUpTo(model: Model, tau: number): number {
  let sum = 0;
  for (let i = 0; i < 10_000; i++) sum += model((tau * (i + 0.5)) / 10_000);
  return sum / 10_000;
}

export type SimulationOptions = {
  scenario: Scenario;
  drift: Drift | null;
  runs: number;
  /** Decisions of a run, 50 a week. */
  decisions: number;
  eps: number;
};

export type RunOutcome = {
  /** τ stood at a rung whose true bad rate exceeds ε. */
  falsePromotion: boolean;
  /** Decisions until the top rung (80 % of traffic on a full ladder); null when it was never reached. */
  decisionsToTop: number | null;
  /** Decisions between the drift and τ = 0; null without a drift, or when it was never caught. */
  decisionsToCatch: number | null;
  drifted: boolean;
  /** Bad ones that went out unseen: from the drift until τ is 0, or in the whole run where no drift was asked for. */
  leaked: number;
  /** Decisions that people looked at. */
  reviews: number;
};

const PER_WEEK = 50;

/**
 * One cell under the shipped policy, from nothing: risks uniform on [0, 1], every label true and at once. `random` gives uniform
 * numbers in [0, 1); three a decision.
 */
export function simulateRun(options: SimulationOptions, random: () => number): RunOutcome {
  const config = policyFor(options.eps);
  const outcome: RunOutcome = {
    falsePromotion: false,
    decisionsToTop: null,
    decisionsToCatch: null,
    drifted: false,
    leaked: 0,
    reviews: 0,
  };
  const before = models[options.scenario];
  let driftedAt: number | null = null;
  let state = newPolicyState();
  for (let i = 0; i < options.decisions; i++) {
    const model = driftedAt === null || options.drift === null ? before : afterDrift[options.drift];
    const risk = random();
    const coin = random();
    const bad = random() < model(risk);
    const step = decide(state, { id: String(i), at: (i * 7 * DAY_MS) / PER_WEEK, risk, coin, bad }, config);
    if (!step.seen && bad && (options.drift === null || driftedAt !== null)) outcome.leaked += 1;
    if (step.seen) outcome.reviews += 1;
    const raised = step.state.rung > state.rung;
    const fallen = step.state.rung === 0 && state.rung > 0;
    state = step.state;
    if (raised && badRateUpTo(model, thresholdOf(state)) > options.eps) outcome.falsePromotion = true;
    if (raised && state.rung === state.bands.length) {
      outcome.decisionsToTop ??= i + 1;
      if (options.drift !== null) driftedAt ??= i;
    }
    if (fallen && driftedAt !== null) {
      outcome.decisionsToCatch = i - driftedAt;
      break;
    }
  }
  return { ...outcome, drifted: driftedAt !== null };
}

type Happening = { id: string; at: number; risk: number; coin: number; bad: boolean };

function decide(
  before: PolicyState,
  { bad, coin, ...stamp }: Happening,
  config: PolicyConfig,
): { state: PolicyState; seen: boolean } {
  const about = { ...stamp, segments: [], epoch: before.epoch };
  const { eligible, q } = placeDecision(before, about, config);
  const { state } = reduce(before, { type: 'decided', ...about, eligible }, config);
  if (eligible && coin >= q) return { state, seen: false };
  const label = { loss: bad ? 1 : 0, critical: false, q: eligible ? q : null, reason: null };
  return { state: reduce(state, { type: 'labelled', ...about, ...label }, config).state, seen: true };
}

export type SimulationReport = {
  /** Share of runs in which τ ever stood at a rung that is too bad. */
  falsePromotion: number;
  /** Share of runs that reached the top rung, and the median of the decisions that took, among these. */
  reach80: number;
  medianDecisionsTo80: number | null;
  /** Over the runs that drifted (all runs where no drift was asked for); null when none did. */
  medianLeaked: number | null;
  meanLeaked: number | null;
  medianDecisionsToCatch: number | null;
  medianReviews: number | null;
};

/** Runs one scenario many times; `randomOf` gives run number i its own chance. */
export function simulate(options: SimulationOptions, randomOf: (run: number) => () => number): SimulationReport {
  const outcomes = Array.from({ length: options.runs }, (_, run) => simulateRun(options, randomOf(run)));
  const share = (holds: (outcome: RunOutcome) => boolean) => outcomes.filter(holds).length / outcomes.length;
  const leaked = outcomes.filter(({ drifted }) => options.drift === null || drifted).map((outcome) => outcome.leaked);
  return {
    falsePromotion: share((outcome) => outcome.falsePromotion),
    reach80: share(({ decisionsToTop }) => decisionsToTop !== null),
    medianDecisionsTo80: median(outcomes.flatMap(({ decisionsToTop }) => decisionsToTop ?? [])),
    medianLeaked: median(leaked),
    meanLeaked: leaked.length === 0 ? null : leaked.reduce((sum, count) => sum + count, 0) / leaked.length,
    medianDecisionsToCatch: median(outcomes.flatMap(({ decisionsToCatch }) => decisionsToCatch ?? [])),
    medianReviews: median(outcomes.map(({ reviews }) => reviews)),
  };
}

function median(numbers: readonly number[]): number | null {
  const sorted = numbers.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}
