import type { BlockButtonAction } from '@slack/bolt';
import { decodeId } from '../../decision-ref.ts';
import { ephemeral } from '../../messages/ephemeral.ts';
import { escapeMrkdwn } from '../../text.ts';
import { commitThenAck } from '../commit-then-ack.ts';
import type { Hearing } from '../hearing.ts';
import { tell } from '../tell.ts';

type Args = { ack: () => Promise<void>; body: BlockButtonAction; action: { value?: string } };

/** Somebody looked at an import that is unlike the ones before. */
export const answerImport =
  (hearing: Hearing, answer: 'release' | 'undo') =>
  async ({ ack, body, action }: Args): Promise<void> => {
    const batchId = decodeId(action.value);
    const answered = await commitThenAck(
      hearing,
      () => hearing.verbs.answerImport({ batchId, answer, userId: body.user.id }),
      ack,
    );
    await hearing.verbs
      .syncCards()
      .catch((error: unknown) =>
        hearing.log.warn({ import: batchId, err: error }, 'the sweep failed; the next one repairs it'),
      );
    if (!answered.ok) await tell(hearing, body, ephemeral(escapeMrkdwn(answered.text)));
  };
