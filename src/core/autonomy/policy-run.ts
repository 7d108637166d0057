import * as z from 'zod';
import { reduce } from './policy.ts';
import { type PolicyConfig, policyFor } from './policy-config.ts';
import type { PolicyEvent } from './policy-event.ts';
import { newPolicyState, type PolicyState, thresholdOf } from './policy-state.ts';
import { logEOf } from './raising.ts';
import { DAY_MS, placeDecision } from './spot-check-rate.ts';

const unit = z.number().min(0).max(1);
const configSchema = z.strictObject({
  eps: z.number().gt(0).lt(1),
  delta: z.number().gt(0).lt(1),
  ladder: z.array(unit).min(1),
  minBand: z.number(),
  bandFactor: z.number(),
  coolLabels: z.number(),
  coolDays: z.number(),
  qNew: z.array(z.tuple([z.number(), unit])),
  qNormal: unit,
  qTight: unit,
  p0f: z.number().positive(),
  p1f: z.number().positive(),
  h: z.number().positive(),
  maxAlarms: z.number(),
  alarmWindowDays: z.number(),
  restart: z.strictObject({ window: z.number(), maxBad: z.number().nullable(), minDays: z.number() }),
});
const decisionSchema = z.object({
  /** Risk, coin, days since the run began, and the loss a person would give it. */
  r: unit,
  u: unit,
  t: z.number().min(0),
  loss: unit,
  critical: z.boolean().optional(),
  exp: z.strictObject({
    action: z.enum(['review', 'audit', 'auto']),
    q: unit,
    event: z.string().optional(),
    tau: unit,
    S: z.number(),
  }),
});
const orderSchema = z.object({ op: z.string(), t: z.number().min(0) });
const changeSchema = z.strictObject({
  i: z.number(),
  event: z.string().optional(),
  op: z.string().optional(),
  tau: unit,
  epoch: z.number(),
  frozen: z.boolean().optional(),
});
const finalSchema = z.strictObject({
  tau: unit,
  epoch: z.number(),
  frozen: z.boolean(),
  n: z.array(z.number()),
  s: z.array(z.number()),
  N: z.array(z.number()),
  S: z.number(),
  logE_next: z.number().nullable(),
});

/** A whole run of the policy with what is expected after each event: the format of `autonomy-vectors.json`. */
export const policyRunSchema = z.object({
  name: z.string(),
  config: configSchema,
  events: z.array(z.union([decisionSchema, orderSchema])),
  changes: z.array(changeSchema).optional(),
  final: finalSchema.optional(),
  tol: z.number().positive().optional(),
});
export type PolicyRun = z.infer<typeof policyRunSchema>;
type RunDecision = z.infer<typeof decisionSchema>;

/** Something that came out otherwise. `at` is the index of the event, `change N`, or `final`. */
export type RunDifference = { at: string; field: string; expected: unknown; actual: unknown };

const TOLERANCE = 1e-9;

/** Runs the shipped policy over a run and lists what differs; an empty list is a run that holds. */
export function runVector(run: PolicyRun): RunDifference[] {
  const config = configOf(run.config);
  const differences: RunDifference[] = [];
  const compare = (at: string, expected: object, actual: object) =>
    differences.push(...differing(at, expected, actual, run.tol ?? TOLERANCE));
  const changes: Change[] = [];
  let state = newPolicyState(run.config.ladder);
  let decisions = 0;
  for (const [i, event] of run.events.entries()) {
    const at = Math.round(event.t * DAY_MS);
    if ('op' in event) {
      state = reduce(state, orderOf(event.op, `op-${i}`, at), config).state;
      changes.push({ i: decisions, op: event.op, tau: thresholdOf(state), epoch: state.epoch });
      continue;
    }
    const step = decideAndLabel(state, event, { id: String(i).padStart(6, '0'), at }, config);
    state = step.state;
    compare(`${i}`, { event: null, ...event.exp }, step.shown);
    if (step.shown.event !== null) {
      const frozen = state.frozen !== null;
      changes.push({ i: decisions, event: step.shown.event, tau: thresholdOf(state), epoch: state.epoch, frozen });
    }
    decisions += 1;
  }
  if (run.changes) {
    const count = Math.max(run.changes.length, changes.length);
    for (let c = 0; c < count; c++) compare(`change ${c}`, run.changes[c] ?? {}, changes[c] ?? {});
  }
  if (run.final) compare('final', run.final, finalOf(state, config));
  return differences;
}

