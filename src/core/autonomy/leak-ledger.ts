/** One spot check that a person decided: its loss (0…1) and the probability, 0 < q ≤ 1, with which it was drawn. */
export type SettledCheck = { loss: number; q: number };

export type LeakLedger = {
  /** Estimated bad ones among everything that was eligible for automation, those caught by spot checks included. */
  bad: number;
  /** Of these, the estimated ones that went out: nobody looked at them. */
  leaked: number;
  /** Upper bound of the expected bad ones, at every look and under any drift, with probability 1 − δ. */
  upper: number;
};

const GRID = [0.25, 0.5, 1, 2, 4];

/**
 * How many bad ones slipped through so far, from the checked ones alone, each standing for 1/q (inverse probability weights).
 * `qMin` is the smallest probability ever used for an eligible decision, checked or not. Source: Ville's inequality for
 * exp(−x v A L) with v = qMin/q, a union over five x.
 */
export function leakLedger(checks: readonly SettledCheck[], qMin: number, delta: number): LeakLedger {
  if (!(qMin > 0 && qMin <= 1)) throw new RangeError(`qMin must be above 0 and at most 1: ${qMin}`);
  let bad = 0;
  let caught = 0;
  for (const { loss, q } of checks) {
    if (!(q >= qMin && q <= 1)) throw new RangeError(`a check's q must be from qMin (${qMin}) to 1: ${q}`);
    bad += loss / q;
    caught += loss;
  }
  const bounds = GRID.map((x) => (x * bad * qMin + Math.log(GRID.length / delta)) / (qMin * (1 - Math.exp(-x))));
  return { bad, leaked: bad - caught, upper: Math.min(...bounds) };
}

/**
 * Whether the error budget of the last `window` eligible decisions is spent: Σ L/q over the checked ones against ε times their
 * number. Newest last; `loss` is null where nobody looked. Take decisions of the running epoch only: on rung 0 nothing is
 * eligible, so a budget that an older epoch spent would never recover.
 */
export function isBudgetSpent(
  eligible: ReadonlyArray<{ loss: number | null; q: number }>,
  eps: number,
  window = 1000,
): boolean {
  const last = eligible.slice(-window);
  const bad = last.reduce((sum, { loss, q }) => sum + (loss ?? 0) / q, 0);
  return bad > eps * last.length;
}
