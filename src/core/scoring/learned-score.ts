import { type LearnedLeadScore, oddsParts } from './lead-score-model.ts';
import type { ScoreAnswer, ScoreReason } from './rule-score.ts';
import { engagementColumns, ownColumns, type Snapshot } from './scored-lead.ts';
import { scoreContributions, scoreProbability } from './score-model.ts';

/** ln odds below which a column is not worth a line. */
const WORTH_TELLING = 0.1;
const REASONS = 5;

/**
 * The learned score: 0…100 is the share of the leads it was learned from that stand below this one, of its fit, its engagement and both;
 * `chance` is the calibrated one. Somebody who left is not scored up by what they did before.
 */
export function learnedScore(
  { model, ranks }: LearnedLeadScore,
  name: string,
  { cells, engagement }: Snapshot,
): ScoreAnswer {
  const cellOf = (column: string): string => cells[column] ?? '';
  const parts = oddsParts(model, cells);
  const score = rankOf(ranks.all, parts.all);
  return {
    scorer: name,
    score: engagement.left ? Math.min(score, 10) : score,
    fit: rankOf(ranks.fit, parts.fit),
    engagement: engagement.left ? 0 : rankOf(ranks.engagement, parts.engagement),
    chance: scoreProbability(model, cellOf),
    reasons: scoreContributions(model, cellOf)
      .filter(({ weight }) => Math.abs(weight) >= WORTH_TELLING)
      .toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
      .slice(0, REASONS)
      .map(({ column, weight }) => reasonOf(column, cellOf(column), weight)),
  };
}

function reasonOf(column: string, cell: string, weight: number): ScoreReason {
  const sense = weight > 0 ? 'speaks for it' : 'speaks against it';
  const about = engagementColumns.has(column) ? 'engagement' : 'fit';
  const own = ownColumns.has(column);
  // Where it came from is named by a file or a form.
  const ours = own && column !== 'source';
  const name = own ? column : `“${column}”`;
  const value =
    cell === '' ? 'not known' : engagementColumns.has(column) ? String(Number(Number(cell).toFixed(1))) : cell;
  const odds = `×${Math.exp(weight).toFixed(weight < -2 ? 2 : 1)}`;
  const text = `${name}: ${value} (${odds}, ${sense})`;
  return { column, about, weight, text, bare: ours ? text : `${name} (${odds}, ${sense})` };
}

/** 0…100: how many of the 101 marks lie below, equal ones counting half. */
function rankOf(marks: readonly number[], value: number): number {
  const below = marks.filter((mark) => mark < value).length;
  const same = marks.filter((mark) => mark === value).length;
  const share = (below + same / 2) / Math.max(1, marks.length);
  return Math.round(100 * share);
}
