import { beginEpoch, lowerTo, rungUnder } from './lowering.ts';
import { withdrawn } from './evidence.ts';
import type { PolicyConfig } from './policy-config.ts';
import type { PolicyEffect, RefusedBecause } from './policy-effect.ts';
import type { PolicyEvent } from './policy-event.ts';
import { isTight, type PolicyState, thresholdOf } from './policy-state.ts';
import { isEarned, raise, raiseBlocker, rungOf } from './raising.ts';

type Event<T extends PolicyEvent['type']> = Extract<PolicyEvent, { type: T }>;

const refused = (because: RefusedBecause): PolicyEffect[] => [{ type: 'refused', because }];

export function capped(draft: PolicyState, { at, by, reason, tau }: Event<'capped'>): PolicyEffect[] {
  if (!(tau >= 0 && tau <= 1)) throw new Error(`a cap must be from 0 to 1: ${tau}`);
  if (tau === 1) {
    draft.cap = null;
    return [{ type: 'uncapped', by, reason }];
  }
  draft.cap = { tau, by, reason, at };
  const effects: PolicyEffect[] = [{ type: 'capped', tau, by, reason }];
  const rung = rungUnder(draft, tau);
  if (rung < draft.rung) return [...effects, lowerTo(draft, rung, { at, because: 'cap', by, reason })];
  const { proposal } = draft;
  if (proposal === null || thresholdOf(draft, proposal.rung) <= tau) return effects;
  draft.proposal = null;
  return [...effects, { type: 'proposal_withdrawn', rung: proposal.rung, by }];
}

/** Stops raises; what is automatic stays so. To stop that as well, cap it at 0. */
export function frozen(draft: PolicyState, { at, by, reason }: Event<'frozen'>, config: PolicyConfig): PolicyEffect[] {
  if (draft.frozen !== null) return refused('already_there');
  draft.frozen = { by, reason, at };
  return [{ type: 'frozen', by, reason, at: rungOf(draft) }, ...withdrawn(draft, at, config)];
}

export function unfrozen(draft: PolicyState, { by, reason }: Event<'unfrozen'>): PolicyEffect[] {
  if (draft.frozen === null) return refused('already_there');
  draft.frozen = null;
  return [{ type: 'unfrozen', by, reason }];
}

/** A person overrides the evidence. Never out of a freeze, over a cap or without a reason. */
export function restored(draft: PolicyState, event: Event<'restored'>, config: PolicyConfig): PolicyEffect[] {
  const { at, by, reason, rung } = event;
  if (!(Number.isInteger(rung) && rung >= 0 && rung <= draft.bands.length)) return refused('no_such_rung');
  if (rung === draft.rung) return refused('already_there');
  if (reason.trim() === '') return refused('reason_missing');
  if (rung < draft.rung) return [lowerTo(draft, rung, { at, because: 'person', by, reason })];
  if (draft.frozen !== null) return refused('frozen');
  if (draft.cap !== null && thresholdOf(draft, rung) > draft.cap.tau) return refused('capped');
  const from = rungOf(draft);
  const earned = isEarned(draft, rung, config);
  draft.rung = rung;
  draft.since = 0;
  draft.lastChange = at;
  draft.proposal = null;
  draft.restored = earned ? null : { rung, by, reason, at };
  return [{ type: 'restored', from, to: rungOf(draft), by, reason, earned }];
}

export function modeSet(draft: PolicyState, { by, reason, proposeOnly }: Event<'mode_set'>): PolicyEffect[] {
  if (draft.proposeOnly === proposeOnly) return refused('already_there');
  draft.proposeOnly = proposeOnly;
  const effects: PolicyEffect[] = [{ type: 'mode_changed', proposeOnly, by, reason }];
  const { proposal } = draft;
  if (proposal === null) return effects;
  draft.proposal = null;
  return [...effects, { type: 'proposal_withdrawn', rung: proposal.rung, by }];
}

/** The second of two different people raises it, if everything that was true when it was proposed still is. */
export function raiseConfirmed(
  draft: PolicyState,
  event: Event<'raise_confirmed'>,
  config: PolicyConfig,
): PolicyEffect[] {
  const { at, by, rung, epoch } = event;
  const { proposal } = draft;
  if (proposal === null || proposal.rung !== rung || draft.epoch !== epoch) return refused('no_proposal');
  const first = proposal.confirmedBy === event.without ? null : proposal.confirmedBy;
  if (first === by) return refused('same_person');
  if (raiseBlocker(draft, at, config) !== null) {
    draft.proposal = null;
    return [...refused('no_longer_holds'), { type: 'proposal_withdrawn', rung, by: null }];
  }
  if (first !== null) return [raise(draft, at, [first, by], config)];
  draft.proposal = { ...proposal, confirmedBy: by };
  return [{ type: 'proposal_confirmed_once', rung, by }];
}

/** One no is enough, and holds for as long as the pause after a change. */
export function raiseDeclined(draft: PolicyState, event: Event<'raise_declined'>): PolicyEffect[] {
  const { at, by, rung, epoch } = event;
  if (draft.proposal === null || draft.proposal.rung !== rung || draft.epoch !== epoch) return refused('no_proposal');
  draft.proposal = null;
  draft.since = 0;
  draft.lastChange = at;
  return [{ type: 'proposal_withdrawn', rung, by }];
}

export function reset(draft: PolicyState, { at, by, reason }: Event<'reset'>): PolicyEffect[] {
  const from = rungOf(draft);
  beginEpoch(draft, at);
  return [{ type: 'restarted', because: 'reset', from, epoch: draft.epoch, by, reason }];
}

export function versionSeen(draft: PolicyState, event: Event<'version_seen'>): PolicyEffect[] {
  const { at, system, scorer } = event;
  const known = draft.versions;
  if (known !== null && known.system === system && known.scorer === scorer) return [];
  draft.versions = { system, scorer };
  if (known === null) return [];
  const from = rungOf(draft);
  const changed = known.scorer === scorer ? 'system' : 'scorer';
  beginEpoch(draft, at, changed === 'scorer' ? 'draw_anew' : 'keep');
  return [{ type: 'restarted', because: 'version', from, epoch: draft.epoch, changed }];
}

export function brakeSet(draft: PolicyState, event: Event<'brake_set'>, config: PolicyConfig): PolicyEffect[] {
  const { at, brake, on, reason } = event;
  const before = isTight(draft);
  draft.brakes = draft.brakes.filter((set) => set !== brake);
  if (on) draft.brakes = [...draft.brakes, brake].toSorted();
  const after = isTight(draft);
  if (before && !after) return [{ type: 'relaxed' }];
  if (before || !after) return withdrawn(draft, at, config);
  const effect: PolicyEffect = { type: 'tightened', because: brake, passesNeeded: null, late: false, reason };
  return [effect, ...withdrawn(draft, at, config)];
}

export function catchRateSet(
  draft: PolicyState,
  { at, lower }: Event<'catch_rate_set'>,
  config: PolicyConfig,
): PolicyEffect[] {
  if (lower !== null && !(lower > 0 && lower <= 1))
    throw new Error(`a catch rate must be above 0 and at most 1: ${lower}`);
  draft.catchRate = lower;
  return withdrawn(draft, at, config);
}
