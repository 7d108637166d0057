import { at, checkAmount, checkCount, checkLevel, checkSameLength, checkShare, checkSize } from './argument-checks.ts';
import type { Beta } from './beta-distribution.ts';
import type { Uniform } from './seeded-uniform.ts';

/** What one arm has shown; fractions where old days count less. */
export type ArmCounts = { successes: number; trials: number };

/** `holdOut`: drawn with equal chances, for an unbiased report. `propensity`: the chance with which this arm was to be drawn. */
export type ArmChoice = { arm: number; holdOut: boolean; propensity: number };

/**
 * `floor`: no arm is drawn with a lower chance. `holdOut`: the share drawn with equal chances. One mechanism serves both, and
 * takes the larger share: max(holdOut, arms × floor).
 */
export type ThompsonOptions = { floor?: number; holdOut?: number };

/** 0 ≤ successes ≤ trials, fractions allowed. */
export function checkCounts({ successes, trials }: ArmCounts): void {
  checkAmount('successes', successes);
  checkAmount('trials', trials);
  if (successes > trials) throw new RangeError(`successes must be at most trials (${trials}): ${successes}`);
}

/** Counts that are `days` older: each day keeps the share `keep` (.99), so that the bandit follows a world that moves. */
export function discounted(counts: ArmCounts, days: number, keep = 0.99): ArmCounts {
  checkCounts(counts);
  checkAmount('days', days);
  checkShare('keep', keep);
  const share = keep ** days;
  return { successes: counts.successes * share, trials: counts.trials * share };
}

/**
 * Posterior of an arm's rate after counts from closed attribution windows: Beta(1 + s, 1/baseRate − 1 + n − s), that is a prior
 * worth one success at the base rate; 1/21 gives Beta(1, 20). 0 ≤ s ≤ n, 0 < baseRate < 1; RangeError otherwise.
 */
export function armPosterior(counts: ArmCounts, baseRate = 1 / 21): Beta {
  checkCounts(counts);
  checkLevel('baseRate', baseRate);
  return { a: 1 + counts.successes, b: 1 / baseRate - 1 + counts.trials - counts.successes };
}

/**
 * Thompson sampling with a floor: `best` are the chances of `probabilityBest`; outside the hold-out an arm is drawn with just that
 * chance, which is what drawing from the posteriors and taking the highest does, with one number and with a known propensity.
 * Takes two numbers from `uniform`. RangeError for no arm, chances outside [0, 1] or a floor that does not fit.
 * Source: Thompson (1933); Chapelle & Li (2011).
 */
export function chooseArm(
  best: readonly number[],
  uniform: Uniform,
  { floor = 0.05, holdOut = 0.1 }: ThompsonOptions = {},
): ArmChoice {
  checkSize('best', best);
  for (const chance of best) checkShare('best', chance);
  checkShare('floor', floor);
  const equalShare = Math.max(holdOut, floor * best.length);
  checkShare('the larger of holdOut and arms × floor', equalShare);
  const held = uniform() < equalShare;
  const u = uniform();
  const arm = held ? Math.floor(u * best.length) : armAt(best, u);
  return { arm, holdOut: held, propensity: equalShare / best.length + (1 - equalShare) * at(best, arm) };
}

/** The arm whose stretch of the line [0, 1) holds u. */
function armAt(best: readonly number[], u: number): number {
  let end = 0;
  const arm = best.findIndex((chance) => {
    end += chance;
    return u < end;
  });
  // Chances that sum to a hair less than 1 leave a gap at the end.
  return arm === -1 ? best.length - 1 : arm;
}

/**
 * The arm that may be announced as the winner: best with chance `probability` (.95) or more, and every arm sent at least `sends`
 * (200) times; null when none may. `sends` are real ones, not discounted. Same lengths; RangeError otherwise.
 */
export function winner(
  best: readonly number[],
  sent: readonly number[],
  { probability = 0.95, sends = 200 }: { probability?: number; sends?: number } = {},
): number | null {
  checkSize('best', best);
  checkSameLength('best', best, 'sent', sent);
  for (const count of sent) checkCount('sent', count);
  checkShare('probability', probability);
  const arm = best.findIndex((chance) => chance >= probability);
  return arm === -1 || sent.some((count) => count < sends) ? null : arm;
}
