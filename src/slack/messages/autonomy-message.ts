import type { KnownBlock, RichTextBlock, TableBlock } from '@slack/types';
import { controlHelp, controlUsage, controlVerbs } from '../../core/autonomy-order.ts';
import type { AutonomyFacts, CellFacts } from '../../engine/autonomy-status.ts';
import type { ControlAnswer } from '../../engine/autonomy-controls.ts';
import { budgets, limits } from '../limits.ts';
import { bold, bullets, type Inline, richText, section } from '../rich-text.ts';
import { briefSpoken, spoken, spokenMrkdwn } from '../spoken.ts';
import { count, escapeMrkdwn, label, plural } from '../text.ts';
import { manyWords } from './autonomy-notice.ts';
import { ephemeral } from './ephemeral.ts';

const COMMAND = '/workflow autonomy';
/** Beyond this many rows nobody reads a table; a workflow's name shows the rest. */
const MOST_ROWS = 10;
const SENTENCE = 500;
/** All that stands in one message has to stay within what Slack takes. */
const NEXT = 300;
const NOTE = 230;
const MOST_NOTES = 10;

type Answer = { text: string; blocks: KnownBlock[] };
/** Slack has it since June 2026 (https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block); `@slack/types` does not know it yet. */
type Chart = {
  type: 'data_visualization';
  title: string;
  chart: {
    type: 'bar';
    series: Array<{ name: string; data: Array<{ label: string; value: number }> }>;
    axis_config: { categories: string[] };
  };
};

/** Where every step stands, for whoever asks: a table, a small chart of the same, and what holds what. */
export function autonomyMessage({ cells, workflow }: AutonomyFacts): Answer {
  const shown = cells.slice(0, MOST_ROWS);
  if (shown.length === 0) return ephemeral('No workflow is published yet, so there is nothing to stand anywhere.');
  const more = cells.length - shown.length;
  const title =
    workflow === null
      ? 'What goes without asking'
      : label(`What goes without asking in ${workflow}`, limits.headerText);
  const blocks: KnownBlock[] = [
    { type: 'header', text: { type: 'plain_text', text: title, emoji: false } },
    table(shown),
    chart(shown),
    ...noted(
      'What holds them',
      shown.flatMap(({ address, held }) => held.map((line) => [address, line] as const)),
    ),
    ...noted(
      'What may have slipped through',
      shown.flatMap((cell) => leak(cell).map((line) => [cell.address, line] as const)),
    ),
    {
      type: 'context',
      elements: [
        {
          type: 'mrkdwn',
          text: `${more > 0 ? `${plural(more, 'more step')}: \`${COMMAND} WORKFLOW\`. ` : ''}\`${COMMAND} help\` says how admins steer it.`,
        },
      ],
    },
  ];
  const lines = shown.map((cell) =>
    [
      `${cell.address}: ${standing(cell)}, ${lately(cell)} in the last 28 days.`,
      cell.next,
      ...cell.held,
      ...leak(cell),
    ].join(' '),
  );
  return { text: whole([title, ...lines.map((line) => spokenMrkdwn(line, SENTENCE))]), blocks };
}

/** As many whole lines as fit into the top-level text; the blocks have them all. */
function whole(lines: readonly string[]): string {
  let text = '';
  for (const line of lines) {
    if (text.length + line.length + 1 > budgets.fallbackText) return text;
    text = text === '' ? line : `${text}\n${line}`;
  }
  return text;
}

/** “the safest 45 % (rung 2 of 5, risk up to 0.31)” */
function standing({ rung, rungs, share, tau }: Pick<CellFacts, 'rung' | 'rungs' | 'share' | 'tau'>): string {
  return rung === 0
    ? 'nothing'
    : `the safest ${percent(share)} (rung ${rung}${rungs === null ? '' : ` of ${rungs}`}, risk up to ${tau})`;
}

function lately({ month }: CellFacts): string {
  return part(month);
}

function part({ automatic, decisions }: CellFacts['month']): string {
  const rate = decisions < 10 ? '' : ` (${percent(automatic / decisions)})`;
  return `${count(automatic)} of ${count(decisions)}${rate}`;
}

function checked({ checkRate }: CellFacts): string {
  if (checkRate === null) return 'all';
  const { least, most } = checkRate;
  return least === most ? percent(least) : `${percent(least)} to ${percent(most)}`;
}

/** 0.45 → “45 %”; never 0 or 100 for what is not. */
function percent(share: number): string {
  const rounded = Math.round(share * 100);
  return `${share > 0 && share < 1 ? Math.min(99, Math.max(1, rounded)) : rounded} %`;
}

