import type { App } from '@slack/bolt';
import { commands } from '../../action-ids.ts';
import type { Hearing } from '../hearing.ts';
import { workflowCommand } from './workflow-command.ts';

export function registerCommands(app: Pick<App, 'command'>, hearing: Hearing): void {
  app.command(commands.workflow, workflowCommand(hearing));
}
