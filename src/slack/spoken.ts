import { type SpokenPart, spokenParts } from '../engine/autonomy-speech.ts';
import { type Inline, mention, words } from './rich-text.ts';
import { brief, label, person } from './text.ts';

/** A sentence of the policy as rich text: who is named in it is mentioned, everything else is literal. */
export function spoken(sentence: string): Inline[] {
  return spokenParts(sentence).flatMap((part) => ('by' in part ? mention(part.by) : words(part.text)));
}

/** One line of it with “…” where it had to be cut; a name is there whole or not at all. */
export function briefSpoken(sentence: string, budget: number): string {
  const cut = label(sentence, budget);
  const open = cut.lastIndexOf('\uE000');
  return open > cut.lastIndexOf('\uE001') ? `${cut.slice(0, open).trimEnd()}…` : cut;
}

/** The same in mrkdwn, in at most about `budget` characters. */
export function spokenMrkdwn(sentence: string, budget: number): string {
  let left = budget;
  const take = (part: SpokenPart): string => {
    const said = 'by' in part ? person(part.by) : brief(part.text, Math.max(1, left));
    left -= said.length;
    return said;
  };
  return spokenParts(briefSpoken(sentence, budget))
    .map((part) => (left > 0 ? take(part) : ''))
    .join('');
}
