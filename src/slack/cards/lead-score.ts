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
    const learned = computedWords(facts);
    const why = facts.learned?.reasons.map(({ text }) => visible(text)) ?? [];
    const told = [reasons.map(visible).join(' · '), ...(learned === null ? [] : [learned])];
    if (!all) return { blocks: [...richText(headline), ...told.flatMap(contextText)], hidden: 0 };
    return {
      blocks: [
        ...richText(headline, bullets(reasons.map((reason) => words(visible(reason))))),
        ...(learned === null ? [] : contextText([learned, ...why].join(' · '))),
      ],
      hidden: 0,
    };
  },
  plain(facts) {
    const { score, reasons } = leadScoreOf(facts);
    const learned = computedWords(facts);
    const lines = reasons.map((reason) => `- ${visible(reason)}`);
    return [`Score ${score} of 100, ${tierOf(score)}.`, ...lines, ...(learned === null ? [] : [learned])].join('\n');
  },
};

/** “What we learned: 82 of 100 (fit 75, engagement 90), 14 % convert”; null in cards from before that was kept. */
function computedWords({ learned }: CardFacts): string | null {
  if (learned === undefined) return null;
  const { scorer, score, fit, engagement, chance } = learned;
  const by = scorer.startsWith('learned') ? 'What we learned' : 'By the rules';
  const converts = chance === null ? '' : `, chance to convert ${(chance * 100).toFixed(1)} %`;
  return `${by}: ${score} of 100 (fit ${fit}, engagement ${engagement})${converts}`;
}
