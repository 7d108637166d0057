import type { BlockButtonAction } from '@slack/bolt';
import { decodeId } from '../../decision-ref.ts';
import { ephemeral } from '../../messages/ephemeral.ts';
import { escapeMrkdwn } from '../../text.ts';
import { commitThenAck } from '../commit-then-ack.ts';
import type { Hearing } from '../hearing.ts';
import { tell } from '../tell.ts';

type Args = { ack: () => Promise<void>; body: BlockButtonAction; action: { value?: string } };

/** Somebody did what a workflow asked for, or says that it need not be done. */
export const closeTask =
  (hearing: Hearing, how: 'done' | 'skipped') =>
  async ({ ack, body, action }: Args): Promise<void> => {
    const taskId = decodeId(action.value);
    const closed = await commitThenAck(
      hearing,
      () => hearing.verbs.closeTask({ taskId, userId: body.user.id, how }),
      ack,
    );
    // A notice has no card of a decision to follow it: the sweep shows how it ended.
    await hearing.verbs
      .syncCards()
      .catch((error: unknown) =>
        hearing.log.warn({ task: taskId, err: error }, 'the sweep failed; the next one repairs it'),
      );
    if (!closed.ok) await tell(hearing, body, ephemeral(escapeMrkdwn(closed.text)));
  };
