import { humanDuration } from '../core/duration.ts';
import { describeProblem } from '../core/lead-import.ts';
import { oneLine } from '../core/plain-text.ts';
import type { DryRun } from '../core/workflow/dry-run.ts';
import type { DryEntry, DryWay } from '../core/workflow/dry-run-types.ts';
import type { DryDay, DrySummary } from '../core/workflow/dry-summary.ts';
import { localTimeAt, weekdayOf } from '../core/workflow/local-time.ts';
import { weekdays } from '../core/workflow/step.ts';
import type { LeadsRead } from '../engine/read-lead-file.ts';

const LEADS_SHOWN = 20;
const LISTED = 12;
const REHEARSAL = 'REHEARSAL: nothing was sent or written, and no model was called.';

const count = (n: number): string => n.toLocaleString('en-US');
const plural = (n: number, one: string): string => `${count(n)} ${one}${n === 1 ? '' : 's'}`;
const two = (n: number): string => String(n).padStart(2, '0');

/** `Mon 2026-01-05 09:10`, as the clock shows it there. */
function local(at: Date, zone: string): string {
  const { year, month, day, hour, minute } = localTimeAt(at, zone);
  const weekday = weekdayOf({ year, month, day });
  return `${weekday.charAt(0).toUpperCase()}${weekday.slice(1)} ${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}`;
}

/** What a person wants to know of a rehearsal: the numbers, what they rest on, and the first leads. */
export function dryRunWords(
  run: DryRun,
  read: LeadsRead,
  { file, zone, version }: { file: string; zone: string; version: number | null },
): string {
  const { summary, from, until } = run;
  const lines = [
    REHEARSAL,
    '',
    `${run.workflow}${version === null ? '' : `, version ${version}`}, with ${plural(summary.leads, 'lead')} of ${file}`,
    `from ${local(from, zone)} to ${local(until, zone)} (${zone})`,
  ];
  list(lines, 'Taken for granted', run.assumed);
  tellFile(lines, read);
  tellLeads(lines, summary);
  tellMails(lines, summary.mails);
  tellCards(lines, summary.cards, zone);
  list(lines, 'Put off', summary.deferred.map(deferralWords));
  list(
    lines,
    'Held, because the AI decides nothing without these facts',
    summary.lacked.map(({ what, leads }) => `${what} is missing for ${plural(leads, 'lead')}`),
  );
  const shown = run.ways.filter(({ arm }) => arm !== null).slice(0, LEADS_SHOWN);
  if (shown.length > 0)
    lines.push(
      '',
      shown.length < summary.entered ? `The first ${shown.length} leads who come in` : 'The leads who come in',
    );
  for (const way of shown) lines.push('', ...wayLines(way, (entry) => !QUIET.includes(entry.did)));
  lines.push('', `${REHEARSAL} One lead in full: --lead EMAIL. Everything: --json.`, '');
  return lines.join('\n');
}

/** One lead's way, every line of it. */
export function dryWayWords(run: DryRun, way: DryWay): string {
  const lines = [REHEARSAL, '', `${run.workflow}: line ${way.line} of the file`];
  list(lines, 'Taken for granted', run.assumed);
  return [...lines, '', ...wayLines(way, () => true), ''].join('\n');
}

/** Left out of the short table. */
const QUIET: ReadonlyArray<DryEntry['did']> = ['waits', 'waited', 'window_open', 'skipped', 'came_true'];

function wayLines(way: DryWay, shown: (entry: DryEntry) => boolean): string[] {
  const { arm, email, zone, end, entries } = way;
  const head = `  ${oneLine(email)}  ${arm ?? 'not taken in'}, ${zone}`;
  if (arm === null) return [head, `    ${oneLine(end.why)}`];
  const width = Math.max(...entries.map(({ step }) => step?.length ?? 0));
  const rows = entries
    .filter(shown)
    .map(({ at, step, text }) => `    ${local(at, zone)}  ${(step ?? '').padEnd(width)}  ${short(text)}`.trimEnd());
  const still = end.status === 'under_way' ? [`    still at ${end.step ?? ''}: ${short(end.why)}`] : [];
  return [head, ...rows, ...still];
}

function short(text: string): string {
  const line = oneLine(text);
  return line.length > 110 ? `${line.slice(0, 109)}…` : line;
}

function tellFile(lines: string[], read: LeadsRead): void {
  const told = [
    ...(read.duplicates > 0 ? [`${plural(read.duplicates, 'line')} of an address that stood further up: merged`] : []),
    ...(read.truncated ? [`only the first ${plural(read.leads.length, 'lead')} were read; there are more`] : []),
    ...(read.rejected > 0 ? [`${plural(read.rejected, 'line')} rejected, as an import would:`] : []),
    ...read.problems.slice(0, LISTED).map((problem) => `  ${describeProblem(problem)}`),
    ...(read.rejected > LISTED ? [`  and ${count(read.rejected - LISTED)} more`] : []),
    ...read.warnings.slice(0, LISTED),
  ];
  list(lines, 'The file', told, told.length);
}

