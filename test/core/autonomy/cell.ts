import { reduce, type PolicyAnswer } from '../../../src/core/autonomy/policy.ts';
import { type PolicyConfig, policyFor } from '../../../src/core/autonomy/policy-config.ts';
import type { PolicyEffect } from '../../../src/core/autonomy/policy-effect.ts';
import type { Labelled, PolicyEvent } from '../../../src/core/autonomy/policy-event.ts';
import { newPolicyState, type PolicyState, thresholdOf } from '../../../src/core/autonomy/policy-state.ts';
import { DAY_MS, type Placement, placeDecision } from '../../../src/core/autonomy/spot-check-rate.ts';

/** ε = 0.05 with a settled ladder and a fixed rate of checks, so that a test says all that matters. */
export const plainConfig: PolicyConfig = { ...policyFor(0.05), normalRate: 0.1 };
export const plainLadder = [0.3, 0.45, 0.6, 0.7, 0.8];

type Label = Partial<Pick<Labelled, 'loss' | 'critical' | 'reason' | 'segments'>>;
export type Order = PolicyEvent extends infer E ? (E extends PolicyEvent ? Omit<E, 'id' | 'at'> : never) : never;

/** A cell that things happen to, one after the other; it keeps its log. */
export function cell(config = plainConfig, from = newPolicyState(plainLadder)) {
  const log: PolicyEvent[] = [];
  let state = from;
  let now = 0;
  const apply = (event: PolicyEvent): PolicyEffect[] => {
    const answer: PolicyAnswer = reduce(state, event, config);
    log.push(event);
    state = answer.state;
    return answer.effects;
  };
  const stamp = () => ({ id: `e${String(log.length).padStart(6, '0')}`, at: now });
  const about = (risk: number | null, segments: readonly string[] = []) => ({
    ...stamp(),
    risk,
    segments,
    epoch: state.epoch,
  });
  return {
    log,
    config,
    get state(): PolicyState {
      return state;
    },
    get tau(): number {
      return thresholdOf(state);
    },
    get now(): number {
      return now;
    },
    wait(days: number): void {
      now += days * DAY_MS;
    },
    place(risk: number | null, segments: readonly string[] = []): Placement {
      return placeDecision(state, { risk, segments, at: now }, config);
    },
    apply,
    order(order: Order): PolicyEffect[] {
      return apply({ ...order, ...stamp() });
    },
    /** Made, and nobody looked at it. */
    decide(risk: number | null): PolicyEffect[] {
      return apply({ type: 'decided', ...about(risk), eligible: this.place(risk).eligible });
    },
    /** Made, and looked at by a person. */
    check(risk: number | null, label: Label = {}): PolicyEffect[] {
      const { eligible, q } = this.place(risk, label.segments);
      const base = about(risk, label.segments);
      const made = apply({ type: 'decided', ...base, eligible });
      const { loss = 0, critical = false, reason = null } = label;
      return [...made, ...apply({ type: 'labelled', ...base, loss, critical, reason, q: eligible ? q : null })];
    },
    harm(
      risk: number | null,
      over: {
        before?: number | null;
        critical?: boolean;
        automatic?: boolean;
        reason?: string;
        segments?: readonly string[];
      } = {},
    ): PolicyEffect[] {
      const { before = 0, critical = false, automatic = true, reason = null, segments = [] } = over;
      return apply({ type: 'relabelled', ...about(risk, segments), before, loss: 1, critical, automatic, reason });
    },
    /** Clean checks until it stands on a rung, two hours apart and spread over the bands up to the next one. */
    climb(to: number): void {
      for (let i = 0; state.rung < to; i++) {
        if (i > 5_000) throw new Error(`never reached rung ${to}`);
        const next = state.ladder?.[Math.min(state.rung, (state.ladder?.length ?? 1) - 1)] ?? 0;
        this.check(i % 2 === 0 ? next : (next * (i % 10)) / 10);
        this.wait(1 / 12);
      }
    },
  };
}

export type Cell = ReturnType<typeof cell>;

export const ana = { by: 'ana', reason: 'because' };
export const types = (effects: readonly PolicyEffect[]): string[] => effects.map(({ type }) => type);
