import { checkFinite, checkLevel } from './argument-checks.ts';
import { gammaTail } from './gamma-tail.ts';

/** Beyond this many standard deviations the tail is smaller than the smallest number a double can hold. */
const NOTHING_LEFT = 39;

/** P(Z > z), Z standard normal, with all its digits in the upper tail. z finite; RangeError otherwise. Source: ½ Q(½, z²/2). */
export function normalSurvival(z: number): number {
  checkFinite('z', z);
  if (z < 0) return 1 - normalSurvival(-z);
  if (z > NOTHING_LEFT) return 0;
  return 0.5 * gammaTail(0.5, (z * z) / 2);
}

/** P(Z ≤ z), Z standard normal, with all its digits in the lower tail. */
export function normalCdf(z: number): number {
  return normalSurvival(-z);
}

/** P(|Z| ≥ |z|): the two-sided p-value of a standardised difference. */
export function normalTwoSided(z: number): number {
  return 2 * normalSurvival(Math.abs(z));
}

/**
 * The z with P(Z ≤ z) = p, 0 < p < 1; RangeError otherwise. A rational start (error below 4.5e-4) and three of Halley's steps,
 * each of which triples the digits. For a tiny upper tail q use −normalQuantile(q). Source: Abramowitz & Stegun 26.2.23.
 */
export function normalQuantile(p: number): number {
  checkLevel('p', p);
  if (p > 0.5) return -normalQuantile(1 - p);
  const t = Math.sqrt(-2 * Math.log(p));
  let z = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (let step = 0; step < 3; step++) {
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    const error = (normalSurvival(z) - p) / density;
    z += (2 * error) / (2 - z * error);
  }
  return -z;
}

/** z of a two-sided interval: 1.96 for a confidence of .95. */
export function twoSidedZ(confidence: number): number {
  checkLevel('confidence', confidence);
  return -normalQuantile((1 - confidence) / 2);
}
