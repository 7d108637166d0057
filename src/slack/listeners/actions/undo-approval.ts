import type { BlockButtonAction } from '@slack/bolt';
import { decodeRef } from '../../decision-ref.ts';
import { ephemeral } from '../../messages/ephemeral.ts';
import { escapeMrkdwn } from '../../text.ts';
import { commitThenAck } from '../commit-then-ack.ts';
import { showOnCard } from '../follow-up.ts';
import type { Hearing } from '../hearing.ts';
import { tell } from '../tell.ts';

type Args = { ack: () => Promise<void>; body: BlockButtonAction; action: { value?: string } };

export const undoApproval =
  (hearing: Hearing) =>
  async ({ ack, body, action }: Args): Promise<void> => {
    const { decisionId } = decodeRef(action.value);
    const undone = await commitThenAck(
      hearing,
      () => hearing.verbs.undoApproval({ decisionId, actor: { type: 'person', id: body.user.id } }),
      ack,
    );
    await showOnCard(hearing, decisionId);
    if (!undone.ok) await tell(hearing, body, ephemeral(escapeMrkdwn(undone.text)));
  };
