import { at, checkCount, checkPositive, checkSameLength, checkSize } from './argument-checks.ts';
import { probabilityBest } from './beta-comparison.ts';
import type { Beta } from './beta-distribution.ts';
import type { Uniform } from './seeded-uniform.ts';
import { type ArmChoice, type ArmCounts, armPosterior, checkCounts, chooseArm } from './thompson.ts';

/** Four hours of a weekday or of a day at the weekend, in the recipient's zone: hours from `fromHour` up to before `toHour`. */
export type SendWindow = { weekend: boolean; fromHour: number; toHour: number };

/** The 12 arms: six windows of a weekday, then six of the weekend. */
export const SEND_WINDOWS: readonly SendWindow[] = [false, true].flatMap((weekend) =>
  [0, 4, 8, 12, 16, 20].map((fromHour) => ({ weekend, fromHour, toHour: fromHour + 4 })),
);

/** Index of the window of an hour (0…23) of an ISO weekday (1 = Monday … 7 = Sunday), both in the recipient's zone. */
export function sendWindow(isoWeekday: number, hour: number): number {
  checkCount('isoWeekday', isoWeekday, 1);
  checkCount('hour', hour);
  if (isoWeekday > 7) throw new RangeError(`isoWeekday must be at most 7: ${isoWeekday}`);
  if (hour > 23) throw new RangeError(`hour must be at most 23: ${hour}`);
  return (isoWeekday > 5 ? 6 : 0) + Math.floor(hour / 4);
}

/**
 * Posterior of a segment's rate in one window, shrunk to what everybody does in that window: Beta(m p + s, m (1 − p) + n − s), p the
 * posterior mean over all segments, m = `strength` sends' worth of it. 0 ≤ s ≤ n, m > 0; RangeError otherwise.
 */
export function sendTimePosterior(segment: ArmCounts, everybody: ArmCounts, strength = 50, baseRate = 1 / 21): Beta {
  checkPositive('strength', strength);
  checkCounts(segment);
  const all = armPosterior(everybody, baseRate);
  const rate = all.a / (all.a + all.b);
  return {
    a: strength * rate + segment.successes,
    b: strength * (1 - rate) + segment.trials - segment.successes,
  };
}

/**
 * Thompson's choice among the windows that are `allowed` (quiet hours are hard limits: a window not allowed has chance 0), with a
 * floor of .03 each. As many posteriors as flags, at least one allowed; RangeError otherwise.
 */
export function chooseSendTime(
  posteriors: readonly Beta[],
  allowed: readonly boolean[],
  uniform: Uniform,
  floor = 0.03,
): ArmChoice {
  checkSameLength('posteriors', posteriors, 'allowed', allowed);
  const open = [...allowed.keys()].filter((window) => at(allowed, window));
  checkSize('the allowed windows', open);
  const choice = chooseArm(probabilityBest(open.map((window) => at(posteriors, window))), uniform, {
    floor,
    holdOut: 0,
  });
  return { ...choice, arm: at(open, choice.arm) };
}
