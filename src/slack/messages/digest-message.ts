import type { KnownBlock, RichTextBlock, TableBlock } from '@slack/types';
import { reasonLabels } from '../../core/decision.ts';
import type { DigestFacts } from '../../engine/card-facts.ts';
import type { SlackMessage } from '../../engine/context.ts';
import { spokenPlain } from '../../engine/autonomy-speech.ts';
import { kindCards } from '../cards/kind-cards.ts';
import { limits } from '../limits.ts';
import { bold, bullets, type Inline, richText, section, words } from '../rich-text.ts';
import { slackMessage } from '../slack-message.ts';
import { briefSpoken, spoken } from '../spoken.ts';
import { count, label, listed, moment, plural, utc } from '../text.ts';
import { leakWords } from './autonomy-message.ts';

type KindRow = DigestFacts['kinds'][number];

/** Under so many decisions by people a percentage says more than is known. */
const ENOUGH = 10;
const MOST_REASONS = 10;

/** The week in decisions: what people decided, what waits, what went out. */
export function renderDigest(facts: DigestFacts): SlackMessage {
  const title = `Decisions, ${period(facts)}`;
  const blocks: KnownBlock[] = [
    { type: 'header', text: { type: 'plain_text', text: label(title, limits.headerText), emoji: false } },
    ...titled('Without asking', automaticLines(facts)),
    ...richText(section(words(opening(facts)))),
    ...table(facts),
    ...notes(facts),
    ...titled('Why people rejected', reasonLines(facts)),
    ...titled('Waiting for a person now', waitingLines(facts)),
    ...oldest(facts),
    ...titled('Mails and leads', outLines(facts)),
    ...titled('What would raise the next rung', nextLines(facts)),
  ];
  return slackMessage(title, plain(facts), blocks);
}

/** '16–22 November 2026', in the workspace's time zone; the end is not part of it. */
function period({ from, to, timezone }: DigestFacts): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  });
  return format.formatRange(from, new Date(to.getTime() - 1)).replaceAll(/\s*–\s*/g, '–');
}

/** Approved as they were, by people. Where `approved` counts automatic ones too, they are taken out. */
function approvedByPeople(row: KindRow): number {
  return row.approved - Math.max(0, row.approved + row.edited + row.rejected - row.byPeople);
}

/** '41 of 50 approved (82 %)'. Never rounds to 0 or 100 % what is not. */
function rate(k: number, n: number, what = ' approved'): string {
  if (n < ENOUGH) return `${count(k)} of ${count(n)}${what} (not enough data yet)`;
  const percent = Math.round((100 * k) / n);
  return `${count(k)} of ${count(n)}${what} (${k < n ? Math.min(99, k > 0 ? Math.max(1, percent) : 0) : 100} %)`;
}

function sum(facts: DigestFacts, of: (row: KindRow) => number): number {
  return facts.kinds.reduce((total, row) => total + of(row), 0);
}

function opening(facts: DigestFacts): string {
  const n = sum(facts, (row) => row.byPeople);
  if (n === 0) return 'Nobody had anything to decide in this time.';
  const k = sum(facts, approvedByPeople);
  const edited = sum(facts, (row) => row.edited);
  const rejected = sum(facts, (row) => row.rejected);
  return `People decided ${n === 1 ? 'once' : `${count(n)} times`}: ${rate(k, n, ' approved as proposed')}, ${count(edited)} edited first, ${count(rejected)} rejected.`;
}

