import type { Kind } from '../../core/kinds/kind.ts';
import { emailDraftCard } from './email-draft.ts';
import type { KindCard } from './kind-card.ts';
import { leadScoreCard } from './lead-score.ts';

export const kindCards: Record<Kind, KindCard> = {
  lead_score: leadScoreCard,
  email_draft: emailDraftCard,
};
