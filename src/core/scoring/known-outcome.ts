import { counted } from '../data-quality/placeholders.ts';

const YES = /^(?:1(?:\.0+)?|y|yes|true|t|won|closed[ -]?won|converted|customer|success|ja|oui|s[ií])$/i;

export type Outcomes =
  | { ok: true /** null where it is not known. */; converted: Array<boolean | null>; yes: string }
  | { ok: false; problem: string };

/**
 * Which leads converted, from the column that says so: two values, one of which reads as yes, or the one named as `positive`.
 * A blank is an outcome that is not known.
 */
export function readOutcomes(cells: readonly string[], column: string, positive: string | null): Outcomes {
  const values = [...counted(cells).keys()];
  const means = (value: string): boolean =>
    positive === null ? YES.test(value) : value.toLowerCase() === positive.trim().toLowerCase();
  const yes = values.filter(means);
  const shown = values.slice(0, 5).join(', ');
  if (yes.length === 0)
    return {
      ok: false,
      problem:
        positive === null
          ? `No value of “${column}” reads as yes (${shown}). Name it with --positive VALUE`
          : `“${column}” never says ${positive} (${shown})`,
    };
  if (positive === null && values.length !== 2)
    return {
      ok: false,
      problem: `“${column}” has ${values.length} values (${shown}), not two. Name the one that means converted with --positive VALUE`,
    };
  return {
    ok: true,
    converted: cells.map((cell) => (cell.trim() === '' ? null : means(cell.trim()))),
    yes: yes[0] ?? '',
  };
}
