import type { KnownBlock } from '@slack/types';
import type { StatusFacts, WorkflowStatus } from '../../engine/status.ts';
import { kindCards } from '../cards/kind-cards.ts';
import { count, escapeMrkdwn, listed, moment, person, plural, utc } from '../text.ts';

const MOST_WORKFLOWS = 20;

type At = (date: Date) => string;

/** How everything stands, for `/workflow status` and the Home tab. */
export function statusBlocks(facts: StatusFacts): KnownBlock[] {
  const shown = facts.workflows.slice(0, MOST_WORKFLOWS);
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
        [`*${escapeMrkdwn(workflow.name)}* · ${standing(workflow, person)}`, ...lines(workflow, moment)].join('\n'),
      ),
    ),
    ...(more > 0 ? [mrkdwn(`${plural(more, 'more workflow')}.`)] : []),
  ];
}

export function statusMessage(facts: StatusFacts): { text: string; blocks: KnownBlock[] } {
  const paused = facts.paused ? ['Everything is paused.'] : [];
  const workflows = facts.workflows
    .slice(0, MOST_WORKFLOWS)
    .map((workflow) =>
      escapeMrkdwn([`${workflow.name}: ${standing(workflow, (id) => id)}`, ...lines(workflow, utc)].join('. ')),
    );
  const text = [...paused, ...(workflows.length === 0 ? ['No workflow is published yet.'] : workflows)]
    .join('\n')
    .slice(0, 3_000);
  return { text, blocks: statusBlocks(facts) };
}

function mrkdwn(text: string): KnownBlock {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}

function standing({ status, pausedBy, version }: WorkflowStatus, who: (id: string) => string): string {
  switch (status) {
    case 'active':
      return `active, version ${version}`;
    case 'paused':
      return `paused${pausedBy === null ? '' : ` by ${who(pausedBy)}`}, version ${version}`;
    case 'archived':
      return `archived, version ${version}`;
  }
}

function lines({ enrolled, waiting, mails, nextDue }: WorkflowStatus, at: At): string[] {
  const forPeople = waiting
    .filter((row) => row.count > 0)
    .map((row) => plural(row.count, kindCards[row.kind].counted.one, kindCards[row.kind].counted.many));
  const oldest = waiting.flatMap((row) => (row.count > 0 && row.oldest !== null ? [row.oldest.getTime()] : []));
  const uncertain = mails.uncertain > 0 ? `, *${count(mails.uncertain)} uncertain: a person has to look*` : '';
  return [
    `Leads: ${count(enrolled.active)} on their way, ${count(enrolled.done)} done, ${count(enrolled.exited)} left`,
    forPeople.length === 0
      ? 'Waiting for a person: nothing'
      : `Waiting for a person: ${listed(forPeople)}${oldest.length > 0 ? `, the oldest since ${at(new Date(Math.min(...oldest)))}` : ''}`,
    `Mails: ${count(mails.waiting)} approved and waiting, ${count(mails.sent7d)} sent in 7 days${uncertain}`,
    ...(nextDue === null ? [] : [`Next step: ${at(nextDue)}`]),
  ];
}
