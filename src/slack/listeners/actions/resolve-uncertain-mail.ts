import type { BlockButtonAction } from '@slack/bolt';
import type { UncertainAnswer } from '../../../engine/resolve-uncertain.ts';
import { decodeId } from '../../decision-ref.ts';
import { ephemeral } from '../../messages/ephemeral.ts';
import { escapeMrkdwn } from '../../text.ts';
import { commitThenAck } from '../commit-then-ack.ts';
import type { Hearing } from '../hearing.ts';
import { tell } from '../tell.ts';

type Args = { ack: () => Promise<void>; body: BlockButtonAction; action: { value?: string } };

/** Somebody looked and says what became of a mail of which nobody knew. */
export const resolveUncertainMail =
  (hearing: Hearing, answer: UncertainAnswer) =>
  async ({ ack, body, action }: Args): Promise<void> => {
    const messageId = decodeId(action.value);
    const resolved = await commitThenAck(
      hearing,
      () => hearing.verbs.resolveUncertain({ messageId, actor: { type: 'person', id: body.user.id }, answer }),
      ack,
    );
    // The notice and the decision's card both follow the mail, so the sweep is asked rather than one card.
    await hearing.verbs
      .syncCards()
      .catch((error: unknown) =>
        hearing.log.warn({ message: messageId, err: error }, 'the sweep failed; the next one repairs it'),
      );
    if (!resolved.ok) await tell(hearing, body, ephemeral(escapeMrkdwn(resolved.text)));
  };
