import { expect, test } from 'vitest';
import { simulate } from '../src/simulation.ts';

const options = { weeks: 1, perWeek: 6, seed: 7, driftAtWeek: null, json: true, picture: null };

test('a simulated week has the real program decide, send and be answered, and the same seed repeats it to the letter', async () => {
  const first = await simulate(options);
  const [week] = first.weeks;
  expect(week).toMatchObject({ week: 1, automatic: 0, leaked: 0 });
  expect(week?.decisions).toBeGreaterThan(6);
  expect(week?.mails).toBeGreaterThan(0);
  expect(new Set(Object.values(week?.thresholds ?? {}))).toEqual(new Set([0]));
  expect(Object.keys(week ?? {})).toEqual([
    'week',
    'decisions',
    'automatic',
    'leaked',
    'mails',
    'conversions',
    'thresholds',
  ]);
  expect(JSON.stringify(await simulate(options))).toBe(JSON.stringify(first));
  // Two databases and two weeks of everything: seconds on an idle machine.
}, 180_000);
