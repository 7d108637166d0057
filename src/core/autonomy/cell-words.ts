import type { Kind } from '../kinds/kind.ts';

/** How a cell is spoken of: “now *sending* the safest 45 % of *drafts*”, “6 similar *drafts went out*”, “1 similar *draft went out*”. */
export type CellWords = { many: string; doing: string; oneDone: string; manyDone: string };

const wordsByKind: Record<Kind, CellWords> = {
  email_draft: { many: 'drafts', doing: 'sending', oneDone: 'draft went out', manyDone: 'drafts went out' },
  lead_score: { many: 'scores', doing: 'setting', oneDone: 'score was set', manyDone: 'scores were set' },
};

export function wordsOf(kind: Kind): CellWords {
  return wordsByKind[kind];
}

/** What sentences need besides numbers: the words of the cell, and how a person's id is shown. */
export type Speech = { words: CellWords; nameOf: (by: string) => string };

/** 0.45 → “45 %”. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** 0.05 → “5”, 0.0431 → “4.4”: at most so many in 100. Rounded up, but for what two decimals would not show: “fewer than” says no more than was certified. */
export function inHundred(rate: number): string {
  return String(Math.ceil(rate * 1000 - 0.05) / 10);
}

/** 0.766 → “76 %”: at least so much, rounded down. */
export function atLeastPercent(share: number): string {
  return `${Math.floor(share * 100 + 1e-9)} %`;
}

/** 1 → “1”, 1.5 → “1.5”: losses may be fractions. */
export function amount(count: number): string {
  return String(Math.round(count * 10) / 10);
}

export function because(reason: string | null): string {
  return reason === null || reason.trim() === '' ? '' : ` (${reason.trim()})`;
}

/** Once for both the standing and the notice. */
export const brakeWords = {
  drift: 'what comes in has changed',
  timeouts: 'too many spot checks time out',
  error_budget: 'more bad ones slipped through lately than are allowed',
  catch_rate: 'too little is known of what reviewers catch',
  agreement: 'two people looking at the same thing disagree too often',
};