function table(facts: DigestFacts): KnownBlock[] {
  if (facts.kinds.length === 0) return [];
  const heads = ['', 'As proposed', 'Edited', 'Rejected', 'Nobody decided'];
  const cell = (text: string) => ({ type: 'raw_text' as const, text });
  const headCell = (text: string): RichTextBlock => ({ type: 'rich_text', elements: [section(bold(text || 'Kind'))] });
  const rows = facts.kinds.map((row) => [
    cell(capital(kindCards[row.kind].counted.many)),
    cell(rate(approvedByPeople(row), row.byPeople)),
    cell(count(row.edited)),
    cell(count(row.rejected)),
    cell(count(row.expired)),
  ]);
  const block: TableBlock = {
    type: 'table',
    column_settings: [
      { is_wrapped: true },
      { align: 'right' },
      { align: 'right' },
      { align: 'right' },
      { align: 'right' },
    ],
    rows: [heads.map(headCell), ...rows],
  };
  return [block];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What the rates leave out, and what was done without people. */
function noteTexts(facts: DigestFacts): string[] {
  const expired = sum(facts, (row) => row.expired);
  const withdrawn = sum(facts, (row) => row.withdrawn);
  const automatic = sum(facts, (row) => row.automatic);
  const without = sum(facts, (row) => row.withoutProposal);
  const left = [
    ...(expired > 0 ? [`${count(expired)} that expired because nobody decided in time`] : []),
    ...(withdrawn > 0 ? [`${count(withdrawn)} that were withdrawn`] : []),
  ];
  return [
    ...(left.length > 0 ? [`Not in these rates: ${listed(left)}.`] : []),
    ...(automatic > 0 ? [`${count(automatic)} were approved automatically; they are not in these rates either.`] : []),
    ...(without > 0
      ? [`The AI made no draft ${without === 1 ? 'once' : `${count(without)} times`}; a person was asked each time.`]
      : []),
  ];
}

function notes(facts: DigestFacts): KnownBlock[] {
  const texts = noteTexts(facts);
  return texts.length === 0
    ? []
    : [{ type: 'context', elements: texts.map((text) => ({ type: 'plain_text', text, emoji: false })) }];
}

function reasonLines(facts: DigestFacts): string[] {
  const sorted = facts.reasons.filter((row) => row.count > 0).toSorted((a, b) => b.count - a.count);
  return sorted.slice(0, MOST_REASONS).map((row) => `${reasonLabels[row.reason]}: ${count(row.count)}`);
}

function waitingLines(facts: DigestFacts): string[] {
  const waiting = facts.waiting.filter((row) => row.count > 0);
  return waiting.length === 0
    ? ['Nothing.']
    : waiting.map((row) => plural(row.count, kindCards[row.kind].counted.one, kindCards[row.kind].counted.many));
}

function outLines({ mails, leads }: DigestFacts): string[] {
  const trouble = [
    ...(mails.uncertain > 0 ? [`${count(mails.uncertain)} uncertain, where a person has to look`] : []),
    ...(mails.failed > 0 ? [`${count(mails.failed)} failed`] : []),
    ...(mails.cancelled > 0
      ? [`${count(mails.cancelled)} stopped before ${mails.cancelled === 1 ? 'it' : 'they'} left`]
      : []),
    ...(mails.waiting > 0 ? [`${count(mails.waiting)} waiting for their time`] : []),
  ];
  return [
    `${plural(mails.sent, 'mail')} sent${trouble.length > 0 ? `; ${listed(trouble)}` : ''}.`,
    `${plural(leads.added, 'lead')} added, ${count(leads.unsubscribed)} unsubscribed.`,
  ];
}

function titled(title: string, lines: readonly string[]): KnownBlock[] {
  return lines.length === 0 ? [] : richText(section(bold(title)), bullets(lines.map((line): Inline[] => spoken(line))));
}

const MOST_STEPS = 10;
const STEP_LINE = 400;

/** What was automated and why, and what may have slipped through by it. */
function automaticLines({ autonomy }: DigestFacts): string[] {
  const some = autonomy.filter(({ automatic, rung }) => automatic > 0 || rung > 0);
  if (some.length === 0) return autonomy.length === 0 ? [] : ['Nothing: people were asked about everything.'];
  return perStep(
    some.map(({ address, kind, automatic, decisions, rung, share, tau, setByPerson, leak }) => {
      const why =
        rung === 0
          ? 'People are asked every time again.'
          : `The safest ${Math.round(share * 100)} % may (risk up to ${tau}): ${setByPerson ? 'set by a person, not earned' : 'earned by people’s checks'}.`;
      const leaked = leak === null ? '' : ` ${leakWords(leak)}`;
      return `${address}: ${count(automatic)} of ${count(decisions)} ${kindCards[kind].counted.many}. ${why}${leaked}`;
    }),
  );
}

function nextLines({ autonomy }: DigestFacts): string[] {
  // A step of a workflow that nobody went through has nothing to tell, and would stand before those that have.
  const busy = autonomy.filter(({ decisions, rung }) => decisions > 0 || rung > 0);
  const quiet = autonomy.length - busy.length;
  const rest = quiet === 0 ? [] : [`${plural(quiet, 'step')} without a decision in this time: /workflow autonomy.`];
  return [...perStep(busy.map(({ address, next }) => `${address}: ${next}`)), ...rest];
}

function perStep(lines: readonly string[]): string[] {
  const more = lines.length - MOST_STEPS;
  const shown = lines.slice(0, MOST_STEPS).map((line) => briefSpoken(line, STEP_LINE));
  return more > 0 ? [...shown, `${plural(more, 'more step')}: /workflow autonomy.`] : shown;
}

function oldestWaiting(facts: DigestFacts): Date | null {
  const dates = facts.waiting.flatMap((row) => (row.count > 0 && row.oldest !== null ? [row.oldest.getTime()] : []));
  return dates.length === 0 ? null : new Date(Math.min(...dates));
}

function oldest(facts: DigestFacts): KnownBlock[] {
  const date = oldestWaiting(facts);
  return date === null
    ? []
    : [{ type: 'context', elements: [{ type: 'mrkdwn', text: `The oldest waits since ${moment(date)}.` }] }];
}

function plain(facts: DigestFacts): string {
  const kinds = facts.kinds.map(
    (row) =>
      `${capital(kindCards[row.kind].counted.many)}: ${rate(approvedByPeople(row), row.byPeople, ' approved as proposed')}, ${row.edited} edited, ${row.rejected} rejected, ${row.expired} expired.`,
  );
  const date = oldestWaiting(facts);
  const reasons = reasonLines(facts);
  const automatic = automaticLines(facts);
  const next = nextLines(facts);
  return [
    ...(automatic.length > 0 ? [`Without asking: ${spokenPlain(automatic.join(' '))}`] : []),
    opening(facts),
    ...kinds,
    ...noteTexts(facts),
    ...(reasons.length > 0 ? [`Why people rejected: ${reasons.join('; ')}.`] : []),
    `Waiting for a person now: ${waitingLines(facts).join(', ')}${date === null ? '' : `; the oldest since ${utc(date)}`}`,
    ...outLines(facts),
    ...(next.length > 0 ? [`What would raise the next rung: ${spokenPlain(next.join(' '))}`] : []),
  ].join('\n');
}
