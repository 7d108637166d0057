import type { SlackEventMiddlewareArgs } from '@slack/bolt';
import { helpMessage } from '../../messages/help-message.ts';
import { failureOf } from '../../slack-errors.ts';
import type { Hearing } from '../hearing.ts';

type Args = Pick<SlackEventMiddlewareArgs<'app_mention'>, 'event'>;

/** Somebody spoke to the app: help, in the thread, so that the channel stays quiet. */
export const mentionApp =
  (hearing: Hearing) =>
  async ({ event }: Args): Promise<void> => {
    try {
      await hearing.interactive.chat.postMessage({
        channel: event.channel,
        thread_ts: event.thread_ts ?? event.ts,
        unfurl_links: false,
        ...helpMessage(),
      });
    } catch (error) {
      hearing.log.warn({ channel: event.channel, detail: failureOf(error).detail }, 'could not answer a mention');
    }
  };
