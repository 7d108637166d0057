import type { KnownBlock } from '@slack/types';
import { humanDuration } from '../../core/duration.ts';
import { oneLine } from '../../core/plain-text.ts';
import type { LeadAtStep, WorkflowLeads } from '../../engine/workflow-leads.ts';
import { budgets } from '../limits.ts';
import { brief, moment, plural, utc } from '../text.ts';
import { linesWithin, section, sectionsOf, smallPrint } from './line-sections.ts';

/** Who is where, a page of it, for `/workflow leads NAME [STEP] [PAGE]`. */
export function workflowLeadsMessage(facts: WorkflowLeads, now: Date): { text: string; blocks: KnownBlock[] } {
  const { workflow, step, total, page, pages, leads } = facts;
  const where = `${brief(workflow, 80)}${step === null ? '' : `, step ${brief(step, 60)}`}`;
  if (total === 0) {
    const none = `Nobody is under way in ${where}.`;
    return { text: none, blocks: [section(none)] };
  }
  const title = `*${where}* · ${plural(total, 'lead')} under way${pages === 1 ? '' : `, page ${page} of ${pages}`}`;
  const lines = leads.map((lead) => leadLine(lead, step === null, now, moment));
  const more =
    page < pages
      ? ` More: \`/workflow leads ${[workflow, step, page + 1].filter((part) => part !== null).join(' ')}\`.`
      : '';
  return {
    text: linesWithin([title, ...leads.map((lead) => leadLine(lead, step === null, now, utc))], budgets.fallbackText),
    blocks: [
      section(title),
      ...sectionsOf(lines),
      smallPrint(`\`/workflow why EMAIL\` says what happened to one of them.${more}`),
    ],
  };
}

/** The address is in a code span, so that Slack makes no link of it. */
function leadLine(lead: LeadAtStep, withStep: boolean, now: Date, at: (date: Date) => string): string {
  const who = [lead.name, lead.company].flatMap((part) => (part === null ? [] : [brief(oneLine(part), 80)])).join(', ');
  const address = lead.email === null ? 'erased' : `\`${brief(lead.email.replaceAll('`', "'"), 120)}\``;
  const arm = lead.arm === 'ai' ? '' : lead.arm === 'baseline' ? ' · baseline' : ' · held out';
  return `• ${who === '' ? '' : `${who} `}${address}${withStep ? ` · \`${brief(lead.step, 60)}\`` : ''}${arm} · ${stands(lead, now, at)}`;
}

function stands({ stands: standing, since }: LeadAtStep, now: Date, at: (date: Date) => string): string {
  const ago = (date: Date): string => humanDuration(now.getTime() - date.getTime());
  switch (standing.for) {
    case 'people':
      return `waiting for people for ${ago(standing.since)}, until ${at(standing.until)}`;
    case 'time':
      return `waiting until ${at(standing.until)}`;
    case 'room':
      return `in line for ${ago(since)}, until people have caught up`;
    case 'paused':
      return `paused${standing.why === null ? '' : `: ${brief(oneLine(standing.why), 120)}`}${standing.until === null ? '' : `; until ${at(standing.until)}`}`;
    case 'nothing':
      return `here for ${ago(since)}`;
  }
}
