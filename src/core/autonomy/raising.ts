import { at as item } from '../statistics/argument-checks.ts';
import {
  type BandCounts,
  certificate,
  epochDelta,
  isCertified,
  labelsNeeded,
  pooled,
  type Predictor,
  predictorFor,
  upperLimit,
} from './certificate.ts';
import type { PolicyConfig } from './policy-config.ts';
import type { PolicyEffect, RaiseNumbers, Rung } from './policy-effect.ts';
import { type PolicyState, shareUpTo, thresholdOf } from './policy-state.ts';
import { DAY_MS, spotCheckRate } from './spot-check-rate.ts';

/** What keeps a cell from its next rung; null when nothing does. */
export type RaiseBlocker =
  | 'no_ladder'
  | 'top'
  | 'frozen'
  | 'capped'
  | 'set_by_person'
  | 'tightened'
  | 'brake'
  | 'cooling_labels'
  | 'cooling_days'
  | 'band_unseen'
  | 'band_dirty'
  | 'not_certified';

export function raiseBlocker(state: PolicyState, at: number, config: PolicyConfig): RaiseBlocker | null {
  if (state.ladder === null) return 'no_ladder';
  if (state.frozen !== null) return 'frozen';
  // What a person set has to be earned before anything is built on it.
  if (state.restored !== null) return 'set_by_person';
  if (state.rung >= state.ladder.length) return 'top';
  if (state.cap !== null && thresholdOf(state, state.rung + 1) > state.cap.tau) return 'capped';
  if (state.s > 0) return 'tightened';
  if (state.brakes.length > 0) return 'brake';
  if (state.since < config.coolLabels) return 'cooling_labels';
  if (at < pauseEnd(state, config)) return 'cooling_days';
  const blocked = bandBlocker(item(state.bands, state.rung), config);
  if (blocked !== null) return blocked;
  return holds(state, state.rung + 1, config) ? null : 'not_certified';
}

/** When the pause after the last change is over, in ms; before all times where there was none. */
export function pauseEnd({ lastChange }: PolicyState, { coolDays }: PolicyConfig): number {
  return lastChange === null ? -Infinity : lastChange + coolDays * DAY_MS;
}

/** Whether the labels of this epoch certify a rung. */
function holds(state: PolicyState, rung: number, config: PolicyConfig): boolean {
  return isCertified(state.bands.slice(0, rung), labelEps(state, config), predictor(config), deltaOf(state, config));
}

/** Whether a rung that a person set could have been climbed: its certificate holds, and each of its bands was seen and is not dirty. */
export function isEarned(state: PolicyState, rung: number, config: PolicyConfig): boolean {
  const seen = state.bands.slice(0, rung).every((band) => bandBlocker(band, config) === null);
  return seen && holds(state, rung, config);
}

function bandBlocker(band: BandCounts, config: PolicyConfig): 'band_unseen' | 'band_dirty' | null {
  if (band.labels < config.minBand) return 'band_unseen';
  return band.losses > config.bandFactor * config.eps * band.labels ? 'band_dirty' : null;
}

/** logE of a rung's certificate, for display; at least ln(1/δ_e) when it holds. */
export function logEOf(state: PolicyState, rung: number, config: PolicyConfig): number {
  return certificate(state.bands.slice(0, rung), labelEps(state, config), predictor(config)).logE;
}

/** ε·π_L: reviewers see only a share of the bad ones, so that their labels have to be better than ε. */
function labelEps(state: PolicyState, config: PolicyConfig): number {
  return config.eps * (state.catchRate ?? 1);
}

function deltaOf(state: PolicyState, config: PolicyConfig): number {
  return epochDelta(config.delta, state.epoch);
}

/** The predictor stays at the cell's own ε. */
function predictor(config: PolicyConfig): Predictor {
  return predictorFor(config.eps, config.predictorWeight);
}

export function rungOf(state: PolicyState, rung = state.rung): Rung {
  return { rung, tau: thresholdOf(state, rung), share: shareUpTo(state, rung) };
}

export function raiseNumbers(state: PolicyState, config: PolicyConfig): RaiseNumbers {
  const next = state.rung + 1;
  const bands = state.bands.slice(0, next);
  const { labels, losses } = pooled(bands);
  return {
    from: rungOf(state),
    to: rungOf(state, next),
    labels,
    losses,
    upper: upperLimit(bands, predictor(config), deltaOf(state, config)),
    confidence: 1 - deltaOf(state, config),
    eps: config.eps,
    catchRate: state.catchRate,
  };
}

export type Progress = {
  /** Labels up to the next rung (all of them, before there is a ladder), and how many of them were bad. */
  labels: number;
  losses: number;
  /** The fewest labels that can certify it when no more bad ones come; null at the top and without a ladder. */
  atLeast: number | null;
  /** About how many it will take as decisions come in and are checked now; only where more than `atLeast` are needed. */
  about: number | null;
  blocker: RaiseBlocker | null;
};

/** How far a cell is on its way to the next rung: “54 of at least 69”. */
export function progressOf(state: PolicyState, at: number, config: PolicyConfig): Progress {
  const blocker = raiseBlocker(state, at, config);
  if (blocker === 'no_ladder') {
    const labels = state.early.reduce((sum, evidence) => sum + evidence.labels, 0);
    const losses = state.early.reduce((sum, evidence) => sum + evidence.losses, 0);
    return { labels, losses, atLeast: null, about: null, blocker };
  }
  const { labels, losses } = pooled(state.bands.slice(0, state.rung + 1));
  if (blocker === 'top') return { labels, losses, atLeast: null, about: null, blocker };
  const atLeast = labelsNeeded(losses, labelEps(state, config), predictor(config), deltaOf(state, config));
  const about = labels < atLeast || holds(state, state.rung + 1, config) ? null : aboutNeeded(state, at, config);
  return { labels, losses, atLeast, about, blocker };
}

/**
 * About how many labels certify the next rung if all further ones are clean and come band by band as they do now: with several
 * bands the count of one band can be reached while some band is hardly seen. Null without decisions.
 */
function aboutNeeded(state: PolicyState, at: number, config: PolicyConfig): number | null {
  const bands = state.bands.slice(0, state.rung + 1);
  const rate = (i: number) => (i < state.rung ? spotCheckRate(state, i + 1, at, config) : 1);
  const flow = bands.map(({ decisions }, i) => decisions * rate(i));
  const all = flow.reduce((sum, part) => sum + part, 0);
  if (all === 0) return null;
  const enough = (more: number) =>
    isCertified(
      bands.map((band, i) => ({ ...band, labels: band.labels + (more * item(flow, i)) / all })),
      labelEps(state, config),
      predictor(config),
      deltaOf(state, config),
    );
  let above = 1;
  while (!enough(above)) above *= 2;
  let below = Math.floor(above / 2);
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (enough(middle)) above = middle;
    else below = middle;
  }
  return pooled(bands).labels + above;
}

/** One rung up, never two. The caller has seen that nothing blocks it. */
export function raise(draft: PolicyState, at: number, confirmedBy: string[], config: PolicyConfig): PolicyEffect {
  const numbers = raiseNumbers(draft, config);
  draft.rung += 1;
  draft.since = 0;
  draft.lastChange = at;
  draft.proposal = null;
  return { type: 'raised', confirmedBy, ...numbers };
}
