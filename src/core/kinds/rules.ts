import type { Kind } from './kind.ts';
import type { KindRules } from './kind-rules.ts';
import { type EmailDraft, emailDraftRules } from './email-draft.ts';
import { type LeadScore, leadScoreRules } from './lead-score.ts';

export type Proposals = { lead_score: LeadScore; email_draft: EmailDraft };

export const kindRules: { [K in Kind]: KindRules<Proposals[K]> } = {
  lead_score: leadScoreRules,
  email_draft: emailDraftRules,
};

/**
 * The same rules for code that works on any kind without knowing which: contents go in as `unknown` and are parsed by the
 * kind's own schema first.
 */
export type AnyKindRules = KindRules<unknown>;

export function rulesOf(kind: Kind): AnyKindRules {
  return kindRules[kind];
}
