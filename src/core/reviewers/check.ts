import type { ReasonCode } from '../decision.ts';
import { editSize } from '../evidence.ts';
import type { EditChange } from '../kinds/kind-rules.ts';

/**
 * A draft that was decided before and stands on a card once more: one that people rejected, one that they approved and that did
 * no harm, or any, for a second person's view. Whatever is answered, nothing is sent.
 */
export const checkTypes = ['known_bad', 'known_good', 'second'] as const;
export type CheckType = (typeof checkTypes)[number];

/** What a verdict says of the draft as the model made it, from worst to best. */
export const grades = ['reject', 'major', 'minor', 'as_is'] as const;
export type Grade = (typeof grades)[number];

export type Graded = {
  verdict: 'approve' | 'edit' | 'reject';
  change: EditChange | null;
  /** The reviewer's answer to "would the original have been OK to send?". */
  originalOk: boolean | null;
};

/** Null where only the reviewer could tell, and did not. */
export function gradeOf({ verdict, change, originalOk }: Graded): Grade | null {
  if (verdict === 'reject') return 'reject';
  if (verdict === 'approve') return 'as_is';
  if (change === null) return null;
  const size = editSize(change);
  if (size !== 'ask') return size;
  return originalOk === null ? null : originalOk ? 'minor' : 'major';
}

/** Whether the draft would have been kept from going out as it was. */
export function stops(grade: Grade): boolean {
  return grade === 'reject' || grade === 'major';
}

/** Whether a verdict stopped the draft, as a loss like any label's: 1 it did, 0 it did not; null where nobody can say. */
export function lossOf(grade: Grade | null): 0 | 1 | null {
  return grade === null ? null : stops(grade) ? 1 : 0;
}

/** Faults that stand on the card itself. What only a reviewer's own knowledge can find (the moment, a phone call) is no fair question. */
const ON_THE_CARD: readonly ReasonCode[] = [
  'wrong_tone',
  'wrong_fact',
  'not_relevant',
  'wrong_person',
  'too_long',
  'legal',
];

/** Whether somebody who sees the card alone can find what was wrong: each reason that was given stands on it. */
export function isFair(reasons: readonly ReasonCode[]): boolean {
  return reasons.length > 0 && reasons.every((reason) => ON_THE_CARD.includes(reason));
}

/** What whoever answered a check is told at once, and nobody else. */
export type CheckReveal = {
  type: CheckType;
  answer: 'stopped' | 'let_through' | 'unclear';
  /** Why people had rejected it. */
  reasons: ReasonCode[];
  note: string | null;
  /** Of a second review: what the first person had said. */
  first: Grade | null;
  /** Where the card stands, as Slack names it; null when it stands nowhere. */
  channel: string | null;
};

/** What everybody sees on the card of a check that is over: what was wrong with it, never who answered or how. */
export type CheckShown = { type: CheckType; reasons: ReasonCode[]; note: string | null };
