import { NO_MISTAKE, type Truth } from './mistakes.ts';

/** An answer by what people see of it, and what is true of it. */
export type KnownAnswer =
  | { kind: 'email'; body: string; truth: Truth }
  | { kind: 'score'; score: number; reasons: string[]; truth: Truth };

export type KnownAnswers = {
  remember(answer: KnownAnswer): void;
  /**
   * What is true of the answer that a text shows: a card, a mail, a part of either. White space does not matter, nor
   * where links lead. An edited draft counts as what is left of it: without the words that were wrong it has no mistake.
   * Undefined where nothing of ours is in the text.
   */
  truthOf(visibleText: string): Truth | undefined;
};

/** About 1 kB each. */
const REMEMBERED = 25_000;
/** Words by which a draft is found: its beginning, and the beginning of what follows the greeting. */
const OPENING_WORDS = 8;
const AFTER_GREETING_WORDS = 12;
const REASON_WORDS = 4;
const WRONG_WORDS = 5;
/** Less in common than this says nothing: drafts begin alike. Characters, and a share of the draft. */
const LEAST_IN_COMMON = 60;
const LEAST_SHARE_IN_COMMON = 1 / 3;

/** `at`: where in the normalised text the words begin by which it was found. */
type Draft = { text: string; wrong: string; truth: Truth };
type Start = { draft: Draft; at: number };
type Score = { score: number; reasons: string[]; truth: Truth };

type Text = { whole: string; words: string[]; starts: number[] };

export function createKnownAnswers(remembered = REMEMBERED): KnownAnswers {
  const drafts = new Map<string, Start[]>();
  const scores = new Map<string, Score[]>();
  const wrongs = new Map<string, Draft[]>();
  const forget: Array<() => void> = [];
  let oldest = 0;

  const keep = <T>(index: Map<string, T[]>, key: string, entry: T): (() => void) => {
    const there = index.get(key);
    if (there === undefined) index.set(key, [entry]);
    else there.push(entry);
    return () => {
      const left = index.get(key)?.filter((other) => other !== entry) ?? [];
      if (left.length === 0) index.delete(key);
      else index.set(key, left);
    };
  };
  const rememberDraft = (body: string, truth: Truth): Array<() => void> => {
    const text = normal(body);
    const { mending } = truth;
    const draft: Draft = { text, wrong: mending?.kind === 'text' ? normal(mending.wrong) : '', truth };
    const greeting = normal(body.split('\n\n')[0] ?? '');
    const after = text.startsWith(`${greeting} `) ? greeting.length + 1 : 0;
    const undo = [keep(drafts, firstWords(text, OPENING_WORDS), { draft, at: 0 })];
    if (after > 0) undo.push(keep(drafts, firstWords(text.slice(after), AFTER_GREETING_WORDS), { draft, at: after }));
    if (draft.wrong.split(' ').length >= WRONG_WORDS)
      undo.push(keep(wrongs, firstWords(draft.wrong, WRONG_WORDS), draft));
    return undo;
  };
  const rememberScore = ({ score, reasons, truth }: Extract<KnownAnswer, { kind: 'score' }>): Array<() => void> => {
    const texts = reasons.map(normal).filter((reason) => reason !== '');
    const first = texts[0];
    if (first === undefined) return [];
    return [keep(scores, `${score} ${firstWords(first, REASON_WORDS)}`, { score, reasons: texts, truth })];
  };

  return {
    remember: (answer) => {
      const undo = answer.kind === 'email' ? rememberDraft(answer.body, answer.truth) : rememberScore(answer);
      forget.push(() => {
        for (const step of undo) step();
      });
      if (forget.length - oldest > remembered) {
        forget[oldest]?.();
        oldest += 1;
        if (oldest > remembered) {
          forget.splice(0, oldest);
          oldest = 0;
        }
      }
    },
    truthOf: (visibleText) => {
      const text = read(visibleText);
      return draftIn(text, drafts) ?? scoreIn(text, scores) ?? wrongIn(text, wrongs);
    },
  };
}

function normal(text: string): string {
  return text
    .normalize('NFC')
    .replaceAll(/https?:\/\/\S+/g, '(link)')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function firstWords(text: string, count: number): string {
  return text.split(' ', count).join(' ');
}

function read(visibleText: string): Text {
  const whole = normal(visibleText);
  const words = whole.split(' ');
  let at = 0;
  const starts = words.map((word) => {
    const start = at;
    at += word.length + 1;
    return start;
  });
  return { whole, words, starts };
}

function windowAt({ words }: Text, i: number, count: number): string {
  return words.slice(i, i + count).join(' ');
}

/** The draft that has the longest piece in common with the text, the newest where several do. */
function draftIn(text: Text, drafts: ReadonlyMap<string, Start[]>): Truth | undefined {
  let best: { draft: Draft; at: number; from: number; common: number } | undefined;
  for (const [i, from] of text.starts.entries()) {
    for (const count of [OPENING_WORDS, AFTER_GREETING_WORDS]) {
      for (const { draft, at } of drafts.get(windowAt(text, i, count)) ?? []) {
        const common = commonLength(draft.text, at, text.whole, from);
        if (best === undefined || common >= best.common) best = { draft, at, from, common };
      }
    }
  }
  if (best === undefined) return undefined;
  const { draft, at, from, common } = best;
  if (at === 0 && common === draft.text.length) return draft.truth;
  if (common < LEAST_IN_COMMON) return undefined;
  const rest = text.whole.slice(from + common).trimStart();
  // With another greeting than the draft's it is an edited one, whole or not.
  const cut = at === 0 && (rest === '' || /^(?:…|\.\.\.)/.test(rest));
  if (!cut && common < draft.text.length * LEAST_SHARE_IN_COMMON) return undefined;
  return cut || (draft.wrong !== '' && text.whole.includes(draft.wrong)) ? draft.truth : NO_MISTAKE;
}

function commonLength(a: string, fromA: number, b: string, fromB: number): number {
  const most = Math.min(a.length - fromA, b.length - fromB);
  let length = 0;
  while (length < most && a.charCodeAt(fromA + length) === b.charCodeAt(fromB + length)) length += 1;
  return length;
}

/** The score whose number and first reason stand in the text, with as many of its reasons as any. */
function scoreIn(text: Text, scores: ReadonlyMap<string, Score[]>): Truth | undefined {
  const outOf = [...text.whole.matchAll(/\b(\d{1,3}) ?(?:of|out of|\/) ?100\b/g)].map((match) => match[1] ?? '');
  const any = [...text.whole.matchAll(/\b\d{1,3}\b/g)].map(([number]) => number);
  const numbers = new Set(outOf.length > 0 ? outOf : any);
  let best: { score: Score; shown: number } | undefined;
  for (const i of text.starts.keys())
    for (let count = 1; count <= REASON_WORDS; count += 1)
      for (const number of numbers)
        for (const score of scores.get(`${number} ${windowAt(text, i, count)}`) ?? []) {
          const shown = score.reasons.filter((reason) => text.whole.includes(reason)).length;
          if (shown > 0 && shown >= (best?.shown ?? 0)) best = { score, shown };
        }
  return best?.score.truth;
}

/** Words that were wrong in some draft and stand in another text: a rejected draft re-dressed, a copied sentence. */
function wrongIn(text: Text, wrongs: ReadonlyMap<string, Draft[]>): Truth | undefined {
  for (const i of text.starts.keys()) {
    const found = wrongs.get(windowAt(text, i, WRONG_WORDS))?.findLast(({ wrong }) => text.whole.includes(wrong));
    if (found !== undefined) return found.truth;
  }
  return undefined;
}