function tellLeads(lines: string[], { leads, entered, arms, leftOut, ends }: DrySummary): void {
  const drawn = Object.entries(arms).filter(([, n]) => n > 0);
  const by = drawn.length > 1 ? `: ${drawn.map(([arm, n]) => `${count(n)} ${arm}`).join(', ')}` : '';
  list(lines, 'Who comes in', [
    `${count(entered)} of ${plural(leads, 'lead')}${by}`,
    ...leftOut.map(({ what, leads: n }) => `${count(n)} not: ${what}`),
  ]);
  list(
    lines,
    'Where they end',
    ends.map(
      ({ what, leads: n, status }) => `${count(n).padStart(6)}  ${status === 'exited' ? `left: ${what}` : what}`,
    ),
  );
}

function tellMails(lines: string[], { total, byWeek, byHour, notSent }: DrySummary['mails']): void {
  if (total === 0 && notSent.length === 0) {
    list(lines, 'Mails', ['none']);
    return;
  }
  list(
    lines,
    `Mails: ${count(total)}`,
    [...weekLines(byWeek), ...notSent.map(({ why, mails }) => `${count(mails)} approved but not sent: ${why}`)],
    byWeek.length + notSent.length + 1,
  );
  if (total === 0) return;
  const hours = Array.from({ length: 24 }, (_, hour) => hour).filter((hour) =>
    weekdays.some((day) => (byHour[day][hour] ?? 0) > 0),
  );
  const most = Math.max(...weekdays.flatMap((day) => byHour[day]));
  const width = Math.max(2, count(most).length) + 1;
  list(lines, 'Mails by weekday and hour, where the lead is', [
    `     ${hours.map((hour) => two(hour).padStart(width)).join('')}`,
    ...weekdays.map((day) => {
      const cells = hours.map((hour) => (byHour[day][hour] ?? 0) || '·');
      return `${day}  ${cells.map((cell) => String(cell).padStart(width)).join('')}`;
    }),
  ]);
}

/** Weeks after the last mail are one line. */
function weekLines(byWeek: readonly number[]): string[] {
  const last = byWeek.findLastIndex((mails) => mails > 0) + 1;
  const most = Math.max(...byWeek);
  const lines = byWeek
    .slice(0, last)
    .map((mails, i) => `week ${String(i + 1).padStart(2)}  ${count(mails).padStart(6)}  ${bar(mails, most)}`.trimEnd());
  if (last === 0 || last === byWeek.length) return lines;
  return [
    ...lines,
    last + 1 === byWeek.length ? `week ${byWeek.length}: none` : `weeks ${last + 1} to ${byWeek.length}: none`,
  ];
}

function bar(n: number, most: number): string {
  return '█'.repeat(most === 0 ? 0 : Math.ceil((n / most) * 30));
}

function tellCards(lines: string[], { total, byDay, busiest }: DrySummary['cards'], zone: string): void {
  if (busiest === null) {
    list(lines, 'Cards for people', ['none']);
    return;
  }
  const most = [...byDay].toSorted((a, b) => b.cards - a.cards).slice(0, 5);
  list(lines, `Cards for people: ${count(total)}, on ${plural(byDay.length, 'day')} (${zone})`, [
    `the busiest day is ${dayWords(busiest)}`,
    ...most.slice(1).map((day) => `then ${dayWords(day)}`),
  ]);
}

const ABOUT = {
  lead_score: 'lead score',
  email_draft: 'e-mail draft',
  task: 'task',
  facts: 'question for facts',
} as const;

function dayWords({ day, cards, about }: DryDay): string {
  const parts = (Object.keys(ABOUT) as Array<keyof typeof ABOUT>)
    .filter((what) => about[what] > 0)
    .map((what) => plural(about[what], ABOUT[what]));
  return `${day} with ${count(cards)} (${parts.join(', ')})`;
}

function deferralWords({ because, times, leads, longestMs }: DrySummary['deferred'][number]): string {
  const longest = `the longest by ${humanDuration(longestMs)}`;
  switch (because) {
    case 'cap':
      return `${plural(times, 'mail')} to ${plural(leads, 'lead')} by the cap, ${longest}`;
    case 'quiet_hours':
      return `${plural(times, 'mail')} to ${plural(leads, 'lead')} by quiet hours, ${longest}`;
    case 'in_line':
      return `${plural(times, 'card')} about ${plural(leads, 'lead')} until people had answered others (max_pending), ${longest}`;
  }
}

function list(lines: string[], title: string, entries: readonly string[], most = LISTED): void {
  if (entries.length === 0) return;
  lines.push('', title, ...entries.slice(0, most).map((entry) => `  ${entry}`));
  if (entries.length > most) lines.push(`  and ${entries.length - most} more`);
}
