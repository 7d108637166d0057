import { checkFinite } from './argument-checks.ts';
import type { Ratings } from './krippendorff-alpha.ts';

/**
 * Of all the times a reviewer said `value` (reject, say) where another judged the same unit, the share in which that other said
 * it too; with two reviewers 2a/(2a + b + c). To be printed next to κ and α, which collapse when rejections are rare. Units
 * with fewer than two values are left out. null when nobody said it. RangeError for values that are not finite.
 * Source: Cicchetti & Feinstein (1990); several reviewers: Fleiss (1981), Statistical methods for rates and proportions, 13.
 */
export function specificAgreement(units: Ratings, value: number): number | null {
  checkFinite('value', value);
  let agreeing = 0;
  let possible = 0;
  for (const unit of units) {
    const given = unit.filter((rating) => rating !== null);
    for (const rating of given) checkFinite('rating', rating);
    if (given.length < 2) continue;
    const same = given.filter((rating) => rating === value).length;
    agreeing += (same * (same - 1)) / (given.length - 1);
    possible += same;
  }
  return possible === 0 ? null : agreeing / possible;
}
