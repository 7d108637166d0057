import { amount, atLeastPercent, because, brakeWords, inHundred, percent, type Speech } from './cell-words.ts';
import type { AlarmCause, PolicyEffect, RaiseNumbers, RefusedBecause, Rung } from './policy-effect.ts';

type Effect<T extends PolicyEffect['type']> = Extract<PolicyEffect, { type: T }>;

/** One effect as people read it: every number comes from the effect. Plain text; null where there is nothing to tell. */
export function explainEffect(effect: PolicyEffect, speech: Speech): string | null {
  const { words, nameOf } = speech;
  switch (effect.type) {
    case 'ladder_drawn':
    case 'proposal_confirmed_once':
      return null;
    case 'raised':
      return `Now ${words.doing} ${shares(effect, speech)}. ${evidence(effect, speech)}`;
    case 'proposed':
      return `Proposed: ${words.doing} ${shares(effect, speech)}. ${evidence(effect, speech)} Two different people have to agree.`;
    case 'proposal_withdrawn':
      return effect.by === null
        ? 'The proposed raise was taken back: what it stood on does not hold any more.'
        : `The proposed raise was taken back by ${nameOf(effect.by)}.`;
    case 'lowered':
      return lowered(effect, speech);
    case 'restarted':
      return restarted(effect, speech);
    case 'tightened':
      return tightened(effect, speech);
    case 'relaxed':
      return `Checking ${words.many} at the usual rate again.`;
    case 'frozen':
      return `Frozen by ${nameOf(effect.by)}${because(effect.reason)}: ${standsAt(effect.at, speech)}, and nothing is raised until a person unfreezes it.`;
    case 'unfrozen':
      return `Unfrozen by ${nameOf(effect.by)}${because(effect.reason)}.`;
    case 'capped':
      return `Capped at risk ${effect.tau} by ${nameOf(effect.by)}${because(effect.reason)}: nothing above it is approved without asking.`;
    case 'uncapped':
      return `The cap was taken away by ${nameOf(effect.by)}${because(effect.reason)}.`;
    case 'restored':
      return restored(effect, speech);
    case 'earned':
      return `Earned now: the evidence carries what ${nameOf(effect.by)} had set. ${sentence(standsAt(effect.at, speech))}`;
    case 'mode_changed':
      return effect.proposeOnly
        ? `From now on a raise is only proposed, and two different people have to agree (${nameOf(effect.by)}).`
        : `From now on a raise needs no approval (${nameOf(effect.by)}).`;
    case 'refused':
      return refusals[effect.because];
  }
}

function shares({ from, to }: { from: Rung; to: Rung }, { words }: Speech): string {
  return `the safest ${percent(to.share)} of ${words.many} without asking (was ${percent(from.share)})`;
}

function evidence(numbers: RaiseNumbers, { words }: Speech): string {
  const { labels, losses, upper, confidence, eps, catchRate } = numbers;
  // 1 − δ_e of the epoch, rounded down: a fixed wording, never a fresh posterior.
  const sure = `We are at least ${Math.floor(confidence * 100 + 1e-9)} % sure`;
  const seen = `People checked ${labels} ${words.many} like these and would have stopped ${amount(losses)}.`;
  if (catchRate === null)
    return `${seen} ${sure} fewer than ${inHundred(eps)} in 100 would be stopped (best bound ${inHundred(upper)}), as judged by your reviewers.`;
  return `${seen} ${sure} fewer than ${inHundred(eps * catchRate)} in 100 would be stopped (best bound ${inHundred(upper)}): reviewers catch at least ${atLeastPercent(catchRate)} of bad ones, so fewer than ${inHundred(eps)} in 100 are bad.`;
}

function standsAt(at: Rung, { words }: Speech): string {
  return at.rung === 0
    ? `people are asked about all ${words.many}`
    : `the safest ${percent(at.share)} of ${words.many} go without asking`;
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

function lowered(effect: Effect<'lowered'>, speech: Speech): string {
  const { words, nameOf } = speech;
  if ('by' in effect) {
    const by = `Lowered by ${nameOf(effect.by)}${because(effect.reason)}`;
    return `${by}: ${standsAt(effect.to, speech)} now (was ${percent(effect.from.share)}).`;
  }
  const leaked =
    effect.leaked === 0
      ? `Estimated no similar ${words.manyDone}.`
      : `Estimated ${effect.leaked} similar ${effect.leaked === 1 ? words.oneDone : words.manyDone}.`;
  const frozen = effect.frozen ? ' Frozen until a person unfreezes it.' : '';
  return `Back to asking every time: ${cause(effect)}. ${leaked}${frozen}`;
}

function cause(effect: Extract<Effect<'lowered'>, { because: AlarmCause }>): string {
  const { suspicion, segment, reason, late } = effect;
  if (effect.because === 'critical')
    return `${late ? 'critical harm came later' : 'a critical failure'}${because(reason)}`;
  const of = segment === null ? '' : ` of ${segment}`;
  const { checks, failures } = suspicion;
  return late
    ? `${failures} of the last ${checks} checks${of} failed, counting harm that came later${because(reason)}`
    : `${failures} of the last ${checks} spot checks${of} were rejected`;
}

function tightened(effect: Effect<'tightened'>, { words }: Speech): string {
  if (effect.because !== 'failure')
    return `Checking half of all ${words.many}, and nothing is raised: ${brakeWords[effect.because]}${because(effect.reason)}.`;
  const what = effect.late ? 'Harm came later' : 'One spot check failed';
  return `${what}${because(effect.reason)}. Checking half of all ${words.many} until ${effect.passesNeeded} in a row pass.`;
}

function restarted(effect: Effect<'restarted'>, { words, nameOf }: Speech): string {
  const anew = `Asking about all ${words.many}; what was counted so far does not count any more.`;
  switch (effect.because) {
    case 'recovery':
      return `A fresh start: the last checks of the safest ${words.many} were good again, so the bad time before them is not held against them.`;
    case 'reset':
      return `Reset by ${nameOf(effect.by)}${because(effect.reason)}. ${anew}`;
    case 'version':
      return `${effect.changed === 'scorer' ? 'Their risk is measured in a new way' : `A new version makes the ${words.many}`}. ${anew}`;
  }
}

function restored(effect: Effect<'restored'>, speech: Speech): string {
  const { words, nameOf } = speech;
  const by = nameOf(effect.by);
  const set = `${words.doing} ${shares(effect, speech)}${because(effect.reason)}`;
  return effect.earned
    ? `Set by ${by}, and the evidence carries it: ${set}.`
    : `Set by ${by}, not earned: ${set}. Half of them are checked until the evidence carries it.`;
}

const refusals: Record<RefusedBecause, string> = {
  frozen: 'It is frozen: unfreeze it first.',
  capped: 'That is above its cap: lift the cap first.',
  no_such_rung: 'Its ladder has no such rung.',
  already_there: 'It is so already.',
  reason_missing: 'Say why: it is shown wherever this threshold is.',
  no_proposal: 'There is no such proposal any more.',
  same_person: 'You agreed already: it takes a second person.',
  no_longer_holds: 'What the proposal stood on does not hold any more, so it was taken back.',
};
