import type { App } from '@slack/bolt';
import { registerActions } from './actions/register.ts';
import { registerCommands } from './commands/register.ts';
import { registerEvents } from './events/register.ts';
import type { Hearing } from './hearing.ts';
import { registerViews } from './views/register.ts';

/** Everything the app hears. */
export function registerListeners(app: Pick<App, 'action' | 'view' | 'command' | 'event'>, hearing: Hearing): void {
  registerActions(app, hearing);
  registerViews(app, hearing);
  registerCommands(app, hearing);
  registerEvents(app, hearing);
}
