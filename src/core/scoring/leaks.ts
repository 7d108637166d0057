import { chiSquareSurvival } from '../statistics/chi-square.ts';
import { wilson } from '../statistics/wilson.ts';
import { aloneAuc, type Group, grouping, groupsOf } from './groups.ts';
import type { TableColumn } from './lead-table.ts';

/** By which sign a column was taken for one that knows the outcome. */
export type LeakSign =
  | 'too_good'
  | 'settles'
  | 'filled_by_outcome'
  | 'opinion'
  | 'rating'
  | 'filled_together'
  /** Of our own leads, where it is known when a value was set. */
  | 'set_after'
  /** Of our own leads: holds what happened last, which the events tell with their times. */
  | 'overwritten';
export type Leak = { column: string; sign: LeakSign; why: string };

/** A column with what it tells about the outcome, both of the leads to learn from only. */
export type Judged = { column: TableColumn; groups: Group[]; alone: number | null };

/** No honest single fact about a lead tells buyers from others that well. */
const TOO_GOOD = 0.85;
/** A group that is decided: nearly all or nearly none converted, and not by chance. */
const DECIDED = 0.93;
const DECIDED_LEADS = 12;
const DECIDED_ODDS = 4;
/** Share of all conversions (or of all others) that may stand in groups with (nearly) only those. */
const MOST_CERTAIN = 0.97;
const CERTAIN_SHARE = 0.3;
const ONLY_FILLED = 0.98;
const FILL_LEADS = 30;
const OPINION_SHARE = 0.4;
/** Chance of such a difference between groups that do not differ. */
const BY_CHANCE = 0.001;
const SAME_ROWS = 0.995;

/** Grades: 01.High, Low in relevance, Worst, Might be, Not sure. */
const GRADE =
  /^\W*\d*\W*(?:very |quite )?(?:high|medium|mid|low|hot|warm|cold|good|fair|bad|poor|worst|best|strong|weak|excellent|might be|may ?be|not sure|unlikely|likely)\b/i;
/** What sales writes about a lead. */
const VERDICT =
  /\b(?:potential|qualified|unqualified|junk|dead|other|good|bad|hot|cold|warm|lost|serious) (?:leads?|prospects?|deals?|opportunit(?:y|ies))\b|\bnot (?:interested|eligible|qualified|a fit)\b|\b(?:closed|lost|won)\b|\bno (?:answer|budget|interest)\b|\b(?:wrong|invalid) (?:number|contact|address)\b|\b(?:will|to) (?:revert|call back|follow up)\b|\bcall ?back\b|\b(?:ringing|voice ?mail|switched off|hang ?up|hung up)\b|\balready (?:a|an|our) /i;
const RATING_NAME =
  /\b(?:scores?|index|indices|grade|rating|rank|ranking|quality|probability|likelihood|propensity|disposition|verdict)\b/i;

/** @param converted of the same rows as the column's cells; rows in an order that means nothing. */
export function judgeColumn(column: TableColumn, converted: readonly boolean[]): Judged {
  const labels = column.cells.map(grouping(column));
  return { column, groups: groupsOf(labels, converted), alone: aloneAuc(labels, converted) };
}

/**
 * Columns that know the outcome: filled in or changed because of it, so that a score built on them is worth nothing for a lead whose
 * sale is still ahead. Six signs, none of which knows the name of a column beforehand; docs/lead-scoring.md states them. Looks only at
 * the rows it is given, which must be those to learn from.
 */
export function findLeaks(judged: readonly Judged[]): Leak[] {
  const own = judged.flatMap((one) => {
    const found = leakOf(one);
    return found === null ? [] : [{ ...found, column: one.column.name }];
  });
  const names = new Set(own.map(({ column }) => column));
  const leaking = judged.filter(({ column }) => names.has(column.name));
  const together = judged.flatMap((one): Leak[] => {
    if (names.has(one.column.name) || one.column.kind === 'id') return [];
    const partner = leaking.find((other) => sameRows(one.column, other.column));
    return partner === undefined
      ? []
      : [
          {
            column: one.column.name,
            sign: 'filled_together',
            why: `filled in for exactly the same leads as “${partner.column.name}”, so by the same hand at the same time`,
          },
        ];
  });
  return [...own, ...together];
}

type Found = Omit<Leak, 'column'>;

function leakOf(one: Judged): Found | null {
  return filledByOutcome(one) ?? (one.column.kind === 'id' ? null : (tooGood(one) ?? settles(one) ?? opinion(one)));
}

const percent = (share: number): string => {
  const rounded = Math.round(share * 100);
  return `${rounded === 100 && share < 1 ? 'over 99' : rounded === 0 && share > 0 ? 'under 1' : rounded} %`;
};
const rate = ({ converted, leads }: Group): number => converted / leads;
const named = ({ label, converted, leads }: Group): string =>
  `“${label}” (${leads} leads, ${percent(converted / leads)} converted)`;

function totals(groups: readonly Group[]): { leads: number; converted: number } {
  return {
    leads: groups.reduce((sum, { leads }) => sum + leads, 0),
    converted: groups.reduce((sum, { converted }) => sum + converted, 0),
  };
}

