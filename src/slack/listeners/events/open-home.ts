import type { SlackEventMiddlewareArgs } from '@slack/bolt';
import { failureOf } from '../../slack-errors.ts';
import { homeView } from '../../views/home-view.ts';
import type { Hearing } from '../hearing.ts';

type Args = Pick<SlackEventMiddlewareArgs<'app_home_opened'>, 'event'>;

/** Published for whoever looks, when they look; never for everybody. */
export const openHome =
  (hearing: Hearing) =>
  async ({ event }: Args): Promise<void> => {
    if (event.tab !== 'home') return;
    const view = homeView(await hearing.verbs.workflowStatus());
    try {
      await hearing.interactive.views.publish({ user_id: event.user, view });
    } catch (error) {
      hearing.log.warn({ user: event.user, detail: failureOf(error).detail }, 'could not show somebody their Home tab');
    }
  };
