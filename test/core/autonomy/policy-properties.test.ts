import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../../src/core/canonical-json.ts';
import { certificate, epochDelta, predictorFor } from '../../../src/core/autonomy/certificate.ts';
import { bandOf } from '../../../src/core/autonomy/ladder.ts';
import { reduce, reduceTogether, replay } from '../../../src/core/autonomy/policy.ts';
import { type PolicyConfig, policyFor } from '../../../src/core/autonomy/policy-config.ts';
import { inOrder, type PolicyEvent } from '../../../src/core/autonomy/policy-event.ts';
import { brakes, newPolicyState, type PolicyState, thresholdOf } from '../../../src/core/autonomy/policy-state.ts';
import { placeDecision } from '../../../src/core/autonomy/spot-check-rate.ts';
import { ana, cell, type Cell, type Order, plainConfig } from './cell.ts';

/** Quick to climb, so that a few hundred events see every rung, and every way down. */
const config: PolicyConfig = {
  ...policyFor(0.25),
  ladderAfter: 12,
  minBand: 3,
  coolLabels: 3,
  coolDays: 0.25,
  minSegmentLabels: 2,
  restart: { window: 6, maxBad: null, minDays: 1 },
};

type Step =
  | { do: 'check' | 'decide'; risk: number | null; bad: number; critical: boolean; segment: string | null }
  | { do: 'harm'; risk: number; before: number | null; critical: boolean }
  | { do: 'wait'; days: number }
  | { do: 'order'; order: Order };

/** Even over 0…1, where fc.double favours numbers next to 0. */
const share = fc.integer({ min: 0, max: 1000 }).map((n) => n / 1000);
const risk = fc.oneof({ weight: 20, arbitrary: share }, { weight: 1, arbitrary: fc.constant(null) });
const order: fc.Arbitrary<Order> = fc.oneof(
  share.map((tau): Order => ({ type: 'capped', tau, ...ana })),
  fc.constant<Order>({ type: 'capped', tau: 1, ...ana }),
  fc.constant<Order>({ type: 'frozen', ...ana }),
  fc.constant<Order>({ type: 'unfrozen', ...ana }),
  fc.constant<Order>({ type: 'unfrozen', ...ana }),
  fc.constant<Order>({ type: 'reset', ...ana }),
  fc.integer({ min: 0, max: 5 }).map((rung): Order => ({ type: 'restored', rung, ...ana })),
  fc.boolean().map((proposeOnly): Order => ({ type: 'mode_set', proposeOnly, ...ana })),
  fc
    .record({
      by: fc.constantFrom('ana', 'ben'),
      rung: fc.integer({ min: 1, max: 5 }),
      epoch: fc.integer({ min: 1, max: 3 }),
    })
    .map((confirm): Order => ({ type: 'raise_confirmed', reason: 'fine', without: null, ...confirm })),
  fc
    .record({ brake: fc.constantFrom(...brakes), on: fc.boolean() })
    .map((set): Order => ({ type: 'brake_set', reason: '', ...set })),
  fc
    .option(fc.double({ min: 0.5, max: 1, noNaN: true }), { nil: null })
    .map((lower): Order => ({ type: 'catch_rate_set', lower })),
  fc.constantFrom('m1', 'm1', 'm1', 'm2').map((system): Order => ({ type: 'version_seen', system, scorer: 's1' })),
  fc.constantFrom('s1', 's2').map((scorer): Order => ({ type: 'version_seen', system: 'm1', scorer })),
);
const stepsWith = (badRate: number): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof(
      {
        weight: 80,
        arbitrary: fc.record({
          do: fc.constantFrom('check' as const, 'check' as const, 'check' as const, 'decide' as const),
          risk,
          bad: share.map((u) => (u < badRate ? 1 : u > 0.98 ? 0.5 : 0)),
          critical: fc.integer({ min: 0, max: 199 }).map((n) => n === 0),
          segment: fc.constantFrom(null, 'de', 'en'),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          do: fc.constant('harm' as const),
          risk: share,
          before: fc.constantFrom(null, 0, 1),
          critical: fc.boolean(),
        }),
      },
      { weight: 15, arbitrary: fc.record({ do: fc.constant('wait' as const), days: fc.constantFrom(0.05, 0.5, 3) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('order' as const), order }) },
    ),
    { minLength: 150, maxLength: 400, size: 'max' },
  );
const steps = fc.constantFrom(0, 0.02, 0.1, 0.4).chain(stepsWith);

