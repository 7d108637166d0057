import type { LeadFacts } from './facts.ts';
import { tierOf } from './kinds/lead-score.ts';

/**
 * The segments a decision belongs to: what it could go wrong for while all others go well. None rides on the evidence of the
 * others (docs/autonomy.md). Few and coarse, since each has to be seen before anything of it is automatic.
 */
export function segmentsOf(lead: Pick<LeadFacts, 'language' | 'score'>): string[] {
  const language = (lead.language ?? '').trim().toLowerCase().slice(0, 2);
  return [
    `language:${/^[a-z]{2}$/.test(language) ? language : 'unknown'}`,
    `tier:${lead.score === null ? 'unscored' : tierOf(lead.score)}`,
  ];
}
