import { deviance, stirlingError } from './stirling.ts';

/**
 * Regularised upper incomplete gamma Q(a, x) = Γ(a, x)/Γ(a), a > 0, x ≥ 0 finite: from 1 down to 0, with all its digits where it
 * is tiny. Series below a + 1, continued fraction (Lentz) above.
 * Source: DLMF 8.11.4 and 8.9.2.
 */
export function gammaTail(a: number, x: number): number {
  const kernel = Math.sqrt(a / (2 * Math.PI)) * Math.exp(-deviance(a, x) - stirlingError(a));
  return x < a + 1 ? 1 - kernel * series(a, x) : kernel * fraction(a, x);
}

/** Σ x^i / (a (a+1) … (a+i)). */
function series(a: number, x: number): number {
  let term = 1 / a;
  let sum = 0;
  for (let i = 1; sum + term !== sum; i++) {
    sum += term;
    term *= x / (a + i);
  }
  return sum;
}

function fraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Infinity;
  let d = 1 / b;
  let value = d;
  let step = 0;
  for (let i = 1; Math.abs(step - 1) > 1e-15; i++) {
    const part = i * (a - i);
    b += 2;
    d = 1 / (b + part * d);
    c = b + part / c;
    step = d * c;
    value *= step;
  }
  return value;
}
