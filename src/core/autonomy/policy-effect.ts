import type { Brake } from './policy-state.ts';

/** A rung with its numbers: τ, and the share of this epoch's decisions up to it (0…1). */
export type Rung = { rung: number; tau: number; share: number };

/** What a raise stands on: the labels up to the next rung, and what they certify. */
export type RaiseNumbers = {
  from: Rung;
  to: Rung;
  labels: number;
  losses: number;
  /** Upper limit of the rate at which reviewers would stop these, at `confidence` = 1 − δ_e. */
  upper: number;
  confidence: number;
  eps: number;
  /** π_L, by which ε was corrected; null when it is unknown and the raise stands on the reviewers' word alone. */
  catchRate: number | null;
};

export type AlarmCause = 'alarm' | 'segment' | 'critical';
export type RefusedBecause =
  | 'frozen'
  | 'capped'
  | 'no_such_rung'
  | 'already_there'
  | 'reason_missing'
  | 'no_proposal'
  | 'same_person'
  | 'no_longer_holds';

/** What the policy did: what the notices are made from. */
export type PolicyEffect =
  | { type: 'ladder_drawn'; ladder: number[] }
  | ({ type: 'raised'; confirmedBy: string[] } & RaiseNumbers)
  | ({ type: 'proposed' } & RaiseNumbers)
  | { type: 'proposal_confirmed_once'; rung: number; by: string }
  | { type: 'proposal_withdrawn'; rung: number; by: string | null }
  /** By the policy, to rung 0. */
  | {
      type: 'lowered';
      because: AlarmCause;
      from: Rung;
      to: Rung;
      /** Since S left 0; of the segment where `segment` names one. */
      suspicion: { checks: number; failures: number };
      /** Estimated bad ones that went out in the epoch that ended. */
      leaked: number;
      /** Nothing is raised until a person unfreezes it. */
      frozen: boolean;
      segment: string | null;
      /** What was wrong with the last one. */
      reason: string | null;
      /** The harm came after the verdict. */
      late: boolean;
    }
  /** By a person, to any rung below. */
  | { type: 'lowered'; because: 'cap' | 'person'; from: Rung; to: Rung; by: string; reason: string }
  /** A new epoch on rung 0. */
  | { type: 'restarted'; because: 'recovery'; from: Rung; epoch: number }
  | { type: 'restarted'; because: 'reset'; from: Rung; epoch: number; by: string; reason: string }
  | { type: 'restarted'; because: 'version'; from: Rung; epoch: number; changed: 'system' | 'scorer' }
  | { type: 'tightened'; because: 'failure' | Brake; passesNeeded: number | null; late: boolean; reason: string | null }
  | { type: 'relaxed' }
  | { type: 'frozen'; by: string; reason: string; at: Rung }
  | { type: 'unfrozen'; by: string; reason: string }
  | { type: 'capped'; tau: number; by: string; reason: string }
  | { type: 'uncapped'; by: string; reason: string }
  | { type: 'restored'; from: Rung; to: Rung; by: string; reason: string; earned: boolean }
  | { type: 'earned'; at: Rung; by: string }
  | { type: 'mode_changed'; proposeOnly: boolean; by: string; reason: string }
  | { type: 'refused'; because: RefusedBecause };
