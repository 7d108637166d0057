import { expect, test } from 'vitest';
import { drawSimulation } from '../../src/pictures/simulation-picture.ts';
import { simulatedReport } from '../terminal/simulated-report.ts';

const widthOf = (png: Buffer): number => png.readUInt32BE(16);
const heightOf = (png: Buffer): number => png.readUInt32BE(20);

test('a simulation is drawn as a PNG of a size that a reader can use', () => {
  const png = drawSimulation(simulatedReport(16));
  expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
  expect(widthOf(png)).toBe(1920);
  expect(heightOf(png)).toBeGreaterThan(1500);
});

test('the same weeks make the same bytes, and a leak more makes others', () => {
  const report = simulatedReport(8);
  const leaked = { ...report, weeks: report.weeks.map((week) => ({ ...week, leaked: week.leaked + 1 })) };
  expect(drawSimulation(report).equals(drawSimulation(simulatedReport(8)))).toBe(true);
  expect(drawSimulation(leaked).equals(drawSimulation(report))).toBe(false);
});

test('a simulation of one week with nothing in it is drawn too', () => {
  const empty = { week: 1, decisions: 0, automatic: 0, leaked: 0, mails: 0, conversions: 0, thresholds: {} };
  expect(drawSimulation({ seed: 1, perWeek: 0, driftAtWeek: null, weeks: [empty] }).length).toBeGreaterThan(1000);
});
