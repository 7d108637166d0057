import { krippendorffAlpha } from '../statistics/krippendorff-alpha.ts';
import { specificAgreement } from '../statistics/specific-agreement.ts';
import { type Grade, grades } from './check.ts';

/** What two people said of one draft, neither knowing the other's answer; null where one's answer can't be graded. */
export type Double = readonly [Grade | null, Grade | null];

export type Agreement = {
  doubles: number;
  /** Krippendorff's α, ordinal; null where there is nothing to compare, or everybody always said the same. */
  alpha: number | null;
  /** Of the times one rejected, the share in which the other did too; null when nobody did. */
  onRejections: number | null;
};

const ENOUGH = 50;
/** Below this the guideline needs work, not the people: labels are too noisy to certify anything. */
const TOO_LOW = 0.67;

export function agreementOf(doubles: readonly Double[]): Agreement {
  const both = doubles.filter(([first, second]) => first !== null && second !== null);
  const units = both.map((pair) => pair.map((grade) => (grade === null ? null : grades.indexOf(grade))));
  return {
    doubles: both.length,
    alpha: krippendorffAlpha(units, 'ordinal'),
    onRejections: specificAgreement(units, grades.indexOf('reject')),
  };
}

export function agreesTooLittle({ doubles, alpha }: Agreement): boolean {
  return doubles >= ENOUGH && alpha !== null && alpha < TOO_LOW;
}
