import { at as item } from '../statistics/argument-checks.ts';
import { bisect } from '../statistics/bisect.ts';
import { lnBeta } from '../statistics/ln-gamma.ts';

/** What an epoch knows about one band of risk: labels n, their summed losses s (0 ≤ s ≤ n), and all decisions N, labelled or not. */
export type BandCounts = { labels: number; losses: number; decisions: number };

/** The Beta(a, b0) of the predictor that bets against a bad model; its mean is ε/5 for b0 = 5a/ε − a. */
export type Predictor = { a: number; b0: number };

/** Shape of the predictor for a tolerated bad rate ε: 0.05 → Beta(1, 99), 0.10 → Beta(1, 49). */
export function predictorFor(eps: number, a = 1): Predictor {
  return { a, b0: (5 * a) / eps - a };
}

/** The share δ/(e(e+1)) of a cell's error probability δ that epoch e ≥ 1 may spend; over all epochs it sums to δ. */
export function epochDelta(delta: number, epoch: number): number {
  return delta / (epoch * (epoch + 1));
}

export type Certificate = {
  /** ln of the e-value against “the bad rate over these bands is at least ε”. Certified when it reaches ln(1/δ). */
  logE: number;
  /** The bad rates, one a band, of the bad model that explains the labels best. */
  worstRates: number[];
};

/**
 * How strongly the counts of bands 1…j speak against a bad rate of ε or more over their mix: a stratified e-value, valid under
 * continuous looking (Ville), for losses in [0, 1]. Bands are weighted by all their decisions. No decisions: logE = 0.
 * The predictor stays that of the cell's own ε, also when another ε is tested.
 */
export function certificate(bands: readonly BandCounts[], eps: number, { a, b0 }: Predictor): Certificate {
  const worstRates = worstNull(bands, eps);
  const { labels, losses } = pooled(bands);
  const bet = lnBeta(a + losses, b0 + labels - losses) - lnBeta(a, b0);
  return { logE: bet - bands.reduce((sum, band, i) => sum + logLikelihood(band, item(worstRates, i)), 0), worstRates };
}

/**
 * Whether the counts certify a bad rate below ε at error probability δ. Asks the cheap pooled bound first: the worst bad model is
 * at least as likely as the one with rate ε in every band.
 */
export function isCertified(bands: readonly BandCounts[], eps: number, predictor: Predictor, delta: number): boolean {
  const wanted = Math.log(1 / delta);
  const { labels, losses } = pooled(bands);
  if (losses >= eps * labels) return false;
  if (pooledLogE(labels, losses, eps, predictor) < wanted) return false;
  return certificate(bands, eps, predictor).logE >= wanted;
}

/** logE of one band, or an upper bound of it for several; for s < εn, where the worst bad model is the one at ε itself. */
function pooledLogE(labels: number, losses: number, eps: number, { a, b0 }: Predictor): number {
  const bet = lnBeta(a + losses, b0 + labels - losses) - lnBeta(a, b0);
  return bet - losses * Math.log(eps) - (labels - losses) * Math.log1p(-eps);
}

/**
 * The smallest ε′ that the counts certify at error probability δ: an upper limit of the bad rate over the bands, valid at every
 * look. 1 when nothing is certified.
 */
export function upperLimit(bands: readonly BandCounts[], predictor: Predictor, delta: number): number {
  return bisect((eps) => isCertified(bands, eps, predictor, delta), 0, 1);
}

/** The fewest labels that certify ε in one band when `losses` of them are bad. Several bands need at least as many. */
export function labelsNeeded(losses: number, eps: number, predictor: Predictor, delta: number): number {
  const enough = (labels: number) =>
    isCertified([{ labels, losses, decisions: Math.max(1, labels) }], eps, predictor, delta);
  let above = Math.ceil(losses) + 1;
  while (!enough(above)) above *= 2;
  let below = Math.ceil(losses);
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (enough(middle)) above = middle;
    else below = middle;
  }
  return above;
}

export function pooled(bands: readonly BandCounts[]): BandCounts {
  const sum = { labels: 0, losses: 0, decisions: 0 };
  for (const band of bands) {
    sum.labels += band.labels;
    sum.losses += band.losses;
    sum.decisions += band.decisions;
  }
  return sum;
}

/** The most likely bad rates p, one a band, with Σ w p ≥ ε: by bisection on the multiplier μ of that condition. */
function worstNull(bands: readonly BandCounts[], eps: number): number[] {
  const all = pooled(bands).decisions;
  const weights = bands.map(({ decisions }) => (all === 0 ? 0 : decisions / all));
  const mean = (rates: readonly number[]) => rates.reduce((sum, rate, i) => sum + rate * item(weights, i), 0);
  const free = bands.map(({ labels, losses }) => (labels === 0 ? 1 : losses / labels));
  if (all === 0 || mean(free) >= eps) return free;
  const ratesAt = (mu: number) => bands.map((band, i) => rateAt(band, mu * item(weights, i)));
  let below = 0;
  let above = 1;
  // At most Σ w = 1 is reached as μ grows; next to 1 only up to rounding.
  while (mean(ratesAt(above)) < eps && above < 1e15) {
    below = above;
    above *= 2;
  }
  while (above - below > 4e-16 * above) {
    const middle = (below + above) / 2;
    if (mean(ratesAt(middle)) < eps) below = middle;
    else above = middle;
  }
  return ratesAt(above);
}

/** The bad rate p that maximises s ln p + (n − s) ln(1 − p) + m p. */
function rateAt({ labels, losses }: BandCounts, m: number): number {
  // Nothing seen and nothing weighed: any rate explains it as well.
  if (labels === 0) return m === 0 ? 0 : 1;
  if (losses === 0) return Math.max(0, 1 - labels / m);
  const c = labels - m;
  const root = Math.sqrt(c * c + 4 * m * losses);
  return c > 0 ? (2 * losses) / (c + root) : (root - c) / (2 * m);
}

function logLikelihood({ labels, losses }: BandCounts, rate: number): number {
  const passes = labels - losses;
  return (losses === 0 ? 0 : losses * Math.log(rate)) + (passes === 0 ? 0 : passes * Math.log1p(-rate));
}
