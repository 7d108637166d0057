import {
  CONVERSIONS_NEEDED,
  LEADS_NEEDED,
  type LeadScoreLearning,
  type LeadScoreNotLearned,
  type LeadScoreReport,
} from './lead-score-model.ts';

const because: Record<LeadScoreNotLearned, string> = {
  too_few: `to learn it takes ${LEADS_NEEDED} leads whose outcome is known`,
  too_few_conversions: `to learn it takes ${CONVERSIONS_NEEDED} leads that converted`,
  too_few_to_test: 'too few of the latest leads converted to try it on',
  not_better: 'what was learned tells buyers from others no better',
  no_columns: 'nothing that is known of the leads tells them apart',
  one_class: 'all leads that could be learned from came out the same',
  singular: 'nothing that is known of the leads tells them apart',
  iterations: 'no stable answer was found',
};

const COLUMNS_TOLD = 4;
const LEAKS_TOLD = 5;
/** Change of a column's strength worth a word, in ln odds. */
const CHANGED = 0.1;

/** What came of learning the lead score, for people, a sentence or two an entry: what was compared, what changed, what was left out. */
export function leadScoreWords(learning: LeadScoreLearning): string[] {
  const { report } = learning;
  if (!learning.ok)
    return [
      `Leads are scored as before: ${because[learning.because]}.`,
      ...(report === null ? [] : [comparison(report), ...leftOut(report)]),
    ];
  return [
    `Leads are now scored by what was learned from ${learning.report.leads} own leads, of whom ${learning.report.conversions} converted.`,
    comparison(learning.report),
    ...changes(learning.report),
    ...leftOut(learning.report),
  ];
}

function comparison({ tested, before, after }: LeadScoreReport): string {
  return (
    `On the latest ${tested.leads} leads (${tested.conversions} converted), which it had not seen: ` +
    `AUC ${before.auc.toFixed(2)} before, ${after.auc.toFixed(2)} after (higher is better); ` +
    `Brier score ${before.brier.toFixed(3)} before, ${after.brier.toFixed(3)} after (lower is better).`
  );
}

function changes({ columns }: LeadScoreReport): string[] {
  const strongest = columns.filter(({ now }) => now > 0).slice(0, COLUMNS_TOLD);
  const told =
    strongest.length === 0 ? [] : [`What moves it most: ${strongest.map(({ column }) => column).join(', ')}.`];
  const moved = columns.flatMap(({ column, now, before }) =>
    before === null || Math.abs(now - before) < CHANGED
      ? []
      : [`${column} counts ${before === 0 ? 'now' : now === 0 ? 'no more' : now > before ? 'more' : 'less'}`],
  );
  const first = columns.every(({ before }) => before === null);
  if (first) return [...told, 'Until now leads were scored by fixed rules.'];
  return [
    ...told,
    moved.length === 0
      ? 'No column counts much more or less than before.'
      : `Changed: ${moved.slice(0, 6).join('; ')}.`,
  ];
}

function leftOut({ leaking }: LeadScoreReport): string[] {
  if (leaking.length === 0) return [];
  const told = leaking.slice(0, LEAKS_TOLD).map(({ column, why }) => `${column} (${why})`);
  const more = leaking.length > LEAKS_TOLD ? `; and ${leaking.length - LEAKS_TOLD} more` : '';
  return [`Left out, since they know the outcome: ${told.join('; ')}${more}.`];
}
