import type { BlockAction } from '@slack/bolt';
import type { KnownBlock, ModalView } from '@slack/types';
import { refusalView } from '../views/refusal-view.ts';
import { failureOf } from '../slack-errors.ts';
import type { Hearing } from './hearing.ts';

export type Answer = { text: string; blocks: KnownBlock[] };
export type Pressed = Pick<BlockAction, 'channel' | 'container' | 'message' | 'user' | 'view' | 'trigger_id'>;

/** Tells the person who pressed a button, where they pressed it and only them. What can't be told is logged: the card is the truth. */
export async function tell(
  hearing: Pick<Hearing, 'interactive' | 'log'>,
  body: Pressed,
  answer: Answer,
): Promise<void> {
  try {
    if (body.view?.type === 'modal') {
      await hearing.interactive.views.update({ view_id: body.view.id, view: refusalView(answer.blocks) });
      return;
    }
    const channel = channelOf(body);
    if (channel === null) return;
    const thread = typeof body.message?.['thread_ts'] === 'string' ? { thread_ts: body.message['thread_ts'] } : {};
    await hearing.interactive.chat.postEphemeral({
      channel,
      user: body.user.id,
      text: answer.text,
      blocks: answer.blocks,
      ...thread,
    });
  } catch (error) {
    hearing.log.warn(
      { user: body.user.id, detail: failureOf(error).detail },
      'could not tell somebody what became of their click',
    );
  }
}

/** Clicks on ephemeral messages come without a message, so the container is asked too. */
function channelOf(body: Pressed): string | null {
  const inContainer: unknown = body.container?.['channel_id'];
  return body.channel?.id ?? (typeof inContainer === 'string' ? inContainer : null);
}

/**
 * Opens a modal, or pushes it where one is open already. `again` is said to the person when the trigger has expired or Slack
 * did not answer: a click may be repeated, a trigger may not.
 */
export async function openModal(
  hearing: Pick<Hearing, 'interactive' | 'log'>,
  body: Pressed,
  view: ModalView,
  again: Answer,
): Promise<void> {
  try {
    // The Home tab is a view too, and nothing can be put on top of it: there a modal is opened.
    if (body.view?.type === 'modal') await hearing.interactive.views.push({ trigger_id: body.trigger_id, view });
    else await hearing.interactive.views.open({ trigger_id: body.trigger_id, view });
  } catch (error) {
    hearing.log.warn({ user: body.user.id, detail: failureOf(error).detail }, 'could not open a modal');
    if (body.view?.type !== 'modal') await tell(hearing, body, again);
  }
}
