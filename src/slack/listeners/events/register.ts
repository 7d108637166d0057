import type { App } from '@slack/bolt';
import { events } from '../../action-ids.ts';
import type { Hearing } from '../hearing.ts';
import { mentionApp } from './mention-app.ts';
import { openHome } from './open-home.ts';

export function registerEvents(app: Pick<App, 'event'>, hearing: Hearing): void {
  app.event(events.homeOpened, openHome(hearing));
  app.event(events.mentioned, mentionApp(hearing));
}
