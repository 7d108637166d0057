import { oneLine, plainText } from '../core/plain-text.ts';

/** The three characters that begin a mention, a link or an entity in mrkdwn. Nobody outside may write them unescaped. */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export type Cut = {
  text: string;
  /** Characters that were left out; 0 when the whole text is there. */
  hidden: number;
};

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The longest beginning of whole graphemes (a flag, a family emoji, an accented letter) whose `measure` is at most `budget`. */
function longestPrefix(text: string, budget: number, measure: (part: string) => number): string {
  let used = 0;
  let end = 0;
  for (const { segment, index } of graphemes.segment(text)) {
    used += measure(segment);
    if (used > budget) break;
    end = index + segment.length;
  }
  return text.slice(0, end);
}

const plainLength = (part: string): number => part.length;
const escapedLength = (part: string): number => escapeMrkdwn(part).length;

/** At most `budget` UTF-16 units, for places where text is literal. */
export function cutPlain(text: string, budget: number): Cut {
  const kept = text.length <= budget ? text : longestPrefix(text, budget, plainLength);
  return { text: kept, hidden: text.length - kept.length };
}

/** Escaped, and at most `budget` units long after escaping; never cuts an entity in two. */
export function cutEscaped(text: string, budget: number): Cut {
  const whole = escapeMrkdwn(text);
  if (whole.length <= budget) return { text: whole, hidden: 0 };
  const kept = longestPrefix(text, budget, escapedLength);
  return { text: escapeMrkdwn(kept), hidden: text.length - kept.length };
}

/** Escaped, and at most `budget` units long with the “…” where it had to be cut: for mrkdwn whose whole text stands elsewhere. */
export function brief(text: string, budget: number): string {
  const whole = cutEscaped(text, budget);
  return whole.hidden === 0 ? whole.text : `${cutEscaped(text, budget - 1).text}…`;
}

/** One line of literal text with “…” where it had to be cut: for titles and labels, whose whole text stands elsewhere. */
export function label(text: string, budget: number): string {
  const line = oneLine(text);
  return line.length <= budget ? line : `${cutPlain(line, budget - 1).text.trimEnd()}…`;
}

/** What the eye sees of a text somebody outside wrote, line breaks kept. */
export function visible(text: string): string {
  return plainText(text);
}

/** 1,234 as a reader expects it. */
export function count(n: number): string {
  return n.toLocaleString('en-US');
}

/** '1 mail', '3 mails'. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

const SLACK_USER = /^[UW][A-Z0-9]{2,}$/;

export function isSlackUser(id: string): boolean {
  return SLACK_USER.test(id);
}

/** A person in mrkdwn: a mention where the id is Slack's, else the id itself, which may come from a command line. */
export function person(id: string): string {
  return isSlackUser(id) ? `<@${id}>` : brief(oneLine(id), 120);
}

/** An approver as configured: a person or a user group. */
export function approver(id: string): string {
  return /^S[A-Z0-9]{2,}$/.test(id) ? `<!subteam^${id}>` : person(id);
}

/** '2026-11-22 16:00 UTC': for plain text, where Slack cannot show the reader's own time. */
export function utc(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** A moment in mrkdwn, in the time zone of whoever reads. */
export function moment(date: Date): string {
  return `<!date^${Math.floor(date.getTime() / 1000)}^{date_short_pretty} at {time}|${utc(date)}>`;
}

/** 'a, b and c'. */
export function listed(items: readonly string[], last = 'and'): string {
  if (items.length <= 1) return items.join('');
  return `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1)}`;
}

/** Splits a text into pieces of at most `size` units whose concatenation is the text. Prefers the end of a paragraph, then of a line. */
export function pieces(text: string, size: number): string[] {
  const out: string[] = [];
  let rest = text;
  while (rest.length > size) {
    const window = cutPlain(rest, size).text;
    const half = Math.floor(window.length / 2);
    const at = [window.lastIndexOf('\n\n') + 2, window.lastIndexOf('\n') + 1, window.lastIndexOf(' ') + 1].find(
      (end) => end > half,
    );
    // A single grapheme can be longer than any window (a stack of combining marks): cut it rather than never end.
    const end = at ?? (window.length > 0 ? window.length : size);
    out.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  if (rest !== '') out.push(rest);
  return out;
}
