import type { DecisionStatus, ReasonCode, Settler, Verdict } from '../core/decision.ts';
import type { Finding } from '../core/finding.ts';
import type { LeadFacts, PriorMail, ScoredFacts } from '../core/facts.ts';
import type { GateReason, Route } from '../core/gate.ts';
import type { Kind } from '../core/kinds/kind.ts';
import type { MessageStatus } from '../core/message.ts';
import type { CheckShown } from '../core/reviewers/check.ts';
import type { RiskReason } from '../core/risk.ts';
import type { StuckKind } from '../core/stuck.ts';
import type { TaskStatus } from '../core/workflow/task.ts';
import type { PolicyEffect } from '../core/autonomy/policy-effect.ts';

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
  /** Only of a card that tested reviews, and only once that is over: before, it is a card like any other. */
  check?: CheckShown;
  /** Of a lead score: what the rules or the learned score said when it was proposed. */
  learned?: ScoredFacts;
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
  /** What went without asking, a step each; empty in digests from before there was such a thing. */
  autonomy: Array<{
    address: string;
    kind: Kind;
    automatic: number;
    /** Settled in this time. */
    decisions: number;
    rung: number;
    tau: number;
    share: number;
    /** Set by a person, not earned. */
    setByPerson: boolean;
    leak: { leaked: number; upper: number; confidence: number } | null;
    /** What would raise it; people between marks (autonomy-speech.ts). */
    next: string;
  }>;
};

/** What a threshold would have let through, told from decisions that people were asked about. */
export type Replay = {
  days: number;
  /** Decisions that would have been approved without asking, spot checks aside. */
  would: number;
  rejected: number;
  /** Changed in substance before they went. */
  changed: number;
  /** Approved by people, and harmful later. */
  harmed: number;
  /** The rejected, changed and harmful ones, newest first, at most ten. */
  bad: Array<{
    what: 'rejected' | 'changed' | 'harmed';
    at: Date;
    reasons: ReasonCode[] /** Its card; null where none stands. */;
    link: string | null;
  }>;
};

export type NoticeFacts =
  /** A workflow asks for facts that are not known of a lead. */
  | {
      type: 'facts_missing';
      enrollmentId: string;
      step: string;
      leadName: string;
      leadEmail: string;
      workflow: string;
      missing: string[];
      /** The lead still waits for them. */
      open: boolean;
    }
  /** An import is unlike the ones before; its leads wait. */
  | {
      type: 'import_odd';
      batchId: string;
      fileName: string;
      source: string;
      created: number;
      merged: number;
      /** Sentences, the oddest first. */
      oddities: string[];
      status: 'waiting' | 'released' | 'undone';
      /** Who answered: `person:U0ANA`. */
      by: string | null;
    }
  /** Something was learned from people's verdicts or leads' outcomes and is in use from now on. */
  | { type: 'learned'; title: string /** Sentences, the most important first. */; lines: string[] }
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
  /** What a workflow asks people to do. `text` is the workflow's, with the lead's values filled in. */
  | {
      type: 'task';
      taskId: string;
      workflow: string;
      step: string;
      leadName: string;
      leadEmail: string | null;
      text: string;
      /** Names of facts that the text names and the lead has not. */
      missing: string[];
      deadlineAt: Date;
      status: TaskStatus;
      /** Slack id of who closed it; null where no person did. */
      closedBy: string | null;
      closedReason: string | null;
    }
  /** Leads that nobody takes care of; none any more where the list is empty. */
  | {
      type: 'stuck';
      leads: Array<{
        leadName: string;
        leadEmail: string | null;
        workflow: string;
        step: string;
        kind: StuckKind;
        since: Date;
      }>;
      /** Further ones, not named. */
      more: number;
    }
  /** A fixed mail that was not sent, the lead going on without it. */
  | { type: 'fixed_mail_held'; workflow: string; step: string; leadName: string; problems: string[] }
  /** A person answered, or asked not to be mailed. All of `text` was written by an outsider. */
  | {
      type: 'lead_replied';
      leadName: string;
      /** Null once it is erased. */
      leadEmail: string | null;
      workflow: string;
      /** Subject of the mail that was answered; null where none was named. */
      subject: string | null;
      /** What was written anew, at most 2,000 characters; null where nothing can be shown. */
      text: string | null;
      /** Why there is no text, or that there is more of it. */
      note: 'complete' | 'cut' | 'no_words' | 'unreadable' | 'erased';
      /** The address it came from, where that is not the lead's. */
      fromAnother: string | null;
      optedOut: boolean;
      looksLikeInstruction: boolean;
      /** Names of the workflows that were running for the lead and ended by it. */
      stopped: string[];
      /** Whether somebody said that our mail was what was wrong; null where no approval stands behind it. */
      blame: { outcomeId: string; by: string | null } | null;
      at: Date;
    }
  | { type: 'lead_complained'; leadName: string; workflow: string; subject: string | null; stopped: string[]; at: Date }
  /** What became of a threshold. Sentences name people between marks (autonomy-speech.ts). */
  | {
      type: 'autonomy';
      cellId: string;
      /** The last event of its batch in the cell's log: what a button names. */
      seq: number;
      address: string;
      kind: Kind;
      effect: PolicyEffect;
      text: string;
      /** Of a raise and a proposed one. */
      raise: {
        /** It still stands, and may be answered. */
        open: boolean;
        /** The first of the two people that a proposal needs. */
        agreedBy: string | null;
        /** What ended it. */
        since: string | null;
        replay: Replay;
      } | null;
    }
  /** Slack's answer to a post was lost and its history may not be read: a person is asked whether the message stands there. */
  | { type: 'post_maybe_missing'; postId: string; about: string; open: boolean };
