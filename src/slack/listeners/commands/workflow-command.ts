import type { SlackCommandMiddlewareArgs } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import type { ResumedLead } from '../../../engine/account-pause.ts';
import type { PauseResult } from '../../../engine/pause.ts';
import { commands } from '../../action-ids.ts';
import { didYouMean } from '../../../core/did-you-mean.ts';
import { ephemeral } from '../../messages/ephemeral.ts';
import { helpMessage } from '../../messages/help-message.ts';
import { myNumbersMessage } from '../../messages/my-numbers.ts';
import { statusMessage } from '../../messages/status-message.ts';
import { workflowListMessage } from '../../messages/workflow-list.ts';
import { workflowShowMessage } from '../../messages/workflow-show.ts';
import { brief, escapeMrkdwn, label, listed } from '../../text.ts';
import { commitThenAck } from '../commit-then-ack.ts';
import type { Hearing } from '../hearing.ts';
import { autonomyCommand } from './autonomy-command.ts';
import { enrollCommand, leadsCommand, removeCommand, whyCommand } from './lead-commands.ts';
import { answerWithMap, type MapOrder, mapOrder } from './map-command.ts';

type Args = Pick<SlackCommandMiddlewareArgs, 'ack' | 'command' | 'respond'>;
type Answer = { text: string; blocks: KnownBlock[] };

const subcommands = [
  'help',
  'status',
  'list',
  'show',
  'map',
  'leads',
  'why',
  'enroll',
  'remove',
  'autonomy',
  'me',
  'pause',
  'resume',
] as const;
type Subcommand = (typeof subcommands)[number];

/** `/workflow …`: one answer, only for whoever asked, in the ack itself; a picture comes after an ack that says nothing. */
export const workflowCommand =
  (hearing: Hearing) =>
  async ({ ack, command, respond }: Args): Promise<void> => {
    const said = await commitThenAck(
      hearing,
      () => answer(hearing, command.text, command.user_id),
      (message) => ('shown' in message ? ack() : ack({ response_type: 'ephemeral', ...message })),
    );
    if ('shown' in said) await answerWithMap(hearing, said, respond);
  };

async function answer(hearing: Hearing, text: string, userId: string): Promise<Answer | MapOrder> {
  const [typed = '', ...rest] = text.trim().split(/\s+/);
  const subcommand: Subcommand | undefined =
    typed === '' ? 'help' : subcommands.find((known) => known === typed.toLowerCase());
  switch (subcommand) {
    case undefined:
      return helpMessage(unknown(typed));
    case 'help':
      return helpMessage();
    case 'status':
      return statusMessage(await hearing.verbs.workflowStatus());
    case 'list':
      return workflowListMessage(await hearing.verbs.workflowList());
    case 'show':
      return showCommand(hearing, rest);
    case 'map':
      return mapOrder(hearing, rest);
    case 'leads':
      return leadsCommand(hearing, rest, userId);
    case 'why':
      return whyCommand(hearing, rest, userId);
    case 'enroll':
      return enrollCommand(hearing, rest, userId);
    case 'remove':
      return removeCommand(hearing, rest, userId);
    case 'autonomy':
      return autonomyCommand(hearing, rest, userId);
    case 'me':
      return myNumbersMessage(await hearing.verbs.reviewerNumbers(userId));
    case 'pause':
    case 'resume':
      return switchWorkflow(hearing, subcommand, rest.join(' '), userId);
  }
}

async function showCommand({ verbs }: Hearing, [name]: readonly string[]): Promise<Answer> {
  if (name === undefined)
    return ephemeral(`Which one? \`${commands.workflow} show NAME\`. \`${commands.workflow} list\` lists them.`);
  const found = await verbs.showWorkflow(name);
  return found.ok ? workflowShowMessage(found.shown) : ephemeral(brief(found.text, 600));
}

function unknown(typed: string): string {
  const meant = didYouMean(typed, subcommands);
  return `There is no \`${quoted(typed)}\`.${meant === null ? '' : ` Did you mean \`${commands.workflow} ${meant}\`?`}`;
}

/** What somebody typed, safe between back quotes. */
function quoted(text: string): string {
  return escapeMrkdwn(label(text.replaceAll('`', "'"), 60));
}

async function switchWorkflow(
  { verbs, log }: Hearing,
  verb: 'pause' | 'resume',
  name: string,
  userId: string,
): Promise<Answer> {
  if (name === '')
    return ephemeral(
      `Which one? \`${commands.workflow} ${verb} NAME\`, or \`${commands.workflow} ${verb} all\` for everything. \`${commands.workflow} status\` lists them.`,
    );
  if (!(await verbs.mayOperate(userId))) {
    log.info({ user: userId, verb }, 'pause or resume refused');
    return ephemeral(`Only approvers of a workflow and workspace admins may ${verb}. Nothing was changed.`);
  }
  const actor = { type: 'person' as const, id: userId };
  if (verb === 'resume' && name.includes('@'))
    return ephemeral(resumedLead(await verbs.resumeLead({ email: name, actor })));
  const input = { name: name.toLowerCase(), actor };
  return ephemeral(switched(verb, input.name, verb === 'pause' ? await verbs.pause(input) : await verbs.resume(input)));
}

function resumedLead(result: ResumedLead): string {
  if (!result.ok) return brief(result.text, 300);
  const { email, resumed } = result;
  return `\`${quoted(email)}\` goes on in ${resumed === 1 ? 'one workflow' : `${resumed} workflows`}. Held mails go out as they were approved.`;
}

function switched(verb: 'pause' | 'resume', name: string, result: PauseResult): string {
  if (!result.ok) {
    const meant = didYouMean(name, [...result.known, 'all']);
    const known =
      result.known.length === 0 ? '' : ` There are ${listed(result.known.map((one) => `\`${quoted(one)}\``))}.`;
    return `${escapeMrkdwn(label(result.text, 300))}${meant === null ? known : ` Did you mean \`${commands.workflow} ${verb} ${quoted(meant)}\`?`}`;
  }
  const what = name === 'all' ? 'everything' : `*${quoted(name)}*`;
  if (result.changed.length === 0)
    return verb === 'pause' ? `It is paused already: ${what}.` : `It was not paused: ${what}.`;
  if (verb === 'pause')
    return `Paused ${what}. Nothing of it is proposed or sent until \`${commands.workflow} resume ${quoted(name)}\`. What is already on a card can still be decided.`;
  return `Resumed ${what}.`;
}
