import { at as item } from '../statistics/argument-checks.ts';
import { passesToClear } from './alarm.ts';
import { amount, because, brakeWords, type Speech } from './cell-words.ts';
import type { PolicyConfig } from './policy-config.ts';
import type { Order, PolicyState } from './policy-state.ts';
import { pauseEnd, type Progress, progressOf } from './raising.ts';
import { DAY_MS } from './spot-check-rate.ts';

/** Why a cell is not on its next rung, in one sentence with the numbers of its state: “54 of at least 69 clean checks needed.” */
export function explainStanding(state: PolicyState, at: number, config: PolicyConfig, speech: Speech): string {
  const progress = progressOf(state, at, config);
  const { words } = speech;
  if (progress.blocker === 'no_ladder')
    return `${risksKnown(state)} of the first ${config.ladderAfter} ${words.many}, from which its ladder is drawn.`;
  return ordered(state, progress, speech) ?? measured(state, progress, at, config, speech);
}

/** What a person or the policy ordered stands before everything that is counted. */
function ordered(state: PolicyState, { blocker }: Progress, { nameOf }: Speech): string | null {
  const { frozen, restored, cap } = state;
  const signed = ({ by, reason }: Order) => `by ${nameOf(by)}${because(reason)}`;
  if (frozen !== null) return `Frozen ${signed(frozen)}: nothing is raised until a person unfreezes it.`;
  if (restored !== null)
    return `Set by ${nameOf(restored.by)}, not earned${because(restored.reason)}: half is checked until the evidence carries it.`;
  return cap !== null && blocker === 'capped' ? `Capped at risk ${cap.tau} ${signed(cap)}.` : null;
}

function measured(state: PolicyState, progress: Progress, at: number, config: PolicyConfig, { words }: Speech): string {
  if (progress.blocker === null) return 'Everything holds: the next check that counts raises it.';
  if (progress.blocker === 'top')
    return state.rung === 0
      ? `The risks of its ${words.many} lie too close together for a ladder.`
      : 'On its top rung.';
  if (progress.blocker === 'tightened') {
    const passes = passesToClear(state.s, config);
    return `Checking half of all ${words.many} after a failure: ${passes} in a row ${passes === 1 ? 'has' : 'have'} to pass.`;
  }
  if (progress.blocker === 'brake')
    return `Nothing is raised, and half is checked: ${state.brakes.map((brake) => brakeWords[brake]).join('; ')}.`;
  return checksNeeded(progress, state, at, config);
}

function risksKnown(state: PolicyState): number {
  return state.early.filter(({ decisions }) => decisions === 1).length;
}

/** What the certificate still lacks is told first: it is what takes longest. */
function checksNeeded(
  { labels, losses, atLeast, about, blocker }: Progress,
  state: PolicyState,
  at: number,
  config: PolicyConfig,
): string {
  const next = item(state.bands, state.rung);
  const clean = losses === 0 ? 'clean checks' : 'checks';
  const failed = losses === 0 ? '' : `; ${amount(losses)} failed so far`;
  if (atLeast !== null && labels < atLeast) return `${labels} of at least ${atLeast} ${clean} needed${failed}.`;
  if (about !== null) return `${labels} of about ${about} ${clean} needed${failed}.`;
  if (blocker === 'cooling_labels') return `${state.since} of ${config.coolLabels} checks since the last change.`;
  if (blocker === 'cooling_days') {
    const days = Math.ceil((pauseEnd(state, config) - at) / DAY_MS);
    return `The evidence holds; the pause after the last change ends in ${days} ${days === 1 ? 'day' : 'days'}.`;
  }
  if (blocker === 'band_unseen') return `${next.labels} of ${config.minBand} checks of the next band of risk.`;
  if (blocker === 'band_dirty')
    return `The next band of risk is not good enough: ${amount(next.losses)} of ${next.labels} failed.`;
  return `${labels} checks so far${failed}; the next rung is not in sight.`;
}
