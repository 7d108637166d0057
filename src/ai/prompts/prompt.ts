import type { z } from 'zod';
import type { ProposalInputs } from '../../core/facts.ts';
import type { Kind } from '../../core/kinds/kind.ts';
import type { Proposals } from '../../core/kinds/rules.ts';
import type { EmailDraftAnswer } from './email-draft.ts';
import type { LeadScoreAnswer } from './lead-score.ts';

/** What the model answers, before it is normalised to what is stored. */
export type Answers = { lead_score: LeadScoreAnswer; email_draft: EmailDraftAnswer };

export type Written<K extends Kind> = { content: Proposals[K]; rationale: string; doubt: number };

/** Everything the model is told for one kind, and how its answer is read. Pure. */
export type Prompt<K extends Kind> = {
  /** Changes whenever a word below changes; evidence is bound to it. */
  version: string;
  schemaName: K;
  /** Strict: no key more, no key less. Lengths are checked afterwards by the kind's own schema. */
  schema: z.ZodType<Answers[K]>;
  build(inputs: ProposalInputs): { system: string; user: string };
  toContent(answer: Answers[K], inputs: ProposalInputs): Written<K>;
};
