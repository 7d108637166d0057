import type { BlockButtonAction } from '@slack/bolt';
import { decodeId } from '../../decision-ref.ts';
import { ephemeral } from '../../messages/ephemeral.ts';
import { escapeMrkdwn } from '../../text.ts';
import { commitThenAck } from '../commit-then-ack.ts';
import type { Hearing } from '../hearing.ts';
import { tell } from '../tell.ts';

type Args = { ack: () => Promise<void>; body: BlockButtonAction; action: { value?: string } };

/** Somebody read a lead's answer and says that our mail was what was wrong. */
export const blameMail =
  (hearing: Hearing) =>
  async ({ ack, body, action }: Args): Promise<void> => {
    const outcomeId = decodeId(action.value);
    const userId = body.user.id;
    const blamed = await commitThenAck(hearing, () => hearing.verbs.blameMail({ outcomeId, userId }), ack);
    await hearing.verbs
      .syncCards()
      .catch((error: unknown) =>
        hearing.log.warn({ outcome: outcomeId, err: error }, 'the sweep failed; the next one repairs it'),
      );
    if (!blamed.ok) await tell(hearing, body, ephemeral(escapeMrkdwn(blamed.text)));
  };
