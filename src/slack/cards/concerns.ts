import { blocking } from '../../core/finding.ts';
import type { CardFacts } from '../../engine/card-facts.ts';
import { fieldName, unknowns } from './lead-words.ts';
import { listed } from '../text.ts';

export type Concern = {
  /** Nothing may leave until this was edited away. */
  mustEdit: boolean;
  text: string;
};

/**
 * What a reviewer should look at, the same words whether the decision is reviewed or spot-checked. What blocks comes first.
 */
export function concerns(facts: CardFacts): Concern[] {
  const look = (text: string): Concern => ({ mustEdit: false, text });
  const found = [
    ...blocking(facts.findings).map(({ text }) => ({ mustEdit: true, text })),
    ...(facts.tainted.length === 0
      ? []
      : [
          look(
            `This lead's own words read like orders to an AI (see ${listed(facts.tainted.map(fieldName))}). Check that the AI did not follow them.`,
          ),
        ]),
    ...facts.findings.filter(({ severity }) => severity === 'look').map(({ text }) => look(text)),
  ];
  const missing = unknowns(facts.lead);
  if (missing.length > 0) found.push(look(`Not known about this lead: ${listed(missing)}.`));
  return found;
}

/** What the model's failure means for the person who has to write instead. */
export function noDraftText(modelProblem: string | null): string {
  const problem = modelProblem?.split(':', 1)[0] ?? '';
  switch (problem) {
    case 'unavailable':
      return 'The AI could not be reached, so there is no draft.';
    case 'refused':
      return 'The AI declined to write this, so there is no draft.';
    case 'truncated':
      return 'The AI did not finish its draft, so nothing of it is used.';
    case 'invalid':
      return 'What the AI wrote was not usable, so nothing of it is used.';
    default:
      return 'The AI made no draft.';
  }
}
