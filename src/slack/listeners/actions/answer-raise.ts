import type { BlockButtonAction } from '@slack/bolt';
import type { RaiseAnswer } from '../../../engine/answer-raise.ts';
import { decodeCellRef } from '../../decision-ref.ts';
import { controlMessage } from '../../messages/autonomy-message.ts';
import { commitThenAck } from '../commit-then-ack.ts';
import type { Hearing } from '../hearing.ts';
import { tell } from '../tell.ts';

type Args = { ack: () => Promise<void>; body: BlockButtonAction; action: { value?: string } };

/** Somebody answers for a raise, on its notice. */
export const answerRaise =
  (hearing: Hearing, answer: RaiseAnswer) =>
  async ({ ack, body, action }: Args): Promise<void> => {
    const ref = decodeCellRef(action.value);
    const answered = await commitThenAck(
      hearing,
      () => hearing.verbs.answerRaise({ ...ref, answer, userId: body.user.id }),
      ack,
    );
    // The notice follows its cell, and a new one may have come: the sweep is asked rather than one post.
    await hearing.verbs
      .syncCards()
      .catch((error: unknown) =>
        hearing.log.warn({ cell: ref.cellId, err: error }, 'the sweep failed; the next one repairs it'),
      );
    if (!answered.ok) await tell(hearing, body, controlMessage(answered));
  };
