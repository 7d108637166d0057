import { type SpokenPart, spokenParts } from '../engine/autonomy-speech.ts';
import { type Inline, mention, words } from './rich-text.ts';
import { brief, cutPlain, person } from './text.ts';

/** A sentence of the policy as rich text: who is named in it is mentioned, everything else is literal. */
export function spoken(sentence: string): Inline[] {
  return spokenParts(sentence).flatMap((part) => ('by' in part ? mention(part.by) : words(part.text)));
}

/** The same in mrkdwn, in at most about `budget` characters. */
export function spokenMrkdwn(sentence: string, budget: number): string {
  let left = budget;
  const take = (part: SpokenPart): string => {
    const said = 'by' in part ? person(part.by) : brief(part.text, Math.max(1, left));
    left -= said.length;
    return said;
  };
  return spokenParts(cutPlain(sentence, budget).text)
    .map((part) => (left > 0 ? take(part) : ''))
    .join('');
}
