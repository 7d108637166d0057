import type { Kind } from '../../core/kinds/kind.ts';
import { emailDraftPrompt } from './email-draft.ts';
import { leadScorePrompt } from './lead-score.ts';
import type { Prompt } from './prompt.ts';

export const prompts: { [K in Kind]: Prompt<K> } = {
  lead_score: leadScorePrompt,
  email_draft: emailDraftPrompt,
};
