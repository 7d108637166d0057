/** What a method refuses before it counts: each throws a RangeError that names the argument and its value. */

function refuse(name: string, wanted: string, value: unknown): never {
  throw new RangeError(`${name} must be ${wanted}: ${String(value)}`);
}

export function checkFinite(name: string, value: number): void {
  if (!Number.isFinite(value)) refuse(name, 'a finite number', value);
}

/** Finite and above 0: shapes, scales, probabilities that are divided by. */
export function checkPositive(name: string, value: number): void {
  if (!(value > 0 && value < Infinity)) refuse(name, 'a finite number above 0', value);
}

/** Finite and at least 0: weights, times. */
export function checkAmount(name: string, value: number): void {
  if (!(value >= 0 && value < Infinity)) refuse(name, 'a finite number of at least 0', value);
}

/** A whole number of at least `least`. */
export function checkCount(name: string, value: number, least = 0): void {
  if (!(Number.isSafeInteger(value) && value >= least)) refuse(name, `a whole number of at least ${least}`, value);
}

/** From 0 to 1, both included. */
export function checkShare(name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) refuse(name, 'from 0 to 1', value);
}

/** Between 0 and 1, both left out: confidence levels, powers, prior rates. */
export function checkLevel(name: string, value: number): void {
  if (!(value > 0 && value < 1)) refuse(name, 'between 0 and 1', value);
}

/** x of n: whole numbers, 0 ≤ x ≤ n, n > 0. */
export function checkTrials(nameX: string, x: number, nameN: string, n: number): void {
  checkCount(nameX, x);
  checkCount(nameN, n, 1);
  if (x > n) refuse(nameX, `at most ${nameN} (${n})`, x);
}

/** At least `least` items. */
export function checkSize(name: string, list: ArrayLike<unknown>, least = 1): void {
  if (list.length < least) refuse(`the length of ${name}`, `at least ${least}`, list.length);
}

export function checkSameLength(nameA: string, a: ArrayLike<unknown>, nameB: string, b: ArrayLike<unknown>): void {
  if (a.length !== b.length) refuse(`the length of ${nameB}`, `that of ${nameA} (${a.length})`, b.length);
}

/** The item at an index that is known to exist; a wrong index is a broken assumption and throws. */
export function at<T>(list: ArrayLike<T>, index: number): T {
  if (!(index >= 0 && index < list.length)) refuse('index', `below ${list.length}`, index);
  return list[index] as T;
}
