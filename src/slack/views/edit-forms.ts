import type { Kind } from '../../core/kinds/kind.ts';
import type { EditForm } from './edit-form.ts';
import { emailDraftForm } from './email-draft-form.ts';
import { leadScoreForm } from './lead-score-form.ts';

export const editForms: Record<Kind, EditForm> = {
  lead_score: leadScoreForm,
  email_draft: emailDraftForm,
};
