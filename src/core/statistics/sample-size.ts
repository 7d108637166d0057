import { checkLevel, checkPositive } from './argument-checks.ts';
import { bisect } from './bisect.ts';
import { normalQuantile, twoSidedZ } from './normal-distribution.ts';

/**
 * How many contacts each arm needs so that a true change of the conversion rate from p1 to p2 is found with chance `power` by a
 * two-sided test at `alpha`. Not rounded: take the next whole number. 0 < p1, p2, alpha, power < 1, p1 ≠ p2; RangeError
 * otherwise. Source: Fleiss (1981), Statistical methods for rates and proportions, 3.2, without correction.
 */
export function sampleSizePerArm(p1: number, p2: number, alpha = 0.05, power = 0.8): number {
  checkLevel('p1', p1);
  checkLevel('p2', p2);
  checkLevel('alpha', alpha);
  checkLevel('power', power);
  if (p1 === p2) throw new RangeError(`p2 must differ from p1: ${p2}`);
  return needed(p1, p2, twoSidedZ(1 - alpha), normalQuantile(power));
}

function needed(p1: number, p2: number, z: number, zPower: number): number {
  const mean = (p1 + p2) / 2;
  const alike = z * Math.sqrt(2 * mean * (1 - mean));
  const apart = zPower * Math.sqrt(p1 * (1 - p1) + p2 * (1 - p2));
  return ((alike + apart) / (p1 - p2)) ** 2;
}

/**
 * Minimum detectable effect: the smallest p2 above p1 that `perArm` contacts an arm find with chance `power` at `alpha`; to be
 * printed next to every lift. null when even a rate of almost 1 would go unnoticed. Arguments as `sampleSizePerArm`, power at
 * least ½ (below that "found" means nothing), perArm above 0.
 */
export function minimumDetectable(p1: number, perArm: number, alpha = 0.05, power = 0.8): number | null {
  checkLevel('p1', p1);
  checkPositive('perArm', perArm);
  checkLevel('alpha', alpha);
  checkLevel('power', power);
  if (power < 0.5) throw new RangeError(`power must be at least 0.5: ${power}`);
  const z = twoSidedZ(1 - alpha);
  const zPower = normalQuantile(power);
  const found = bisect((p2) => needed(p1, p2, z, zPower) <= perArm, p1, 1);
  return found < 1 ? found : null;
}
