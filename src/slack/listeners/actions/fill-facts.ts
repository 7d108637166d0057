import type { BlockButtonAction } from '@slack/bolt';
import { actions } from '../../action-ids.ts';
import { decodeFactsRef } from '../../decision-ref.ts';
import { ephemeral } from '../../messages/ephemeral.ts';
import { openAgain } from '../../messages/refusal.ts';
import { fillFactsView } from '../../views/fill-facts-view.ts';
import type { Hearing } from '../hearing.ts';
import { openModal, tell } from '../tell.ts';

type Args = { ack: () => Promise<void>; body: BlockButtonAction; action: { value?: string } };

/** Somebody wants to fill in what is missing of a lead. */
export const fillFacts =
  (hearing: Hearing) =>
  async ({ ack, body, action }: Args): Promise<void> => {
    await ack();
    const place = decodeFactsRef(action.value);
    const asked = await hearing.verbs.factsAsked(place);
    if (asked === null || !asked.open) {
      await hearing.verbs.syncCards();
      return tell(hearing, body, ephemeral('Nothing is missing here any more.'));
    }
    await openModal(
      hearing,
      body,
      fillFactsView({ ...asked, ...place }),
      openAgain(actions.factsFill, action.value ?? ''),
    );
  };
