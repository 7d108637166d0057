import type { Kind } from '../kinds/kind.ts';
import type { Trigger } from '../workflow.ts';
import { conditionWords, durationWords } from './condition-words.ts';
import type { Step, WaitStep, Weekday } from './step.ts';

const DECIDES: Record<Kind, string> = { lead_score: 'Score the lead', email_draft: 'Draft an e-mail' };
const DAY: Record<Weekday, string> = {
  mon: 'Mon',
  tue: 'Tue',
  wed: 'Wed',
  thu: 'Thu',
  fri: 'Fri',
  sat: 'Sat',
  sun: 'Sun',
};

/** A step for people: what it does in two or three words, and one line more (empty when there is nothing to add). */
export function stepWords(step: Step): { title: string; detail: string } {
  if ('wait' in step) return waitWords(step.wait);
  if ('wait_until' in step)
    return {
      title: 'Wait until',
      detail: `${conditionWords(step.wait_until)}, at most ${durationWords(step.timeout)}`,
    };
  if ('window' in step)
    return { title: 'Send window', detail: `${step.window.from}–${step.window.to}${daysWords(step.window.days)}` };
  if ('branch' in step) return { title: 'Branch', detail: `${step.branch.length} ways` };
  if ('decide' in step) return { title: DECIDES[step.decide], detail: step.brief };
  if ('split' in step)
    return { title: 'Split', detail: step.split.map(({ name, share }) => `${name} ${share} %`).join(', ') };
  if ('send' in step) return { title: 'Send a fixed e-mail', detail: step.send.subject };
  if ('update' in step) return { title: 'Update the lead', detail: updateWords(step.update) };
  if ('webhook' in step) return { title: 'Call a webhook', detail: hostOf(step.webhook.url) };
  if ('task' in step) return { title: 'Task for people', detail: step.task.text };
  return { title: 'Exit', detail: step.exit };
}

function waitWords(wait: WaitStep['wait']): { title: string; detail: string } {
  if (typeof wait === 'string') return { title: `Wait ${durationWords(wait)}`, detail: '' };
  if ('until' in wait) return { title: `Wait until ${wait.until}`, detail: daysWords(wait.days).replace(/^, /, '') };
  const offset = wait.offset ?? '0d';
  const length = durationWords(offset.replace(/^[+-]/, ''));
  const where = /^[+-]?0+[smhdw]$/.test(offset) ? '' : `${length} ${offset.startsWith('-') ? 'before' : 'after'} `;
  return { title: `Wait until ${where}${wait.until_date}`, detail: wait.at === undefined ? '' : `at ${wait.at}` };
}

/** “, Mon–Fri” or “, Tue, Thu”; empty for every day. */
function daysWords(days: readonly Weekday[] | undefined): string {
  if (days === undefined || days.length === 7) return '';
  const working = ['mon', 'tue', 'wed', 'thu', 'fri'] as const;
  if (days.length === 5 && working.every((day) => days.includes(day))) return ', Mon–Fri';
  return `, ${days.map((day) => DAY[day]).join(', ')}`;
}

function updateWords(update: Extract<Step, { update: unknown }>['update']): string {
  return [
    ...Object.entries(update.set ?? {}).map(([field, value]) => `${field} = ${value}`),
    ...(update.add_tags ?? []).map((tag) => `+ ${tag}`),
    ...(update.remove_tags ?? []).map((tag) => `− ${tag}`),
  ].join(', ');
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

export function triggerWords(trigger: Trigger): string {
  const when = trigger.on === 'manual' || trigger.when === undefined ? '' : `, if ${conditionWords(trigger.when)}`;
  switch (trigger.on) {
    case 'lead_added':
      return `every new lead${sourceWords(trigger.source)}${when}`;
    case 'import':
      return `new leads of an import${sourceWords(trigger.source)}${when}`;
    case 'api':
      return `new leads of the webhook${sourceWords(trigger.source)}${when}`;
    case 'event':
      return `the event ${trigger.event}${when}`;
    case 'segment':
      return `coming into segment ${trigger.segment}${when}`;
    case 'manual':
      return 'enrolled by hand';
  }
}

function sourceWords(source: readonly string[] | undefined): string {
  return source === undefined ? '' : ` from ${source.join(' or ')}`;
}
