import type { Judged } from './leaks.ts';

/** A column that was kept though something about it is odd; for people to judge. */
export type Suspicion = {
  column: string;
  sign: 'blank_tells' | 'strong' | 'nearly_certain' | 'overwritten';
  why: string;
};

const BLANK_SHARE = 0.05;
const BLANK_ODDS = 3;
const STRONG = 0.7;
const CERTAIN = 0.9;
const CERTAIN_LEADS = 30;

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** @param judged the columns that were kept, of the leads to learn from. @param activity those that tell what last happened. */
export function findSuspicions(judged: readonly Judged[], activity: readonly string[]): Suspicion[] {
  return judged.flatMap((one): Suspicion[] => {
    const { column, alone } = one;
    if (column.kind === 'id') return [];
    const blank = blankTells(one);
    const certain = nearlyCertain(one);
    return [
      ...(activity.includes(column.name)
        ? [
            {
              column: column.name,
              sign: 'overwritten' as const,
              why: 'tells what happened last, which may be after the sale; that is why the result is given with and without it',
            },
          ]
        : []),
      ...(blank === null ? [] : [{ column: column.name, sign: 'blank_tells' as const, why: blank }]),
      ...(alone !== null && alone >= STRONG
        ? [
            {
              column: column.name,
              sign: 'strong' as const,
              why: `strong by itself (AUC ${alone.toFixed(2)}), but not more than an honest fact can be`,
            },
          ]
        : []),
      ...(certain === null ? [] : [{ column: column.name, sign: 'nearly_certain' as const, why: certain }]),
    ];
  });
}

function blankTells({ groups }: Judged): string | null {
  const leads = groups.reduce((sum, group) => sum + group.leads, 0);
  const bought = groups.reduce((sum, group) => sum + group.converted, 0);
  const blank = groups.find(({ label }) => label === '');
  if (blank === undefined || Math.min(blank.leads, leads - blank.leads) < BLANK_SHARE * leads) return null;
  const without = blank.converted / blank.leads;
  const filled = (bought - blank.converted) / (leads - blank.leads);
  const odds = (share: number): number => (share + 1e-6) / (1 - share + 1e-6);
  const ratio = odds(filled) / odds(without);
  if (ratio < BLANK_ODDS && ratio > 1 / BLANK_ODDS) return null;
  return `blank for ${percent(blank.leads / leads)} of the leads, of whom ${percent(without)} converted, against ${percent(filled)} of the others; ask whether it was asked before the sale or noted during it`;
}

function nearlyCertain({ groups }: Judged): string | null {
  const sure = groups.filter(
    ({ label, leads, converted }) => label !== '' && leads >= CERTAIN_LEADS && converted / leads >= CERTAIN,
  );
  return sure.length === 0
    ? null
    : `nearly everybody with ${sure
        .map(({ label, leads, converted }) => `“${label}” converted (${percent(converted / leads)} of ${leads})`)
        .join(', with ')}: ask whether people come there only when they have decided`;
}
