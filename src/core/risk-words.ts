import type { Kind } from './kinds/kind.ts';
import { rulesOf } from './kinds/rules.ts';
import { featureCodes } from './risk-features.ts';
import { FAILURES_NEEDED, LABELS_NEEDED, type Learning, type NotLearned, type RiskReport } from './risk-model.ts';

/** What came of learning a risk, for people: what was compared, and what it means. */
export function learningWords(kind: Kind, learning: Learning): string {
  const noun = rulesOf(kind).label;
  if (!learning.ok) {
    const numbers = learning.report === null ? '' : ` ${comparison(learning.report)}`;
    return `The risk of each ${noun} is scored as before: ${because[learning.because]}.${numbers}`;
  }
  const [learned, compared, , begins] = learningLines(kind, learning);
  return `${learned} ${compared} ${begins}`;
}

const STRONGEST = 4;

/** The same of a risk that is in use from now on, a sentence or two an entry, and what it rests on. */
export function learningLines(
  kind: Kind,
  { model, report }: Extract<Learning, { ok: true }>,
): [learned: string, compared: string, changed: string, begins: string] {
  const strongest = featureCodes
    .map((code, i) => ({ code, weight: Math.abs(model.logistic.weights[i] ?? 0) }))
    .toSorted((a, b) => b.weight - a.weight)
    .slice(0, STRONGEST)
    .filter(({ weight }) => weight > 0)
    .map(({ code }) => code.replaceAll('_', ' '));
  return [
    `The risk of each ${rulesOf(kind).label} is now learned from ${report.labels} decisions of people (${report.failures} stopped).`,
    comparison(report),
    `What changed: the scorer is new; what moves it most: ${strongest.join(', ')}.`,
    'Every step with such decisions begins anew with its next one: nothing is approved without asking until it has earned it again.',
  ];
}

const because: Record<NotLearned, string> = {
  too_few: `to learn it takes ${LABELS_NEEDED} judged decisions`,
  too_few_failures: `to learn it takes ${FAILURES_NEEDED} decisions that people stopped`,
  too_few_to_test: 'there are too few recent decisions to try it on',
  not_better: 'what was learned tells good from bad no better',
  one_class: 'all that could be learned from came out the same',
  singular: 'nothing that is known of the decisions tells them apart',
  iterations: 'no stable answer was found',
};

function comparison({ tested, before, after }: RiskReport): string {
  const two = (number: number | null) => (number === null ? 'unknown' : number.toFixed(2));
  return (
    `On the latest ${tested.labels} (${tested.failures} stopped), which it had not seen: ` +
    `AUC ${two(before.auc)} before, ${two(after.auc)} after (higher is better); ` +
    `Brier score ${before.brier.toFixed(3)} before, ${after.brier.toFixed(3)} after (lower is better).`
  );
}
