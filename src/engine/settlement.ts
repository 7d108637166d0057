import type { Actor, DecisionStatus, SettleRefusal, SettleRequest, Settler } from '../core/decision.ts';
import type { CheckReveal } from '../core/reviewers/check.ts';
import type { decisions, proposalVersions } from '../db/schema.ts';
import type { approvalHash } from './approval-hash.ts';
import type { Lead } from './gather-inputs.ts';

export type SettleInput = {
  decisionId: string;
  actor: Actor;
  via: 'button' | 'modal' | 'cli' | 'gate' | 'clock' | 'system';
  request: SettleRequest;
};

export type SettledBy = { type: Settler; id: string; at: Date; status: DecisionStatus };

export type SettleResult =
  | {
      ok: true;
      decisionId: string;
      status: Exclude<DecisionStatus, 'pending'>;
      messageId: string | null;
      /** It was a card that tests reviews: what whoever answered is told, and nobody else. */
      check?: CheckReveal;
    }
  | { ok: false; refusal: SettleRefusal; settledBy: SettledBy | null; approvers: string[] }
  | { ok: false; refusal: { code: 'unknown_decision'; text: string }; settledBy: null; approvers: [] };

export type Decision = typeof decisions.$inferSelect;
export type Proposal = typeof proposalVersions.$inferSelect;

/** With what was asked of the outside before the transaction began. */
export type SettleInside = SettleInput & {
  allowed: boolean;
  approvers: string[];
  ids: { message: string; verdict: string };
  known: Decision;
};

/** @throws Error for a fixed mail, which was never proposed and has no cell: nothing is learned from it. */
export function cellOf({ id, cellId }: Pick<Decision, 'id' | 'cellId'>): string {
  if (cellId === null) throw new Error(`decision ${id} has no cell`);
  return cellId;
}

export type Locked = { decision: Decision; lead: Lead; proposal: Proposal };

/** What a verdict's hash is computed from. */
export type Subject = Parameters<typeof approvalHash>[0];
