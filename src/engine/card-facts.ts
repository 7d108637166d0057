import type { DecisionStatus, ReasonCode, Settler, Verdict } from '../core/decision.ts';
import type { Finding } from '../core/finding.ts';
import type { LeadFacts, PriorMail } from '../core/facts.ts';
import type { GateReason, Route } from '../core/gate.ts';
import type { Kind } from '../core/kinds/kind.ts';
import type { MessageStatus } from '../core/message.ts';
import type { RiskReason } from '../core/risk.ts';

/** All a card may show of one decision. Blind before the verdict: what would tell a spot check apart is in `settled` alone. */
export type CardFacts = {
  decisionId: string;
  kind: Kind;
  workflow: string;
  step: string;
  status: DecisionStatus;
  proposalVersion: number;
  proposalHash: string;
  /** The newest version's content, parsed by the kind's schema; null where the model made none. */
  content: Record<string, unknown> | null;
  /** For an e-mail: the whole text as it would leave, footer included. */
  mailText: string | null;
  rationale: string | null;
  modelProblem: string | null;
  findings: Finding[];
  /** Fields of the lead with text that looks like an instruction. */
  tainted: string[];
  lead: LeadFacts;
  priorMails: PriorMail[];
  deadlineAt: Date;
  settled: {
    by: { type: Settler; id: string };
    at: Date;
    verdict: Verdict;
    reasons: ReasonCode[];
    note: string | null;
    reason: string | null;
    route: Route;
    because: GateReason[];
    risk: number | null;
    riskReasons: RiskReason[];
    edited: boolean;
  } | null;
  message: {
    id: string;
    status: MessageStatus;
    reason: string | null;
    sendAfter: Date;
    sentAt: Date | null;
    /** May still be stopped. */
    canUndo: boolean;
  } | null;
  undone: { by: string; at: Date } | null;
};

export type DigestFacts = {
  /** Inclusive, exclusive. */
  from: Date;
  to: Date;
  timezone: string;
  kinds: Array<{
    kind: Kind;
    decisions: number;
    approved: number;
    edited: number;
    rejected: number;
    expired: number;
    withdrawn: number;
    automatic: number;
    /** Decided by people: the n of every rate. */
    byPeople: number;
    withoutProposal: number;
  }>;
  reasons: Array<{ reason: ReasonCode; count: number }>;
  waiting: Array<{ kind: Kind; count: number; oldest: Date | null }>;
  mails: { sent: number; uncertain: number; failed: number; cancelled: number; waiting: number };
  leads: { added: number; unsubscribed: number };
};

export type NoticeFacts =
  | {
      type: 'mail_uncertain';
      messageId: string;
      decisionId: string;
      workflow: string;
      leadName: string;
      since: Date;
      status: MessageStatus;
      settledBy: string | null;
    }
  | { type: 'mail_failed'; messageId: string; workflow: string; leadName: string; reason: string }
  | { type: 'sender_trouble'; detail: string; since: Date }
  /** Slack's answer to a post was lost and its history may not be read: a person is asked whether the message stands there. */
  | { type: 'post_maybe_missing'; postId: string; about: string; open: boolean };
