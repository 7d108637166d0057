import { isRecord, records, stringAt } from '../slack/json.ts';
import { pressables, wordsOf } from '../slack/words.ts';
import type { PostedMessage } from '../slack/workspace.ts';

/** A message that asks for a verdict, as a person reads it. The labels are those on the cards. */

export const LABELS = {
  approve: 'Approve',
  readFirst: 'Read and decide',
  edit: ['Edit', 'Write it'],
  reject: ['Reject', 'Skip'],
} as const;

export function labelsOn(message: PostedMessage): string[] {
  return pressables(message.blocks).map(({ label }) => label);
}

export type Asks =
  /** A verdict is asked for. */
  | 'verdict'
  /** There are buttons, but not those of a card that this person knows. */
  | 'unknown'
  | 'nothing';

export function asks(message: PostedMessage): Asks {
  if (message.deleted === true) return 'nothing';
  const labels = labelsOn(message);
  const has = (wanted: readonly string[]): boolean => wanted.some((label) => labels.includes(label));
  if (has(LABELS.reject) && has(LABELS.edit)) return 'verdict';
  return has([...LABELS.reject, LABELS.approve]) ? 'unknown' : 'nothing';
}

export type CardWords = {
  /** The heading, such as `E-mail to Lee Park`. */
  title: string;
  /** Everything that can be read. */
  text: string;
  /** How many words that is. */
  words: number;
  /** By when a verdict is needed, ms; null where the card does not say. */
  deadline: number | null;
  /** What the same people decide: the workflow in this channel, as far as it can be read, and what is decided. */
  place: string;
};

const DATE = /decide by <!date\^(\d+)\^/;
const UTC = /needed by (\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}) UTC/;

export function readCard(message: PostedMessage): CardWords {
  const text = wordsOf(message.blocks);
  const title = headerOf(message.blocks) ?? message.text.split(':')[0] ?? '';
  const seconds = DATE.exec(text)?.[1];
  const utc = UTC.exec(message.text);
  const deadline =
    seconds !== undefined ? Number(seconds) * 1000 : utc === null ? null : Date.parse(`${utc[1]}T${utc[2]}:00Z`);
  const small = text.split('\n').find((line) => DATE.test(line)) ?? '';
  const workflow = small.split(' · ')[0] ?? '';
  const kind = title.split(' ')[0] ?? '';
  return {
    title,
    text,
    words: text.split(/\s+/).length,
    deadline,
    place: `${message.channel} ${workflow} ${kind}`,
  };
}

function headerOf(blocks: unknown): string | null {
  const header = records(blocks).find(({ type }) => type === 'header');
  return isRecord(header?.['text']) ? stringAt(header['text'], 'text') : null;
}
