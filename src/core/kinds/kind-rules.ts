import type { z } from 'zod';
import type { ProposalInputs } from '../facts.ts';
import type { Finding } from '../finding.ts';
import type { Kind } from './kind.ts';

export type EditChange = {
  /** Word-level edit effort 0…1; 0 when nothing changed. */
  effort: number;
  /** Fields whose change is always major (subject, links, prices, names, a score's tier). */
  majorFields: string[];
};

/** What an approval does to the world, as a value; engine/settle carries it out in the verdict's transaction. */
export type ApprovalEffect =
  | { type: 'set_score'; score: number; reasons: string[] }
  | { type: 'queue_message'; subject: string; body: string };

/** Everything the house must know of one decision kind; the gate, settle, audit and digest work on any kind through this. */
export type KindRules<P> = {
  kind: Kind;
  /** For people: 'lead score', 'e-mail draft'. */
  label: string;
  /** The stored form of a proposal; anything else is refused before it reaches a row. */
  schema: z.ZodType<P>;
  /** Whether approval leads to a mail, so that the hash must cover the rendered mail. */
  sendsMail: boolean;
  /** The tolerated bad rate ε among automatic approvals. */
  tolerance: number;
  guardrails(content: P, inputs: ProposalInputs): Finding[];
  change(before: P, after: P): EditChange;
  approvalEffect(content: P): ApprovalEffect;
  /** One line that says what is decided, for notifications, lists and the audit of what was seen. */
  summary(content: P, inputs: ProposalInputs): string;
};
