import type { BlockButtonAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { CardFacts } from '../../../engine/card-facts.ts';
import type { actions } from '../../action-ids.ts';
import { decodeRef } from '../../decision-ref.ts';
import { ephemeral } from '../../messages/ephemeral.ts';
import { openAgain, refusalMessage } from '../../messages/refusal.ts';
import type { Hearing } from '../hearing.ts';
import { showOnCard } from '../follow-up.ts';
import { openModal, tell } from '../tell.ts';

export type OpenArgs = { ack: () => Promise<void>; body: BlockButtonAction; action: { value?: string } };
type Opening = {
  action: typeof actions.edit | typeof actions.reject | typeof actions.why | typeof actions.showFull;
  view: (facts: CardFacts) => ModalView;
  needsPending: boolean;
};

/**
 * Acks at once, since nothing is decided yet, then opens a modal from one indexed read. Where a verdict is no longer to be
 * given, says who gave it, and repairs the card that still offered it.
 */
export async function openDecision(
  hearing: Hearing,
  { ack, body, action }: OpenArgs,
  { action: id, view, needsPending }: Opening,
): Promise<void> {
  await ack();
  const ref = decodeRef(action.value);
  const facts = await hearing.verbs.cardFacts(ref.decisionId);
  if (facts === null) return tell(hearing, body, ephemeral('This decision does not exist any more.'));
  if (needsPending && facts.status !== 'pending') {
    await showOnCard(hearing, ref.decisionId);
    return tell(hearing, body, refusalMessage(alreadySettled(facts), hearing.clock.now()));
  }
  if (needsPending) {
    const { may, approvers } = await hearing.verbs.mayDecideOn(ref.decisionId, body.user.id);
    if (!may) return tell(hearing, body, refusalMessage(notAllowed(approvers), hearing.clock.now()));
  }
  await openModal(hearing, body, view(facts), openAgain(id, action.value ?? ''));
}

function notAllowed(approvers: string[]): Parameters<typeof refusalMessage>[0] {
  const refusal = { code: 'not_allowed' as const, text: 'You are not an approver for this.' };
  return { ok: false, refusal, settledBy: null, approvers };
}

function alreadySettled(facts: CardFacts): Parameters<typeof refusalMessage>[0] {
  const { settled } = facts;
  const settledBy = settled === null ? null : { ...settled.by, at: settled.at, status: facts.status };
  return {
    ok: false,
    refusal: { code: 'already_settled', text: 'This was already decided.' },
    settledBy,
    approvers: [],
  };
}
