import { cut } from '../lead-values.ts';
import type { Effect } from './influences.ts';
import type { Evaluation, Quality } from './evaluate-leads.ts';

const INFLUENCES_SHOWN = 12;
const PLACEHOLDERS_SHOWN = 12;

const three = (value: number): string => value.toFixed(3);
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const number = (value: number): string => value.toLocaleString('en-US');
const label = (text: string): string => (text === '' ? '(blank)' : cut(text, 34));
const range = ({ interval }: Pick<Quality, 'interval'>): string => `${three(interval.lo)}–${three(interval.hi)}`;

/** The keys that programs read; everything a person is told, too. */
export function evaluationJson(evaluation: Evaluation): Record<string, unknown> {
  const { all, withoutActivity, withoutSuspicious, leaking, ...rest } = evaluation;
  return {
    auc: all.auc,
    aucInterval: all.interval,
    aucWithoutActivity: withoutActivity.auc,
    aucWithoutActivityInterval: withoutActivity.interval,
    aucWithoutSuspicious: withoutSuspicious?.auc ?? null,
    ece: all.ece,
    eceWithoutActivity: withoutActivity.ece,
    brier: all.brier,
    brierWithoutActivity: withoutActivity.brier,
    leaking: leaking.map(({ column }) => column),
    leakingBecause: leaking,
    ...rest,
  };
}

/** What a marketing person wants to know, most important first. */
export function evaluationWords(fileName: string, evaluation: Evaluation): string {
  return [
    ...opening(fileName, evaluation),
    ...resultLines(evaluation),
    ...leftOut(evaluation),
    ...suspicionLines(evaluation),
    ...influenceLines(evaluation),
    '',
  ].join('\n');
}

function opening(fileName: string, { rows, baseRate, target, yes, seed }: Evaluation): string[] {
  const unknown = rows.unknown > 0 ? `, ${number(rows.unknown)} more without an outcome were left aside` : '';
  const sampled = rows.used < rows.known ? `; ${number(rows.used)} of them, drawn by chance, are used` : '';
  return [
    `${fileName}: ${number(rows.known)} leads whose outcome is known (“${target}” = ${yes} means converted)${unknown}${sampled}.`,
    `Learned on ${number(rows.learn)} of them, drawn by chance (seed ${seed}); everything below was measured on the other ${number(rows.test)},`,
    `which the score never saw. ${percent(baseRate.test)} of those converted.`,
    '',
  ];
}

function resultLines({
  all,
  withoutActivity,
  withoutSuspicious,
  baselines,
  activity,
  reliability,
}: Evaluation): string[] {
  const row = (name: string, area: string, between: string, brier: string, ece: string): string =>
    `  ${name.padEnd(44)} ${area.padStart(6)}  ${between.padEnd(12)} ${brier.padStart(6)} ${ece.padStart(6)}`;
  const of = (name: string, quality: Quality): string =>
    row(name, three(quality.auc), range(quality), three(quality.brier), three(quality.ece));
  const how =
    activity.by === 'hand' ? 'named with --activity' : 'found by rule: their names or values say what happened last';
  return [
    'HOW GOOD IT IS',
    row('', 'AUC', '95 % between', 'Brier', 'ECE'),
    of('learned score, all columns', all),
    of('learned score, without activity columns', withoutActivity),
    ...(withoutSuspicious === null ? [] : [of('… and without columns whose blanks tell', withoutSuspicious)]),
    of(`only “${cut(baselines.bestColumn.column, 36)}”`, baselines.bestColumn),
    row(
      `points by hand (${baselines.points.columns.length} columns)`,
      three(baselines.points.auc),
      range(baselines.points),
      '–',
      '–',
    ),
    row('everybody the average', '0.500', '', three(baselines.brier), '–'),
    '',
    '  AUC: the chance that a lead who converts is ranked above one who does not; 0.5 is a coin, 1 is perfect.',
    '  Brier: how far the stated chances are from what came; 0 is perfect. ECE: of leads said to convert at 30 %, how far from',
    '  30 % is the share that does; 0 is perfect.',
    `  Activity columns (${how}): ${activity.columns.join(', ') || 'none'}.`,
    '',
    '  Stated chance      leads   converted',
    ...reliability.map(
      ({ forecast, count, outcome }) =>
        `  ${percent(forecast).padStart(12)} ${number(count).padStart(10)} ${percent(outcome).padStart(11)}`,
    ),
    '',
  ];
}

function leftOut({ leaking, constant, nearlyConstant, ids, placeholders, leftOutByHand }: Evaluation): string[] {
  const wide = Math.max(0, ...leaking.map(({ column }) => column.length));
  const more = placeholders.length - PLACEHOLDERS_SHOWN;
  return [
    'WHAT WAS LEFT OUT',
    leaking.length === 0
      ? '  No column seems to know the outcome.'
      : '  Columns that know the outcome (for a lead whose sale is ahead they say nothing; use one all the same with --keep NAME):',
    ...leaking.map(({ column, why }) => `    ${column.padEnd(wide)}  ${why}`),
    `  Same for everybody: ${constant.join(', ') || 'none'}.`,
    `  Same for all but a few (kept, but they can add nothing): ${nearlyConstant.join(', ') || 'none'}.`,
    `  Numbers or names of single leads: ${ids.join(', ') || 'none'}.`,
    ...(leftOutByHand.length === 0 ? [] : [`  Left out by hand: ${leftOutByHand.join(', ')}.`]),
    placeholders.length === 0 ? '  No placeholders were found.' : '  Placeholders, counted as “nobody answered”:',
    ...placeholders
      .slice(0, PLACEHOLDERS_SHOWN)
      .map(
        ({ column, value, count, share }) => `    “${value}” in ${column}: ${number(count)} leads (${percent(share)})`,
      ),
    ...(more > 0 ? [`    and ${more} more`] : []),
    '',
  ];
}

function suspicionLines({ suspicious }: Evaluation): string[] {
  if (suspicious.length === 0) return [];
  return [
    'WORTH ASKING ABOUT (kept; leave one out with --leave-out NAME)',
    ...suspicious.map(({ column, why }) => `  ${column}: ${why}.`),
    '',
  ];
}

function influenceLines({ influences }: Evaluation): string[] {
  const told = ({ label: text, odds }: Effect): string =>
    `${label(text)} ×${odds >= 10 ? odds.toFixed(0) : odds.toFixed(odds < 0.1 ? 2 : 1)}`;
  return [
    'WHAT MOVES THE SCORE (how a value multiplies the odds of converting, all else the same, against an average lead)',
    ...influences
      .slice(0, INFLUENCES_SHOWN)
      .map(({ column, raises, lowers }) =>
        `  ${cut(column, 45).padEnd(46)} ${(raises === null ? '–' : told(raises)).padEnd(40)} ${lowers === null ? '–' : told(lowers)}`.trimEnd(),
      ),
  ];
}
