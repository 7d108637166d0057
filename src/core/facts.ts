/**
 * What the model may know: an allow-list. A field that is not here never reaches a prompt. The values were written by
 * outsiders (forms, imports) and are data, not instructions; `core/taint.ts` looks at them for the opposite.
 */
export type LeadFacts = {
  leadId: string;
  email: string;
  firstName: string | null;
  lastName: string | null;
  company: string | null;
  title: string | null;
  country: string | null;
  language: string | null;
  timezone: string | null;
  source: string | null;
  score: number | null;
  /** Further columns of the import that the workflow names in `lead_fields`, at most 300 characters each. */
  fields: Record<string, string>;
  events: Array<{ type: string; at: string; detail: string }>;
};

/** What was already said to this lead in this workflow, oldest first. */
export type PriorMail = { step: string; subject: string; sentAt: string | null; status: string };

/** Everything a proposal is made from; stored beside it so that it can be explained and replayed. */
export type ProposalInputs = {
  workflow: string;
  workflowVersion: number;
  step: string;
  brief: string;
  lead: LeadFacts;
  priorMails: PriorMail[];
  /** Sentences about the product that a draft may claim. */
  facts: string[];
  allowedLinks: string[];
  tone: string;
  sender: { name: string; company: string };
  /** Reasons and notes of people who rejected earlier drafts of this step, newest first, at most five. */
  lessons: string[];
  /** For a lead score: what the rules or the score learned from own leads say. Absent in other kinds and in old proposals. */
  learnedScore?: ScoredFacts;
};

/** A computed score as model and reviewers see it: 0…100 each, `chance` 0…1 by a learned one. */
export type ScoredFacts = {
  /** `rules-…` or `learned-…`. */
  scorer: string;
  score: number;
  fit: number;
  engagement: number;
  chance: number | null;
  /** The weightiest first. `text` may hold words of outsiders; `bare` holds none. */
  reasons: Array<{ text: string; bare: string }>;
};