type Change = { i: number; event?: string; op?: string; tau: number; epoch: number; frozen?: boolean };

/** In a run every decision is labelled at once, unless it is automatic: then nobody looks at it. */
function decideAndLabel(
  before: PolicyState,
  { r: risk, u, loss, critical = false }: RunDecision,
  stamp: { id: string; at: number },
  config: PolicyConfig,
): { state: PolicyState; shown: { action: string; q: number; event: string | null; tau: number; S: number } } {
  const about = { ...stamp, risk, segments: [], epoch: before.epoch };
  const { eligible, q } = placeDecision(before, about, config);
  const action = !eligible ? 'review' : u < q ? 'audit' : 'auto';
  let { state } = reduce(before, { type: 'decided', ...about, eligible }, config);
  let event: string | null = null;
  if (action !== 'auto') {
    const label = { loss, critical, q: eligible ? q : null, reason: null };
    const answer = reduce(state, { type: 'labelled', ...about, ...label }, config);
    state = answer.state;
    event = answer.effects.map(({ type }) => changeWords[type]).find((word) => word !== undefined) ?? null;
  }
  return { state, shown: { action, q, event, tau: thresholdOf(state), S: state.s } };
}

/** The words of a run for what moved the threshold; other effects have none. */
const changeWords: Partial<Record<string, string>> = { raised: 'raised', lowered: 'lowered', restarted: 'restart' };

function orderOf(op: string, id: string, at: number): PolicyEvent {
  const order = { id, at, by: 'run', reason: op };
  const [verb, value] = op.split(' ');
  if (op === 'reset' || op === 'freeze' || op === 'unfreeze')
    return { type: op === 'reset' ? 'reset' : op === 'freeze' ? 'frozen' : 'unfrozen', ...order };
  if (verb === 'cap' && value !== undefined && Number(value) <= 1)
    return { type: 'capped', tau: Number(value), ...order };
  throw new Error(`a run has the op “${op}”; known are reset, freeze, unfreeze and cap`);
}

function configOf(config: PolicyRun['config']): PolicyConfig {
  const { minBand, bandFactor, coolLabels, coolDays, maxAlarms, alarmWindowDays, restart } = config;
  return {
    ...policyFor(config.eps),
    delta: config.delta,
    minBand,
    bandFactor,
    coolLabels,
    coolDays,
    newBandRates: config.qNew,
    normalRate: config.qNormal,
    tightRate: config.qTight,
    p0Factor: config.p0f,
    p1Factor: config.p1f,
    alarmAt: config.h,
    maxAlarms,
    alarmWindowDays,
    restart,
  };
}

function finalOf(state: PolicyState, config: PolicyConfig): NonNullable<PolicyRun['final']> {
  const isTop = state.rung === state.bands.length;
  return {
    tau: thresholdOf(state),
    epoch: state.epoch,
    frozen: state.frozen !== null,
    n: state.bands.map(({ labels }) => labels),
    s: state.bands.map(({ losses }) => losses),
    N: state.bands.map(({ decisions }) => decisions),
    S: state.s,
    logE_next: isTop ? null : logEOf(state, state.rung + 1, config),
  };
}

/** Compares all fields of both. */
function differing(at: string, expected: object, actual: object, tolerance: number): RunDifference[] {
  const [wanted, got] = [new Map(Object.entries(expected)), new Map(Object.entries(actual))];
  return [...new Set([...wanted.keys(), ...got.keys()])]
    .filter((field) => !isSame(wanted.get(field), got.get(field), tolerance))
    .map((field) => ({ at, field, expected: wanted.get(field) ?? null, actual: got.get(field) ?? null }));
}

function isSame(expected: unknown, actual: unknown, tolerance: number): boolean {
  if (Array.isArray(expected) && Array.isArray(actual))
    return expected.length === actual.length && expected.every((item, i) => isSame(item, actual[i], tolerance));
  if (typeof expected === 'number' && typeof actual === 'number') return Math.abs(expected - actual) <= tolerance;
  return expected === actual;
}