function take(happening: Cell, step: Step): void {
  switch (step.do) {
    case 'check':
      happening.check(step.risk, {
        loss: step.bad,
        critical: step.critical && step.bad === 1,
        segments: step.segment === null ? [] : [step.segment],
      });
      return;
    case 'decide':
      happening.decide(step.risk);
      return;
    case 'harm':
      happening.harm(step.risk, step);
      return;
    case 'wait':
      happening.wait(step.days);
      return;
    case 'order':
      happening.order(step.order);
  }
}

function logOf(story: readonly Step[]): PolicyEvent[] {
  const happening = cell(config, newPolicyState());
  for (const step of story) take(happening, step);
  return happening.log;
}

/** Every step of a log: the state before, the event, the state after. */
function walk(
  log: readonly PolicyEvent[],
  see: (before: PolicyState, event: PolicyEvent, after: PolicyState) => void,
): PolicyState {
  let state = newPolicyState();
  for (const event of log) {
    const { state: after } = reduce(frozenDeep(state), event, config);
    see(state, event, after);
    state = after;
  }
  return state;
}

function frozenDeep<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) frozenDeep(member);
    Object.freeze(value);
  }
  return value;
}

/** What is counted of the running epoch, by hand, from the log alone. */
type Tally = { epoch: number; of: Array<{ risk: number | null; decisions: number; labels: number; losses: number }> };

function tallied(tally: Tally, event: PolicyEvent): void {
  if (!('segments' in event) || event.epoch !== tally.epoch) return;
  const { risk: at } = event;
  if (event.type === 'decided') tally.of.push({ risk: at, decisions: 1, labels: 0, losses: 0 });
  if (event.type === 'labelled') tally.of.push({ risk: at, decisions: 0, labels: 1, losses: event.loss });
  if (event.type === 'relabelled' && event.loss > (event.before ?? 0))
    tally.of.push({
      risk: at,
      decisions: 0,
      labels: event.before === null ? 1 : 0,
      losses: event.loss - (event.before ?? 0),
    });
}

function logEOf(tally: Tally, state: PolicyState, rung: number): number {
  const bands = Array.from({ length: rung }, () => ({ decisions: 0, labels: 0, losses: 0 }));
  for (const entry of tally.of) {
    const band = bands[bandOf(state.ladder ?? [], entry.risk) - 1];
    if (!band) continue;
    band.decisions += entry.decisions;
    band.labels += entry.labels;
    band.losses += entry.losses;
  }
  return certificate(bands, config.eps * (state.catchRate ?? 1), predictorFor(config.eps)).logE;
}

test('τ rises by one rung only, with a certificate for it, and never while S > 0, frozen, capped, braked or set by a person', () => {
  let raises = 0;
  fc.assert(
    fc.property(steps, (story) => {
      let tally: Tally = { epoch: 1, of: [] };
      walk(logOf(story), (before, event, after) => {
        tallied(tally, event);
        const restoredUp = event.type === 'restored';
        if (after.rung > before.rung && !restoredUp) {
          raises += 1;
          expect(after.rung).toBe(before.rung + 1);
          expect(logEOf(tally, after, after.rung)).toBeGreaterThanOrEqual(
            Math.log(1 / epochDelta(config.delta, after.epoch)) - 1e-9,
          );
          expect([after.s, after.frozen, after.restored, after.brakes]).toEqual([0, null, null, []]);
          expect(thresholdOf(after)).toBeLessThanOrEqual(after.cap?.tau ?? 1);
          expect(before.lastChange === null || event.at - before.lastChange >= config.coolDays * 86_400_000).toBe(true);
          if (after.proposeOnly)
            expect([event.type, before.proposal?.confirmedBy]).toEqual(['raise_confirmed', expect.any(String)]);
          else expect(event.type).toBe('labelled');
        }
        if (after.epoch !== tally.epoch) tally = { epoch: after.epoch, of: [] };
      });
    }),
    { numRuns: 200, seed: 4 },
  );
  // The stories must be able to break it.
  expect(raises).toBeGreaterThan(100);
});

test('lowering is immediate: S never stands at the alarm, a cap never below τ, and a critical failure leaves nothing automatic', () => {
  let falls = 0;
  fc.assert(
    fc.property(steps, (story) => {
      walk(logOf(story), (before, event, after) => {
        expect(after.s).toBeLessThan(config.alarmAt);
        expect(thresholdOf(after)).toBeLessThanOrEqual(after.cap?.tau ?? 1);
        if (
          before.rung > 0 &&
          'critical' in event &&
          event.critical &&
          event.epoch === before.epoch &&
          event.loss > 0
        ) {
          falls += 1;
          expect([after.rung, after.epoch, after.frozen === null]).toEqual([0, before.epoch + 1, false]);
        }
      });
    }),
    { numRuns: 60, seed: 5 },
  );
  expect(falls).toBeGreaterThan(5);
});