/** Filled in (or left blank) for one outcome only. */
function filledByOutcome({ groups }: Judged): Found | null {
  const blank = groups.find(({ label }) => label === '');
  const all = totals(groups);
  if (blank === undefined) return null;
  const filled = { label: 'filled in', leads: all.leads - blank.leads, converted: all.converted - blank.converted };
  if (Math.min(filled.leads, blank.leads) < FILL_LEADS) return null;
  const [f, b] = [rate(filled), rate(blank)];
  const side = (group: Group): boolean => decided(group, all, ONLY_FILLED) !== null;
  if (!side(filled) && !side(blank)) return null;
  return {
    sign: 'filled_by_outcome',
    why: `whether it is filled in gives the outcome away: ${percent(f)} of the leads with it converted, ${percent(b)} of those without`,
  };
}

function tooGood({ groups, alone }: Judged): Found | null {
  if (alone !== null && alone >= TOO_GOOD)
    return {
      sign: 'too_good',
      why: `implausibly good: this column alone ranks buyers before others with AUC ${alone.toFixed(2)}`,
    };
  const all = totals(groups);
  const answered = groups.filter(({ label, leads }) => label !== '' && leads >= DECIDED_LEADS);
  const yes = totals(answered.filter((group) => rate(group) >= MOST_CERTAIN)).converted / Math.max(1, all.converted);
  const low = totals(answered.filter((group) => rate(group) <= 1 - MOST_CERTAIN));
  const no = (low.leads - low.converted) / Math.max(1, all.leads - all.converted);
  if (yes < CERTAIN_SHARE && no < CERTAIN_SHARE) return null;
  return {
    sign: 'too_good',
    why:
      yes >= CERTAIN_SHARE
        ? `${percent(yes)} of all buyers stand in values that nobody but buyers has`
        : `${percent(no)} of those who did not buy stand in values that buyers never have`,
  };
}

/** Whether a group is all but decided, beyond what chance does to a small one. */
function decided(group: Group, all: { leads: number; converted: number }, share: number): 'yes' | 'no' | null {
  if (group.leads < DECIDED_LEADS || all.converted === 0 || all.converted === all.leads) return null;
  const odds = (p: number): number => p / (1 - p);
  const base = odds(all.converted / all.leads);
  const { lo, hi } = wilson(group.converted, group.leads);
  if (rate(group) >= share && odds(lo) >= DECIDED_ODDS * base) return 'yes';
  return rate(group) <= 1 - share && odds(hi) <= base / DECIDED_ODDS ? 'no' : null;
}

/** A fact about a lead may decide one way; one that decides both ways is what somebody noted about the sale. */
function settles({ column, groups }: Judged): Found | null {
  if (column.kind === 'number') return null;
  const all = totals(groups);
  const ends = groups
    .filter(({ label }) => label !== '')
    .map((group) => ({ group, end: decided(group, all, DECIDED) }));
  const yes = ends.find(({ end }) => end === 'yes')?.group;
  const no = ends.find(({ end }) => end === 'no')?.group;
  if (yes === undefined || no === undefined) return null;
  return { sign: 'settles', why: `its values decide the sale both ways: ${named(yes)}, ${named(no)}` };
}

/** Somebody's judgement of the lead: words of praise and verdict, or a rating by its name; only where it tells something. */
function opinion({ column, groups }: Judged): Found | null {
  if (!tells(groups)) return null;
  const answered = groups.filter(({ label }) => label !== '');
  const verdicts = answered.filter(({ label }) => GRADE.test(label) || VERDICT.test(label));
  const { leads } = totals(answered);
  if (column.kind !== 'number' && leads > 0 && totals(verdicts).leads >= OPINION_SHARE * leads) {
    const examples = verdicts.slice(0, 3).map(({ label }) => `“${label}”`);
    return {
      sign: 'opinion',
      why: `a judgement of the lead, which people and systems correct as the sale goes on: ${examples.join(', ')}`,
    };
  }
  const word = RATING_NAME.exec(spaced(column.name))?.[0];
  return word === undefined
    ? null
    : { sign: 'rating', why: `a rating by its name (“${word}”), which people and systems correct as the sale goes on` };
}

/** leadScore, lead_score → lead score. */
export function spaced(name: string): string {
  return name.replaceAll(/[_.-]+/g, ' ').replaceAll(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ');
}

/** Whether its groups convert more differently than chance would have it (Pearson's χ²); small groups are taken together. */
function tells(groups: readonly Group[]): boolean {
  const all = totals(groups);
  const base = all.converted / all.leads;
  if (base === 0 || base === 1) return false;
  const large = groups.filter(({ leads }) => leads * Math.min(base, 1 - base) >= 5);
  const { leads, converted } = totals(large);
  const rest = { label: '', leads: all.leads - leads, converted: all.converted - converted };
  const compared = rest.leads > 0 ? [...large, rest] : large;
  if (compared.length < 2) return false;
  const x = compared.reduce(
    (sum, group) => sum + (group.converted - group.leads * base) ** 2 / (group.leads * base * (1 - base)),
    0,
  );
  return chiSquareSurvival(x, compared.length - 1) < BY_CHANCE;
}

function sameRows(a: TableColumn, b: TableColumn): boolean {
  const blanks = a.cells.filter((cell) => cell === '').length / a.cells.length;
  if (blanks < 0.05 || blanks > 0.95) return false;
  const same = a.cells.filter((cell, row) => (cell === '') === (b.cells[row] === '')).length;
  return same >= SAME_ROWS * a.cells.length;
}
