import { expect, test } from 'vitest';
import { steppedClock } from '../src/business-time.ts';
import { createTimeline, type Doer } from '../src/timeline.ts';

const begin = new Date('2026-03-10T12:00:00Z');
const at = (minutes: number): Date => new Date(begin.getTime() + minutes * 60_000);
const MINUTE = 60_000;

/** Somebody with a list of moments, who writes down when each was done. */
function doerWith(clock: { now(): Date }, log: string[], name: string, due: Date[]): Doer & { due: Date[] } {
  return {
    due,
    async drain() {
      const now = due.filter((moment) => moment <= clock.now());
      for (const moment of now) {
        due.splice(due.indexOf(moment), 1);
        log.push(`${name} ${(clock.now().getTime() - begin.getTime()) / MINUTE}`);
      }
      return now.length;
    },
    nextDue: () => Promise.resolve(due.toSorted((a, b) => a.getTime() - b.getTime())[0] ?? null),
  };
}

test('everybody acts at their own moment, in the order of time, and the clock ends where it was sent', async () => {
  const clock = steppedClock(begin);
  const log: string[] = [];
  const timeline = createTimeline(clock, [
    doerWith(clock, log, 'app', [at(5), at(20)]),
    doerWith(clock, log, 'people', [at(10), at(90)]),
  ]);
  await timeline.advance(60 * MINUTE);
  expect(log).toEqual(['app 5', 'people 10', 'app 20']);
  expect(clock.now()).toEqual(at(60));
});

test('what one does at a moment and makes due for the other is done at that moment', async () => {
  const clock = steppedClock(begin);
  const log: string[] = [];
  const app = doerWith(clock, log, 'app', []);
  const people = doerWith(clock, log, 'people', [at(10)]);
  const answering: Doer = {
    nextDue: () => people.nextDue(),
    async drain() {
      const done = await people.drain();
      if (done > 0) app.due.push(clock.now());
      return done;
    },
  };
  await createTimeline(clock, [app, answering]).advance(30 * MINUTE);
  expect(log).toEqual(['people 10', 'app 10']);
});

test('due times are rounded up to their doer’s grain, and never past the target', async () => {
  const clock = steppedClock(begin);
  const log: string[] = [];
  const app = { ...doerWith(clock, log, 'app', [at(1), at(14), at(16), at(59)]), grainMs: 15 * MINUTE };
  await createTimeline(clock, [app, doerWith(clock, log, 'people', [at(3)])]).advance(58 * MINUTE);
  expect(log).toEqual(['app 3', 'people 3', 'app 15', 'app 30']);
  expect(clock.now()).toEqual(at(58));
});

test('a step goes to the next planned moment and no further', async () => {
  const clock = steppedClock(begin);
  const log: string[] = [];
  const timeline = createTimeline(clock, [doerWith(clock, log, 'app', [at(7), at(9)])]);
  await timeline.step();
  expect(log).toEqual(['app 7']);
  expect(clock.now()).toEqual(at(7));
});

test('a step with nothing planned leaves the clock alone', async () => {
  const clock = steppedClock(begin);
  await createTimeline(clock, []).step();
  expect(clock.now()).toEqual(begin);
});

test('somebody who cannot do what is due does not keep time from passing', async () => {
  const clock = steppedClock(begin);
  const stuck: Doer = { drain: () => Promise.resolve(0), nextDue: () => Promise.resolve(at(10)) };
  await createTimeline(clock, [stuck]).advance(60 * MINUTE);
  expect(clock.now()).toEqual(at(60));
});
