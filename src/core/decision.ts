import type { Finding } from './finding.ts';
import { blocking } from './finding.ts';

export const decisionStatuses = ['pending', 'approved', 'edited', 'rejected', 'expired', 'withdrawn'] as const;
export type DecisionStatus = (typeof decisionStatuses)[number];

/** How a decision ended, and by whom. */
export const settlers = ['person', 'autopilot', 'clock', 'system'] as const;
export type Settler = (typeof settlers)[number];
export type Actor = { type: Settler; id: string };

export const reasonCodes = [
  'wrong_tone',
  'wrong_fact',
  'not_relevant',
  'wrong_timing',
  'wrong_person',
  'too_long',
  'opt_out',
  'legal',
  'other',
  'no_reason',
] as const;
export type ReasonCode = (typeof reasonCodes)[number];

export const reasonLabels: Record<ReasonCode, string> = {
  wrong_tone: 'Wrong tone',
  wrong_fact: 'A fact or claim is wrong',
  not_relevant: 'Not relevant for this lead',
  wrong_timing: 'Wrong moment',
  wrong_person: 'Wrong person or company',
  too_long: 'Too long or unclear',
  opt_out: 'The lead does not want mail',
  legal: 'Legal or compliance',
  other: 'Something else (see note)',
  no_reason: 'No reason given',
};

export function isReasonCode(text: string): text is ReasonCode {
  return (reasonCodes as readonly string[]).includes(text);
}

/** What somebody asks of a pending decision. `version` and `hash` name what they saw. */
export type SettleRequest =
  | { verdict: 'approve'; version: number; hash: string }
  | {
      verdict: 'edit';
      version: number;
      hash: string;
      content: unknown;
      /** Whether the original would have been OK to send; null or left out: not said. */
      originalOk?: boolean | null;
    }
  | {
      verdict: 'reject';
      version: number;
      hash: string;
      reasons: ReasonCode[];
      note: string;
      /** Sending it would have broken a rule. */
      critical?: boolean;
    }
  | { verdict: 'expire' }
  | { verdict: 'withdraw'; reason: string };

export type Verdict = SettleRequest['verdict'];

export type SettleFacts = {
  status: DecisionStatus;
  version: number;
  hash: string;
  hasProposal: boolean;
  /** Whether this actor may decide this kind in this workflow now. */
  mayDecide: boolean;
  /** Guardrails run again on what would be approved: the proposal, or the edited content. */
  findings: readonly Finding[];
  /** The hash of what approval would send, rendered from today's rows; differs when the address or the sender changed. */
  hashNow: string;
  deadlineAt: Date;
};

export type SettleRefusal =
  | { code: 'already_settled'; text: string }
  | { code: 'not_allowed'; text: string }
  | { code: 'stale'; text: string }
  | { code: 'changed_since'; text: string }
  | { code: 'no_proposal'; text: string }
  | { code: 'past_deadline'; text: string }
  | { code: 'blocked'; text: string; findings: Finding[] };

export type SettleAnswer =
  | { ok: true; status: Exclude<DecisionStatus, 'pending'> }
  | { ok: false; refusal: SettleRefusal };

/** The one rule book of the one door: whether this request may settle the decision, and to what. */
export function settle(facts: SettleFacts, request: SettleRequest, actor: Actor, now: Date): SettleAnswer {
  if (facts.status !== 'pending') return refuse('already_settled', 'This was already decided.');
  switch (request.verdict) {
    case 'withdraw':
      return { ok: true, status: 'withdrawn' };
    case 'expire':
      // Only silence past the deadline expires a decision; a timeout is never an approval.
      return now >= facts.deadlineAt
        ? { ok: true, status: 'expired' }
        : refuse('stale', 'Its deadline has not come yet.');
    case 'approve':
    case 'edit':
    case 'reject':
      return settleByVerdict(facts, request, actor, now);
  }
}

function settleByVerdict(
  facts: SettleFacts,
  request: Extract<SettleRequest, { version: number }>,
  actor: Actor,
  now: Date,
): SettleAnswer {
  if (!facts.mayDecide) return refuse('not_allowed', 'You are not an approver for this.');
  if (actor.type === 'clock' || actor.type === 'system')
    throw new Error(`${actor.type} ${actor.id} can't give a verdict`);
  if (request.version !== facts.version || request.hash !== facts.hash)
    return refuse('stale', 'It was changed after this card was shown. Look at the new version first.');
  if (now >= facts.deadlineAt) return refuse('past_deadline', 'Its deadline has passed.');
  if (request.verdict === 'reject') return { ok: true, status: 'rejected' };
  if (request.verdict === 'approve') {
    if (!facts.hasProposal) return refuse('no_proposal', 'There is no draft to approve. Write one, or skip it.');
    if (facts.hashNow !== facts.hash)
      return refuse(
        'changed_since',
        "The lead's name or address, or the sender, was changed after this draft was made: what would be sent is not what this card showed. Open Edit, look at it, and save to approve it as it would go now.",
      );
  }
  const blocked = blocking(facts.findings);
  if (blocked.length > 0)
    return {
      ok: false,
      refusal: {
        code: 'blocked',
        text: `It can't go out as it is: ${blocked.map(({ text }) => text).join(' ')}`,
        findings: blocked,
      },
    };
  return { ok: true, status: request.verdict === 'approve' ? 'approved' : 'edited' };
}

function refuse(code: Exclude<SettleRefusal['code'], 'blocked'>, text: string): SettleAnswer {
  return { ok: false, refusal: { code, text } };
}
