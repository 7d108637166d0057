import { describe, expect, test } from 'vitest';
import { evaluateLeads, type Evaluation, type EvaluationOptions } from '../../../src/core/scoring/evaluate-leads.ts';
import { evaluationJson, evaluationWords } from '../../../src/core/scoring/evaluation-words.ts';
import { splitRows } from '../../../src/core/scoring/split.ts';
import { trapTable } from './trap-table.ts';

const options: EvaluationOptions = {
  target: 'signed',
  positive: null,
  seed: 1,
  activity: null,
  keep: [],
  leaveOut: [],
};

function evaluate(columns: ReadonlyMap<string, readonly string[]>, more: Partial<EvaluationOptions> = {}): Evaluation {
  const answer = evaluateLeads(columns, { ...options, ...more });
  if (!answer.ok) throw new Error(answer.problem);
  return answer.evaluation;
}

const table = trapTable(3_000);
const found = evaluate(table);

describe('a table of leads with every trap', () => {
  test('shows each column that knows the outcome, with the sign that gave it away', () => {
    expect(Object.fromEntries(found.leaking.map(({ column, sign }) => [column, sign]))).toEqual({
      call_log: 'too_good',
      gut_feeling: 'too_good',
      invoice_no: 'filled_by_outcome',
      vendorRating: 'rating',
      vendor_band: 'filled_together',
    });
  });

  test('shows placeholders, columns that never differ, and numbers of single leads', () => {
    expect(found.placeholders.map(({ column, value }) => [column, value])).toEqual(
      expect.arrayContaining([
        ['industry', '-- Choose one --'],
        ['industry', 'Choose one'],
      ]),
    );
    expect(found.constant).toEqual(['consent_text', 'fax']);
    expect(found.ids).toEqual(['record']);
  });

  test('shows which column tells what happened last, and says so among the questions', () => {
    expect(found.activity).toEqual({ columns: ['latest_touch'], by: 'rule' });
    expect(found.suspicious.find(({ column }) => column === 'latest_touch')?.sign).toBe('overwritten');
  });

  test('gives a score that ranks and states chances that hold, better than any simple way', () => {
    expect(found.all.auc).toBeGreaterThan(0.74);
    expect(found.all.auc).toBeLessThan(0.86);
    expect(found.all.ece).toBeLessThan(0.06);
    expect(found.all.brier).toBeLessThan(found.baselines.brier);
    expect(found.all.auc).toBeGreaterThan(found.baselines.bestColumn.auc);
    expect(found.all.auc).toBeGreaterThan(found.withoutActivity.auc);
    expect(found.all.interval.lo).toBeLessThan(found.all.auc);
  });

  test('explains what moves the score by the columns that made the outcome', () => {
    expect(
      found.influences
        .slice(0, 3)
        .map(({ column }) => column)
        .toSorted(),
    ).toEqual(['company_size', 'latest_touch', 'minutes_on_site']);
    expect(found.influences.find(({ column }) => column === 'company_size')?.raises?.label).toBe('over 500');
    expect(found.influences.find(({ column }) => column === 'latest_touch')?.raises?.label).toBe('Email Clicked');
  });
});

describe('an honest evaluation', () => {
  test('looks at the outcomes it is tried on only to measure: turned round, what it learned and left out stays the same', () => {
    const rows = (table.get('signed') ?? []).map((_, row) => row);
    const tried = new Set(splitRows(rows, 0.7, options.seed).test);
    expect(tried.size).toBe(found.rows.test);
    const turned = new Map(table);
    turned.set(
      'signed',
      rows.map((row) => ((table.get('signed')?.[row] === 'yes') === tried.has(row) ? 'no' : 'yes')),
    );
    const again = evaluate(turned);
    const learned = ({ leaking, suspicious, activity, l2, influences, baselines }: Evaluation) => ({
      leaking,
      suspicious,
      activity,
      l2,
      influences,
      points: baselines.points.columns,
      best: baselines.bestColumn.column,
    });
    expect(learned(again)).toEqual(learned(found));
    expect(again.all.auc).toBeCloseTo(1 - found.all.auc, 10);
  });

  test('draws another part to learn from with another seed, and the same with the same', () => {
    expect(evaluate(table)).toEqual(found);
    expect(evaluate(table, { seed: 2 }).all.auc).not.toBe(found.all.auc);
  });

  test('finds nothing where there is nothing: outcomes drawn by a coin', () => {
    const coin = new Map(trapTable(1_500));
    const other = trapTable(1_500, 99).get('signed') ?? [];
    coin.set('signed', other);
    const nothing = evaluate(coin);
    expect(nothing.leaking).toEqual([]);
    expect(nothing.all.interval.lo).toBeLessThan(0.5);
    expect(nothing.all.auc).toBeLessThan(0.58);
  });

  test('uses a column that people insist on, and leaves out those they name', () => {
    const kept = evaluate(table, { keep: ['gut_feeling'], leaveOut: ['company_size'] });
    expect(kept.leaking.map(({ column }) => column)).not.toContain('gut_feeling');
    expect(kept.influences[0]?.column).toBe('gut_feeling');
    expect(kept.influences.map(({ column }) => column)).not.toContain('company_size');
  });
});

describe('what is told', () => {
  test('has the keys that programs read', () => {
    const json = evaluationJson(found);
    expect(json).toMatchObject({
      auc: found.all.auc,
      aucWithoutActivity: found.withoutActivity.auc,
      ece: found.all.ece,
      brier: found.all.brier,
      leaking: found.leaking.map(({ column }) => column),
      constant: ['consent_text', 'fax'],
      placeholders: found.placeholders,
    });
  });

  test('says in words what was left out and why', () => {
    const text = evaluationWords('leads.csv', found);
    expect(text).toMatch(/invoice_no +whether it is filled in gives the outcome away/);
    expect(text).toContain('filled in for exactly the same leads as “vendorRating”');
    expect(text).toMatch(/learned score, all columns +0\.\d{3}/);
    expect(text).toContain('Same for everybody: consent_text, fax.');
  });
});

describe('a table that nothing can be learned from', () => {
  test.for([
    ['a target that is not there', { target: 'sold' }, 'There is no column “sold”'],
    ['a target with many values', { target: 'industry', positive: null }, 'No value of “industry” reads as yes'],
    ['a value that never stands there', { positive: 'perhaps' }, '“signed” never says perhaps'],
  ] as const)('is refused with a reason: %s', ([, more, problem]) => {
    const answer = evaluateLeads(table, { ...options, ...more });
    expect(answer).toMatchObject({ ok: false, problem: expect.stringContaining(problem) as string });
  });

  test('is refused when too few leads converted', () => {
    expect(evaluateLeads(trapTable(60), options)).toMatchObject({
      ok: false,
      problem: expect.stringMatching(/^Of 60 leads with a known outcome \d+ converted; it takes at least 50/) as string,
    });
  });
});
