import type { KnownBlock } from '@slack/types';
import type { StatusFacts, WorkflowStatus } from '../../engine/status.ts';
import { kindCards } from '../cards/kind-cards.ts';
import { budgets } from '../limits.ts';
import { brief, count, escapeMrkdwn, listed, moment, person, plural, utc } from '../text.ts';

export const MOST_WORKFLOWS = 20;

type At = (date: Date) => string;
/** What, and how it stands. */
type Line = [string, string];

/** How everything stands, for `/workflow status` and the Home tab. */
export function statusBlocks(facts: StatusFacts): KnownBlock[] {
  const shown = facts.workflows.slice(0, MOST_WORKFLOWS);
  const held = facts.paused !== null;
  const more = facts.workflows.length - shown.length;
  return [
    ...(facts.paused
      ? [
          mrkdwn(
            `*Everything is paused* by ${person(facts.paused.by)} since ${moment(facts.paused.at)}. Nothing is proposed or sent until \`/workflow resume all\`.`,
          ),
        ]
      : []),
    ...(shown.length === 0 ? [mrkdwn('No workflow is published yet.')] : []),
    ...shown.map((workflow) =>
      mrkdwn(
        [
          `*${escapeMrkdwn(workflow.name)}* · ${standing(workflow, held, person)}`,
          ...lines(workflow, held, moment).map(([what, how]) => `*${what}:* ${how}`),
        ].join('\n'),
      ),
    ),
    ...(more > 0 ? [mrkdwn(`${plural(more, 'more workflow')}.`)] : []),
  ];
}

export function statusMessage(facts: StatusFacts): { text: string; blocks: KnownBlock[] } {
  const held = facts.paused !== null;
  const paused = held ? ['Everything is paused.'] : [];
  const workflows = facts.workflows
    .slice(0, MOST_WORKFLOWS)
    .map((workflow) =>
      [
        `${workflow.name}: ${standing(workflow, held, (id) => id)}`,
        ...lines(workflow, held, utc).map(([what, how]) => `${what}: ${how}`),
      ].join('. '),
    );
  const text = [...paused, ...(workflows.length === 0 ? ['No workflow is published yet.'] : workflows)].join('\n');
  return { text: brief(text, budgets.fallbackText), blocks: statusBlocks(facts) };
}

function mrkdwn(text: string): KnownBlock {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}

/** `held`: everything is paused, whatever this workflow says of itself. */
function standing({ status, pausedBy, version }: WorkflowStatus, held: boolean, who: (id: string) => string): string {
  switch (status) {
    case 'active':
      return `${held ? 'held with everything' : 'running'}, version ${version}`;
    case 'paused':
      return `paused${pausedBy === null ? '' : ` by ${who(pausedBy)}`}, version ${version}`;
    case 'archived':
      return `archived, version ${version}`;
  }
}

/** What waits for people first, since that is what somebody can do something about. */
function lines({ status, enrolled, waiting, mails, nextDue }: WorkflowStatus, held: boolean, at: At): Line[] {
  const forPeople = waiting
    .filter((row) => row.count > 0)
    .map((row) => plural(row.count, kindCards[row.kind].counted.one, kindCards[row.kind].counted.many));
  const oldest = waiting.flatMap((row) => (row.count > 0 && row.oldest !== null ? [row.oldest.getTime()] : []));
  const since = oldest.length > 0 ? `, the oldest since ${at(new Date(Math.min(...oldest)))}` : '';
  const parts = [
    `${count(mails.sent7d)} sent in the last 7 days`,
    ...(mails.waiting > 0 ? [`${count(mails.waiting)} approved and waiting to leave`] : []),
    ...(mails.uncertain > 0 ? [`${count(mails.uncertain)} uncertain: a person has to look`] : []),
  ];
  return [
    ['Waiting for a person', forPeople.length === 0 ? 'nothing' : `${listed(forPeople)}${since}`],
    ['Mails', parts.join(', ')],
    [
      'Leads',
      `${count(enrolled.active)} on their way, ${count(enrolled.done)} finished, ${count(enrolled.exited)} stopped early`,
    ],
    ...(nextDue === null || held || status !== 'active' ? [] : [['Next step', at(nextDue)] satisfies Line]),
  ];
}
