import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Workflow } from '../../../src/core/workflow.ts';
import type { Condition, LeadFacts } from '../../../src/core/workflow/condition.ts';
import { afterDecision, afterStep, type Move, nextStep, type Place } from '../../../src/core/workflow/next-step.ts';
import { aWorkflow, MAIL, NOW, someFacts } from './a-workflow.ts';

const HOUR = 3_600_000;

const condition: fc.Arbitrary<Condition> = fc.constantFrom<Condition>(
  { tag: 'vip' },
  { event: 'clicked', within: '1d' },
  { not: { event: 'clicked', within: '2d' } },
  { event: 'clicked', since: 'step' },
  { segment: 'x' },
  { score: { at_least: 50 } },
);

/** A step at place `i` of `count`, which may jump to any later one. */
function stepAt(i: number, count: number): fc.Arbitrary<Record<string, unknown>> {
  const id = `s${i}`;
  const target = fc.integer({ min: Math.min(i + 1, count - 1), max: count - 1 }).map((to) => `s${to}`);
  if (i === count - 1)
    return fc.constantFrom<Record<string, unknown>>({ id, exit: 'the end' }, { id, wait: '1h' }, { id, send: MAIL });
  const next = fc.option(target, { nil: undefined });
  const days = fc.constantFrom(undefined, ['sat', 'sun'], ['mon']);
  return fc.oneof(
    fc.record({ id: fc.constant(id), wait: fc.constantFrom('0s', '30m', '3d'), next }),
    fc.record({ id: fc.constant(id), wait: fc.record({ until: fc.constantFrom('02:30', '09:00'), days }), next }),
    fc.record({
      id: fc.constant(id),
      wait: fc.record({
        until_date: fc.constantFrom('ends', 'gone', 'never'),
        offset: fc.constantFrom('-3d', '2h', '1w'),
        if_past: fc.oneof(
          fc.constantFrom('skip', 'exit'),
          target.map((to) => `go:${to}`),
        ),
        if_missing: fc.oneof(
          fc.constantFrom('skip', 'exit'),
          target.map((to) => `go:${to}`),
        ),
      }),
      next,
    }),
    fc.record({
      id: fc.constant(id),
      wait_until: condition,
      timeout: fc.constantFrom('0s', '4h', '6d'),
      on_timeout: next,
      next,
    }),
    fc.record({
      id: fc.constant(id),
      window: fc.record({ from: fc.constant('22:00'), to: fc.constantFrom('02:00', '23:00'), days }),
      next,
    }),
    fc.record({
      id: fc.constant(id),
      branch: fc.tuple(fc.record({ when: condition, go: target }), fc.record({ go: target })),
    }),
    fc.record({
      id: fc.constant(id),
      split: fc.tuple(target, target).map(([a, b]) => [
        { name: 'a', share: 30, go: a },
        { name: 'b', share: 70, go: b },
      ]),
    }),
    fc.record({
      id: fc.constant(id),
      decide: fc.constant('email_draft'),
      brief: fc.constant('Write.'),
      fallback: fc.record({
        on_expire: fc.oneof(
          fc.constantFrom('skip', 'exit'),
          target.map((to) => `go:${to}`),
        ),
      }),
      next,
    }),
    fc.record({
      id: fc.constant(id),
      task: fc.record({ text: fc.constant('Call.'), done: next, on_expire: next }),
      next,
    }),
    fc.record({ id: fc.constant(id), webhook: fc.constant({ url: 'https://crm.example/x' }), next }),
  );
}

const anyWorkflow: fc.Arbitrary<Workflow> = fc
  .integer({ min: 1, max: 9 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, i) => stepAt(i, count))))
  .map((steps) => aWorkflow(steps.map((step) => JSON.parse(JSON.stringify(step)) as unknown)));

const anyFacts: fc.Arbitrary<LeadFacts> = fc
  .record({
    events: fc.array(
      fc
        .integer({ min: -80, max: 200 })
        .map((hours) => ({ type: 'clicked', at: new Date(NOW.getTime() + hours * HOUR) })),
      { maxLength: 5 },
    ),
    score: fc.option(fc.integer({ min: 0, max: 100 })),
    zone: fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'),
    tags: fc.subarray(['vip']),
  })
  .map((part) => someFacts({ ...part, fields: { ends: '2026-11-29T10:00', gone: '2026-01-01' } }));

type Life = { moves: number[]; coin: number; start: number };
const anyLife: fc.Arbitrary<Life> = fc.record({
  moves: fc.array(fc.nat(1000), { minLength: 60, maxLength: 60 }),
  coin: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  // Over both changes of the clock of a year and a half.
  start: fc.integer({ min: -6000, max: 6000 }),
});

/** Lives a lead's way to its end; gives up after so many questions that a way which ends would long be over. */
function live(
  workflow: Workflow,
  facts: LeadFacts,
  { moves, coin, start }: Life,
): { ended: boolean; visited: string[] } {
  let now = new Date(NOW.getTime() + start * HOUR);
  const visited: string[] = [];
  let place: Place = { step: workflow.steps[0]?.id ?? '', status: 'active', dueAt: now, since: now };
  for (let turn = 0; turn < 4000; turn++) {
    const drawn = moves[turn % moves.length] ?? 0;
    const next = nextStep(workflow, place, facts, now, () => coin);
    for (const { step } of next.passed) visited.push(step);
    if (next.do === 'finish' || next.do === 'exit') return { ended: true, visited };
    if (next.do === 'wait') {
      expect(next.until.getTime()).toBeGreaterThan(now.getTime());
      const since = next.step.id === place.step && place.status === 'waiting' ? place.since : now;
      place = { step: next.step.id, status: 'waiting', dueAt: next.until, since };
      // Sometimes something happens to the lead before the timer is due, and it is asked early.
      const early = drawn % 4 === 0 ? (next.until.getTime() - now.getTime()) / 2 : 0;
      now = new Date(next.until.getTime() - Math.floor(early > HOUR ? early : 0));
      continue;
    }
    visited.push(next.step.id);
    const move: Move =
      next.do === 'decide'
        ? afterDecision(
            workflow,
            next.step.id,
            (['approved', 'edited', 'rejected', 'expired'] as const)[drawn % 4] ?? 'approved',
          )
        : afterStep(workflow, next.step.id, (['done', 'skipped', 'failed', 'expired'] as const)[drawn % 4]);
    if (move.status !== 'active') return { ended: true, visited };
    place = { step: move.step, status: 'active', dueAt: now, since: now };
  }
  return { ended: false, visited };
}

test('every way through every workflow ends, passes no step twice, and never waits for a moment that is past', () => {
  fc.assert(
    fc.property(anyWorkflow, anyFacts, anyLife, (workflow, facts, life) => {
      const { ended, visited } = live(workflow, facts, life);
      expect(ended).toBe(true);
      expect(visited).toEqual([...new Set(visited)]);
      const order = workflow.steps.map(({ id }) => id);
      expect(visited.map((id) => order.indexOf(id))).toEqual(
        visited.map((id) => order.indexOf(id)).toSorted((a, b) => a - b),
      );
    }),
    { numRuns: 400, seed: 1 },
  );
});

test('asked twice at the same moment, it says the same', () => {
  fc.assert(
    fc.property(anyWorkflow, anyFacts, anyLife, (workflow, facts, { coin }) => {
      const place: Place = { step: workflow.steps[0]?.id ?? '', status: 'active', dueAt: NOW, since: NOW };
      const ask = () => nextStep(workflow, place, facts, NOW, () => coin);
      expect(ask()).toEqual(ask());
    }),
    { numRuns: 100, seed: 1 },
  );
});
