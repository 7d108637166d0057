import { checkTrials } from './argument-checks.ts';
import { normalQuantile } from './normal-distribution.ts';

/**
 * d′ = z(hit rate) − z(false alarm rate): how well bad is told from good, apart from how strict the reviewer is; 0 = not at all,
 * 1 = fairly, 3 = very well. Of `bad` seeded checks known to be bad `caught` were rejected; of `good` ones known to be good
 * `refused` were rejected. Half a case is added to each count, so that 0 and all stay finite. Whole numbers, RangeError
 * otherwise. Source: Green & Swets (1966); correction: Hautus (1995).
 */
export function dPrime(caught: number, bad: number, refused: number, good: number): number {
  checkTrials('caught', caught, 'bad', bad);
  checkTrials('refused', refused, 'good', good);
  return normalQuantile((caught + 0.5) / (bad + 1)) - normalQuantile((refused + 0.5) / (good + 1));
}
