import type { KnownBlock } from '@slack/types';
import { bottleneckOf } from '../../core/map-counts.ts';
import { type ShownStep, shownSteps } from '../../core/shown-steps.ts';
import { shownRules } from '../../core/shown-rules.ts';
import { cohortOf } from '../../core/workflow/settings.ts';
import type { ShownWorkflow } from '../../engine/show-workflow.ts';
import { budgets } from '../limits.ts';
import { approver, brief, count, listed, moment, person, plural } from '../text.ts';
import { linesWithin, section, sectionsOf, sectionsWithin, smallPrint } from './line-sections.ts';

/** One workflow with its steps and what goes on in them, for `/workflow show NAME`. */
export function workflowShowMessage(shown: ShownWorkflow): { text: string; blocks: KnownBlock[] } {
  const { workflow, counts } = shown;
  const name = brief(workflow.name, 80);
  const head = [`*${name}* · ${standing(shown)}`, brief(workflow.description, 600), numbers(shown)].join('\n');
  const rules = shownRules(workflow).map(({ about, says }) => `*${about}:* ${brief(says, 600)}`);
  const worst = bottleneckOf(counts);
  const steps = shownSteps(workflow, 'ai', counts).map((step, i) => stepLine(step, i, worst));
  const baseline =
    workflow.baseline === undefined
      ? []
      : [
          `*Baseline, without AI (${cohortOf(workflow).baseline === 0 ? 'not in use' : `${cohortOf(workflow).baseline} % of the leads`})*`,
          ...shownSteps(workflow, 'baseline', counts).map((step, i) => stepLine(step, i, worst)),
        ];
  const more = (left: number): string => `And ${count(left)} more: \`/workflow map ${name}\` shows them all.`;
  return {
    text: linesWithin([head, '*Steps*', ...steps], budgets.fallbackText),
    blocks: [
      section(head),
      ...sectionsWithin(rules, 3_000, more),
      { type: 'divider' },
      ...sectionsWithin(['*Steps*', ...steps], 5_500, more),
      ...sectionsWithin(baseline, 1_500, more),
      { type: 'divider' },
      ...sectionsOf(people(shown)),
      smallPrint(`\`/workflow map ${name}\` draws it; \`/workflow leads ${name} STEP\` says who is where.`),
    ],
  };
}

function standing({ status, pausedBy, version, publishedAt, publishedBy }: ShownWorkflow): string {
  const by = publishedBy.replace(/^person:/, '');
  const published = `version ${version}, published ${moment(publishedAt)}${/^(system|test)/.test(by) ? '' : ` by ${person(by)}`}`;
  switch (status) {
    case 'active':
      return `running, ${published}`;
    case 'paused':
      return `paused${pausedBy === null ? '' : ` by ${person(pausedBy)}`}, ${published}`;
    case 'archived':
      return `archived, ${published}`;
  }
}

function numbers({ counts, versions }: ShownWorkflow): string {
  const older = versions.slice(1).map(({ version, underWay }) => `${count(underWay)} on version ${version}`);
  return [
    `${plural(counts.underWay, 'lead')} under way${older.length === 0 ? '' : ` (${brief(older.join(', '), 200)})`}`,
    ...(counts.holdout === 0 ? [] : [`${count(counts.holdout)} held out`]),
    `${count(counts.done)} went through`,
    `${count(counts.exited)} left early`,
  ].join(', ');
}

function stepLine(
  { id, title, detail, ai, people: task, counts, ways }: ShownStep,
  i: number,
  worst: string | null,
): string {
  const mark = ai ? ' · _AI decision_' : task ? ' · _people_' : '';
  return [
    `${i + 1}. *${brief(title, 120)}* \`${id}\`${mark}${id === worst ? ' · *most wait here*' : ''}`,
    ...(detail === '' ? [] : [`      ${brief(detail, 160)}`]),
    ...(ways.length === 0 ? [] : [`      ${brief(ways.join('; '), 400)}`]),
    ...(counts === '' ? [] : [`      ${counts}`]),
  ].join('\n');
}

function people({ workflow: { approvers, channels } }: ShownWorkflow): string[] {
  const who = (ids: readonly string[] | undefined): string =>
    ids === undefined || ids.length === 0 ? 'nobody' : listed(ids.slice(0, 20).map(approver));
  return [
    `*Scores* are decided by ${who(approvers.lead_score)} in ${brief(channels.lead_score, 90)}`,
    `*E-mails* are decided by ${who(approvers.email_draft)} in ${brief(channels.email_draft, 90)}`,
  ];
}
