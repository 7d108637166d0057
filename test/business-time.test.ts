import { expect, test } from 'vitest';
import { movableClock } from '../src/business-time.ts';
import { createIds } from '../src/ids.ts';
import { seededBytes } from './support/seeded.ts';

test('business time goes with the machine, jumps on, and never back', () => {
  const machine = { now: new Date('2026-03-10T12:00:00Z') };
  const clock = movableClock(() => machine.now);
  clock.jumpTo(new Date('2026-03-11T12:00:00Z'));
  expect(clock.now()).toEqual(new Date('2026-03-11T12:00:00Z'));
  machine.now = new Date('2026-03-10T12:00:10Z');
  expect(clock.now()).toEqual(new Date('2026-03-11T12:00:10Z'));
  clock.jumpTo(new Date('2026-03-10T13:00:00Z'));
  expect(clock.now()).toEqual(new Date('2026-03-11T12:00:10Z'));
});

test('ids made in one process ascend, also when the clock stands still or runs back', () => {
  const time = { now: new Date('2026-03-10T12:00:00Z') };
  const ids = createIds(() => time.now, seededBytes('a'));
  const made = Array.from({ length: 10_000 }, (_, i) => {
    if (i === 5_000) time.now = new Date('2026-03-10T11:00:00Z');
    return ids.id();
  });
  expect(made.toSorted()).toEqual(made);
  expect(new Set(made).size).toBe(made.length);
});

test('the same seed makes the same ids and tokens', () => {
  const make = () => {
    const ids = createIds(() => new Date(0), seededBytes('same'));
    return [ids.id(), ids.token(), ids.id()];
  };
  expect(make()).toEqual(make());
});

test('business time stands still while it is paused, can be moved meanwhile, and goes on from there', () => {
  const machine = { now: new Date('2026-03-10T12:00:00Z') };
  const clock = movableClock(() => machine.now);
  clock.pause();
  machine.now = new Date('2026-03-10T13:00:00Z');
  expect(clock.now()).toEqual(new Date('2026-03-10T12:00:00Z'));
  expect(clock.paused()).toBe(true);
  clock.jumpTo(new Date('2026-03-10T18:00:00Z'));
  expect(clock.now()).toEqual(new Date('2026-03-10T18:00:00Z'));
  clock.resume();
  machine.now = new Date('2026-03-10T13:00:05Z');
  expect(clock.now()).toEqual(new Date('2026-03-10T18:00:05Z'));
  expect(clock.paused()).toBe(false);
});

test('a machine whose clock is set back does not take business time along', () => {
  const machine = { now: new Date('2026-03-10T12:00:00Z') };
  const clock = movableClock(() => machine.now);
  clock.now();
  machine.now = new Date('2026-03-10T11:00:00Z');
  expect(clock.now()).toEqual(new Date('2026-03-10T12:00:00Z'));
});
