import type { KnownBlock } from '@slack/types';
import type { ListedWorkflow, WorkflowList } from '../../engine/list-workflows.ts';
import { budgets } from '../limits.ts';
import { brief, count, plural } from '../text.ts';
import { linesWithin, section, sectionsWithin, smallPrint } from './line-sections.ts';

const MOST_WORKFLOWS = 20;
const STANDING = { active: 'running', paused: 'paused', archived: 'archived' } as const;

/** What there is, for `/workflow list`. */
export function workflowListMessage({ everythingPaused, workflows }: WorkflowList): {
  text: string;
  blocks: KnownBlock[];
} {
  if (workflows.length === 0)
    return { text: 'No workflow is published yet.', blocks: [section('No workflow is published yet.')] };
  const shown = workflows.slice(0, MOST_WORKFLOWS);
  const paused = everythingPaused ? ['*Everything is paused* until `/workflow resume all`.'] : [];
  const more = workflows.length - shown.length;
  const rest = more > 0 ? [`And ${plural(more, 'more workflow')}.`] : [];
  const parts = [...paused, ...shown.map(entry), ...rest];
  return {
    text: linesWithin(parts, budgets.fallbackText),
    blocks: [
      ...sectionsWithin(parts, 11_000, (left) => `And ${plural(left, 'more workflow')}.`),
      smallPrint('`/workflow show NAME` for its steps, `/workflow map NAME` for a picture of it.'),
    ],
  };
}

function entry({
  name,
  status,
  version,
  steps,
  description,
  goal,
  triggers,
  underWay,
  waiting,
}: ListedWorkflow): string {
  return [
    `*${brief(name, 80)}* · ${STANDING[status]}, version ${version}, ${plural(steps, 'step')}`,
    brief(description, 400),
    `*Begins with:* ${brief(triggers.join('; '), 300)}`,
    `*Goal:* ${brief(goal, 300)}`,
    `${plural(underWay, 'lead')} under way${waiting === 0 ? '' : `, ${count(waiting)} waiting for people`}`,
    '',
  ].join('\n');
}