function table(cells: readonly CellFacts[]): TableBlock {
  const heads = ['Step', 'Goes without asking', 'Last 7 days', 'Last 28 days', 'Spot-checked', 'Next rung'];
  const raw = (text: string) => ({ type: 'raw_text' as const, text });
  const rich = (inline: Inline[]): RichTextBlock => ({ type: 'rich_text', elements: [section(inline)] });
  return {
    type: 'table',
    column_settings: [
      { is_wrapped: true },
      { is_wrapped: true },
      { align: 'right' },
      { align: 'right' },
      { align: 'right' },
      { is_wrapped: true },
    ],
    rows: [
      heads.map((head) => rich(bold(head))),
      ...cells.map((cell) => [
        raw(cell.address),
        raw(standing(cell)),
        raw(part(cell.week)),
        raw(part(cell.month)),
        raw(checked(cell)),
        rich(spoken(briefSpoken(cell.next, NEXT))),
      ]),
    ],
  };
}

function chart(cells: readonly CellFacts[]): KnownBlock {
  const categories = labels(cells);
  const series = (name: string, of: (cell: CellFacts) => number) => ({
    name,
    data: cells.map((cell, i) => ({ label: categories[i] ?? '', value: Math.round(of(cell) * 100) })),
  });
  const block: Chart = {
    type: 'data_visualization',
    title: 'Where each step stands, in %',
    chart: {
      type: 'bar',
      series: [
        series('Without asking', ({ share }) => share),
        series('Way to next rung', ({ progress: { labels: seen, atLeast } }) =>
          atLeast === null ? 0 : Math.min(1, seen / atLeast),
        ),
      ],
      axis_config: { categories },
    },
  };
  return block as unknown as KnownBlock;
}

/** A name each that fits under a bar, no two alike. */
function labels(cells: readonly CellFacts[]): string[] {
  const taken = new Set<string>();
  return cells.map(({ address, step }, i) => {
    const short = label(step === '' ? address : step, limits.chartLabel);
    const number = ` (${i + 1})`;
    const unique = taken.has(short) ? `${label(short, limits.chartLabel - number.length)}${number}` : short;
    taken.add(unique);
    return unique;
  });
}

function noted(title: string, lines: ReadonlyArray<readonly [address: string, line: string]>): KnownBlock[] {
  const items = lines
    .slice(0, MOST_NOTES)
    .map(([address, line]) => [...bold(`${address}: `), ...spoken(briefSpoken(line, NOTE))]);
  return items.length === 0 ? [] : richText(section(bold(title)), bullets(items));
}

/** “Of 150 drafts that could go without asking, people checked 38. An estimated 1.2 bad ones slipped through …” */
function leak({ kind, leak: facts }: CellFacts): string[] {
  if (facts === null) return [];
  const { leaked, upper, confidence, eligible, checks } = facts;
  return [
    `Of ${manyWords(kind, eligible)} that could go without asking, people checked ${count(checks)}. ${leakWords({ leaked, upper, confidence })}`,
  ];
}

export function leakWords({
  leaked,
  upper,
  confidence,
}: {
  leaked: number;
  upper: number;
  confidence: number;
}): string {
  const bad = Math.round(leaked * 10) / 10;
  return `An estimated ${bad} bad ${bad === 1 ? 'one' : 'ones'} slipped through so far; at most ${Math.ceil(upper)} in all, with those that were caught (${percent(confidence)} sure).`;
}

/** How admins steer it. `first`: why this is shown; mrkdwn that is safe already. */
export function autonomyHelp(first: string | null = null): Answer {
  const lines = controlVerbs.map((verb) => `\`${COMMAND} ${controlUsage[verb]}\` – ${controlHelp[verb]}`);
  const text = [
    ...(first === null ? [] : [first]),
    `\`${COMMAND}\` – where every step stands; \`${COMMAND} WORKFLOW\` – one workflow’s`,
    ...lines,
    'Only admins and owners of this Slack workspace may steer; who did what and why is shown with the step and kept.',
  ].join('\n');
  return ephemeral(text);
}

/** What an order came to. */
export function controlMessage(answer: ControlAnswer): Answer {
  const said = spokenMrkdwn(answer.text, limits.sectionText - 400);
  if (answer.ok) return ephemeral(`✓ ${said}`);
  return ephemeral(answer.remedy === null ? said : `${said} \`${COMMAND} ${escapeMrkdwn(answer.remedy)}\``);
}

/** An order that could not be read. */
export function wrongOrder(text: string, usage: string): Answer {
  return ephemeral(`${escapeMrkdwn(label(text, SENTENCE))} \`${COMMAND} ${usage}\``);
}
