import {
  brakeSet,
  capped,
  catchRateSet,
  frozen,
  modeSet,
  raiseConfirmed,
  raiseDeclined,
  reset,
  restored,
  unfrozen,
  versionSeen,
} from './controls.ts';
import { decided, labelled, relabelled } from './evidence.ts';
import type { PolicyConfig } from './policy-config.ts';
import type { PolicyEffect } from './policy-effect.ts';
import { inOrder, type PolicyEvent } from './policy-event.ts';
import { draftOf, newPolicyState, type PolicyState } from './policy-state.ts';

/** Names the rules of this folder. Stored with what they decided; a change of them is a change of this word. */
export const AUTONOMY_POLICY = 'autonomy-2';

export type PolicyAnswer = { state: PolicyState; effects: PolicyEffect[] };

/**
 * What one event makes of a cell. Evidence of another epoch changes nothing: labels of an old system never count for a new one.
 * The state that came in stays as it is.
 *
 * @throws Error for an event that can't be: a loss outside of [0, 1], a time that is none. It names the event.
 */
export function reduce(state: PolicyState, event: PolicyEvent, config: PolicyConfig): PolicyAnswer {
  checkEvent(event);
  if (isEvidence(event) && event.epoch !== state.epoch) return { state, effects: [] };
  const draft = draftOf(state);
  return { state: draft, effects: applied(draft, event, config) };
}

function isEvidence(event: PolicyEvent): event is Extract<PolicyEvent, { segments: readonly string[] }> {
  return event.type === 'decided' || event.type === 'labelled' || event.type === 'relabelled';
}

function applied(draft: PolicyState, event: PolicyEvent, config: PolicyConfig): PolicyEffect[] {
  switch (event.type) {
    case 'decided':
      return decided(draft, event, config);
    case 'labelled':
      return labelled(draft, event, config);
    case 'relabelled':
      return relabelled(draft, event, config);
    case 'capped':
      return capped(draft, event);
    case 'frozen':
      return frozen(draft, event, config);
    case 'unfrozen':
      return unfrozen(draft, event);
    case 'reset':
      return reset(draft, event);
    case 'restored':
      return restored(draft, event, config);
    case 'mode_set':
      return modeSet(draft, event);
    case 'raise_confirmed':
      return raiseConfirmed(draft, event, config);
    case 'raise_declined':
      return raiseDeclined(draft, event);
    case 'version_seen':
      return versionSeen(draft, event);
    case 'brake_set':
      return brakeSet(draft, event, config);
    case 'catch_rate_set':
      return catchRateSet(draft, event, config);
  }
}

/** Events that are settled together, applied by time and id whatever order they come in. Log them in that order. */
export function reduceTogether(state: PolicyState, events: readonly PolicyEvent[], config: PolicyConfig): PolicyAnswer {
  return fold(state, inOrder(events), config);
}

/**
 * The state that a log of events gives, bit for bit that which was stored. In the order of the log: each batch was put in order
 * when it was applied, and two batches at the same moment follow each other as the lock of their cell had it.
 */
export function replay(events: readonly PolicyEvent[], config: PolicyConfig, from = newPolicyState()): PolicyState {
  return fold(from, events, config).state;
}

function fold(from: PolicyState, events: readonly PolicyEvent[], config: PolicyConfig): PolicyAnswer {
  let state = from;
  const effects: PolicyEffect[] = [];
  for (const event of events) {
    const answer = reduce(state, event, config);
    state = answer.state;
    effects.push(...answer.effects);
  }
  return { state, effects };
}

function checkEvent(event: PolicyEvent): void {
  const broken = (what: string) => new Error(`policy event ${event.type} ${event.id}: ${what}`);
  if (!Number.isFinite(event.at)) throw broken(`its time is ${event.at}`);
  if (event.type === 'labelled' || event.type === 'relabelled') {
    if (!(event.loss >= 0 && event.loss <= 1)) throw broken(`its loss is ${event.loss}`);
  }
  if (event.type === 'labelled' && event.q !== null && !(event.q > 0 && event.q <= 1))
    throw broken(`its spot-check rate is ${event.q}`);
  if (event.type === 'relabelled' && event.before !== null && !(event.before >= 0 && event.before <= 1))
    throw broken(`its loss so far is ${event.before}`);
}
