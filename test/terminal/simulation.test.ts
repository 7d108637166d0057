import { expect, test } from 'vitest';
import { readSimulationOptions } from '../../src/terminal/simulation-options.ts';
import { simulationWords } from '../../src/terminal/simulation-words.ts';
import { simulatedReport } from './simulated-report.ts';

test('the table has a line a week, marks the drift, and the picture under it a character a week', () => {
  const words = simulationWords(simulatedReport(8));
  expect(words).toMatch(/^ *4 +300 +90 \(30 %\) +0 +203 +3 +0\.22 {2}0\.00$/m);
  expect(words).toMatch(/^ *7 \* +300 +120 \(40 %\) +5 /m);
  expect(words).toContain('* from here on the model is bad');
  expect(words).toMatch(/^τ email_draft whitepaper-nurture\/first-mail {4}▂▂▂▂ {2}now 0\.00$/m);
  expect(words).toMatch(/^leaked +█ {2}5 in all, at most 5 a week$/m);
});

test('a threshold that is small but not zero shows in the picture', () => {
  const report = simulatedReport(1);
  report.weeks[0]!.thresholds = { 'lead_score w/score': 0.001 };
  expect(simulationWords(report)).toMatch(/^τ lead_score w\/score ▁ now 0\.00$/m);
});

test('left out, the options are twelve weeks of a hundred leads', () => {
  expect(readSimulationOptions([])).toEqual({
    ok: true,
    options: { weeks: 12, perWeek: 100, seed: 1, driftAtWeek: null, json: false, picture: null },
  });
});

test.for([
  [['--weeks', 'many'], '--weeks is “many”: give a whole number from 1 to 104.'],
  [['--weeks', '0'], '--weeks is “0”'],
  [['--per-week', '-3'], '--per-week'],
  [['--weeks', '4', '--drift-at-week', '5'], '--drift-at-week is “5”: give a whole number from 1 to 4.'],
  [['--sed', '3'], '--sed'],
] as const)('%j is refused with the option, the value and what may stand there', ([args, said]) => {
  const read = readSimulationOptions([...args]);
  expect(read.ok).toBe(false);
  if (!read.ok) expect(read).toMatchObject({ exitCode: 2, text: expect.stringContaining(said) });
});
