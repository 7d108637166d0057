import type { BlockButtonAction } from '@slack/bolt';
import { decodeId } from '../../decision-ref.ts';
import { ephemeral } from '../../messages/ephemeral.ts';
import { escapeMrkdwn } from '../../text.ts';
import { commitThenAck } from '../commit-then-ack.ts';
import type { Hearing } from '../hearing.ts';
import { tell } from '../tell.ts';

type Args = { ack: () => Promise<void>; body: BlockButtonAction; action: { value?: string } };

/** Somebody looked and did not find a message whose posting nobody could confirm. */
export const postAgain =
  (hearing: Hearing) =>
  async ({ ack, body, action }: Args): Promise<void> => {
    const postId = decodeId(action.value);
    const posted = await commitThenAck(hearing, () => hearing.verbs.postAgain({ postId, userId: body.user.id }), ack);
    await hearing.verbs
      .syncCards()
      .catch((error: unknown) =>
        hearing.log.warn({ post: postId, err: error }, 'the sweep failed; the next one repairs it'),
      );
    if (!posted.ok) await tell(hearing, body, ephemeral(escapeMrkdwn(posted.text)));
  };