test('evidence of another epoch changes nothing', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 5 }), fc.boolean(), risk, (story, off, critical, at) => {
      const state = walk(logOf(story), () => {});
      const other = { id: 'old', at: 1e12, risk: at, segments: ['de'], epoch: state.epoch - off };
      const evidence: PolicyEvent[] = [
        { type: 'decided', ...other, eligible: true },
        { type: 'labelled', ...other, loss: 1, critical, q: 0.1, reason: null },
        { type: 'relabelled', ...other, before: 0, loss: 1, critical, automatic: true, reason: null },
        { type: 'labelled', ...other, epoch: state.epoch + off, loss: 0, critical, q: 0.1, reason: null },
      ];
      expect(reduceTogether(state, evidence, config)).toEqual({ state, effects: [] });
    }),
    { numRuns: 40, seed: 6 },
  );
});

test('verdicts settled together count in the order (decided_at, id), however they come in', () => {
  fc.assert(
    fc.property(
      steps,
      fc.array(fc.nat({ max: 3 }), { minLength: 20, maxLength: 60 }),
      fc.infiniteStream(fc.nat()),
      (story, ticks, chance) => {
        const state = walk(logOf(story), () => {});
        const batch: PolicyEvent[] = ticks.map((tick, i) => ({
          type: 'labelled',
          id: `d${(i * 37) % 64}`,
          at: 1e12 + tick * 86_400_000,
          epoch: state.epoch,
          risk: (i % 10) / 10,
          segments: [],
          loss: i % 7 === 3 ? 1 : 0,
          critical: false,
          q: null,
          reason: null,
        }));
        const shuffled = batch
          .map((event) => ({ event, key: chance.next().value ?? 0 }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ event }) => event);
        const together = reduceTogether(state, shuffled, config);
        expect(together).toEqual(reduceTogether(state, batch, config));
        expect(together.state).toEqual(replay(inOrder(shuffled), config, state));
      },
    ),
    { numRuns: 40, seed: 7 },
  );
});

test('the order of verdicts matters, and so is fixed: two failures after a pass fall, with many passes between they do not', () => {
  const labels = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1].map((loss, i) => ({ loss, id: `d${String(i).padStart(2, '0')}` }));
  const run = (when: (i: number) => number) => {
    const happening = cell();
    happening.climb(1);
    const events: PolicyEvent[] = labels.map(({ loss, id }, i) => ({
      type: 'labelled',
      id,
      at: happening.now + when(i),
      epoch: 1,
      risk: 0.1,
      segments: [],
      loss,
      critical: false,
      q: 0.5,
      reason: null,
    }));
    return reduceTogether(happening.state, events, plainConfig).state.rung;
  };
  expect(run(() => 0)).toBe(0);
  // The one failure comes first by its time, the other last.
  expect(run((i) => (i === 9 ? 0 : i))).toBe(1);
});

test('on rung 0 nothing is automatic, not even risk 0', () => {
  fc.assert(
    fc.property(steps, fc.oneof(fc.constant(0), risk), (story, at) => {
      walk(logOf(story), (_, event, after) => {
        const placed = placeDecision(after, { risk: at, segments: [], at: event.at }, config);
        if (after.rung === 0) expect(placed).toMatchObject({ eligible: false, q: 1 });
        else if (placed.eligible) expect(at ?? 2).toBeLessThanOrEqual(thresholdOf(after));
      });
    }),
    { numRuns: 40, seed: 8 },
  );
});

test('the state is plain JSON, and the replay of a stored log gives it bit for bit, also from the middle', () => {
  fc.assert(
    fc.property(steps, share, (story, part) => {
      const log = logOf(story);
      const state = walk(log, () => {});
      const stored = JSON.parse(JSON.stringify(log)) as PolicyEvent[];
      expect(canonicalJson(replay(stored, config))).toBe(canonicalJson(state));
      expect(JSON.parse(JSON.stringify(state))).toStrictEqual(state);
      const middle = Math.floor(part * log.length);
      const half = JSON.parse(JSON.stringify(replay(stored.slice(0, middle), config))) as PolicyState;
      expect(canonicalJson(replay(stored.slice(middle), config, half))).toBe(canonicalJson(state));
    }),
    { numRuns: 40, seed: 9 },
  );
});
