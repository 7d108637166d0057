import type { BlockButtonAction } from '@slack/bolt';
import { actions } from '../../action-ids.ts';
import { decodeCellRef } from '../../decision-ref.ts';
import { ephemeral } from '../../messages/ephemeral.ts';
import { openAgain } from '../../messages/refusal.ts';
import { wentOutView } from '../../views/went-out-view.ts';
import type { Hearing } from '../hearing.ts';
import { openModal, tell } from '../tell.ts';

type Args = { ack: () => Promise<void>; body: BlockButtonAction; action: { value?: string } };

/** A threshold fell, and somebody wants to see what had gone without asking. */
export const listWentOut =
  (hearing: Hearing) =>
  async ({ ack, body, action }: Args): Promise<void> => {
    await ack();
    const facts = await hearing.verbs.wentOut(decodeCellRef(action.value));
    if (facts === null) return tell(hearing, body, ephemeral('What this notice is about does not exist any more.'));
    await openModal(hearing, body, wentOutView(facts), openAgain(actions.autonomyList, action.value ?? ''));
  };
