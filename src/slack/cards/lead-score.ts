import { type LeadScore, leadScoreSchema, type Tier, tierOf } from '../../core/kinds/lead-score.ts';
import type { CardFacts } from '../../engine/card-facts.ts';
import { bold, bullets, contextText, richText, section, words } from '../rich-text.ts';
import { visible } from '../text.ts';
import type { KindCard } from './kind-card.ts';

const tierWords: Record<Tier, string> = { hot: 'hot (70 or more)', warm: 'warm (40 to 69)', cold: 'cold (under 40)' };

/** @throws Error naming the decision when its stored content is no lead score. */
export function leadScoreOf(facts: Pick<CardFacts, 'decisionId' | 'content'>): LeadScore {
  const parsed = leadScoreSchema.safeParse(facts.content);
  if (!parsed.success) throw new Error(`decision ${facts.decisionId} holds no lead score: ${parsed.error.message}`);
  return parsed.data;
}

/** At most six reasons of 300 characters: a score always fits, so no budget is needed. */
export const leadScoreCard: KindCard = {
  title: 'Score for',
  about: 'the score for',
  noun: 'score',
  counted: { one: 'lead score', many: 'lead scores' },
  selfExplained: true,
  proposal(facts, _budget, all) {
    const { score, reasons } = leadScoreOf(facts);
    const headline = section(bold(`${score} of 100`), words(` — ${tierWords[tierOf(score)]}`));
    if (!all) return { blocks: [...richText(headline), ...contextText(reasons.map(visible).join(' · '))], hidden: 0 };
    return { blocks: richText(headline, bullets(reasons.map((reason) => words(visible(reason))))), hidden: 0 };
  },
  plain(facts) {
    const { score, reasons } = leadScoreOf(facts);
    return `Score ${score} of 100, ${tierOf(score)}.\n${reasons.map((reason) => `- ${visible(reason)}`).join('\n')}`;
  },
};
