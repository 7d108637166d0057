import type { Brake } from './policy-state.ts';

/** `id` is the decision's for what happens to a decision, else its own; `at` is ms since 1970, business time. */
type Stamp = { id: string; at: number };
/** `epoch` is the one that was running when the decision was made; evidence of another one is not counted. */
type OfDecision = Stamp & { epoch: number; risk: number | null; segments: readonly string[] };
type ByPerson = Stamp & { by: string; reason: string };

/** A decision was made. `eligible` and `q` as `placeDecision` gave them, unless something else sent it to people. */
export type Decided = OfDecision & { type: 'decided'; eligible: boolean };

/**
 * A person's verdict that counts as evidence. Not for timeouts, nor for hasty, batched or own approvals: who emits it filters.
 * `loss` 0 (as is, minor edit) to 1 (major edit, rejected). `q` only for a spot check: the probability it was drawn with.
 */
export type Labelled = OfDecision & {
  type: 'labelled';
  loss: number;
  critical: boolean;
  q: number | null;
  /** What was wrong, as a person reads it. */
  reason: string | null;
};

/** Harm that came late, or an undo. `before` is the loss that counted so far, null where the decision had no label. */
export type Relabelled = OfDecision & {
  type: 'relabelled';
  before: number | null;
  loss: number;
  critical: boolean;
  /** Nobody had looked at it. */
  automatic: boolean;
  reason: string | null;
};

export type PolicyEvent =
  | Decided
  | Labelled
  | Relabelled
  /** No threshold above `tau`; 1 takes the cap away. */
  | (ByPerson & { type: 'capped'; tau: number })
  | (ByPerson & { type: 'frozen' })
  | (ByPerson & { type: 'unfrozen' })
  | (ByPerson & { type: 'reset' })
  /** To a rung below: lowered by a person, as an undone raise. To one above: set by a person, not earned. */
  | (ByPerson & { type: 'restored'; rung: number })
  | (ByPerson & { type: 'mode_set'; proposeOnly: boolean })
  /** `without`: who agreed before and may not decide any more; that agreement is void. */
  | (ByPerson & { type: 'raise_confirmed'; epoch: number; rung: number; without: string | null })
  | (ByPerson & { type: 'raise_declined'; epoch: number; rung: number })
  /** What makes the proposals (model, prompt, the step's words) and what scores them. Another one: another epoch. */
  | (Stamp & { type: 'version_seen'; system: string; scorer: string })
  | (Stamp & { type: 'brake_set'; brake: Brake; on: boolean; reason: string })
  /** π_L, 0…1, or null while there are too few seeded checks. */
  | (Stamp & { type: 'catch_rate_set'; lower: number | null });

/** The order in which events that are applied together count: by time, then by id. */
export function inOrder<E extends Stamp>(events: readonly E[]): E[] {
  return events.toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}
