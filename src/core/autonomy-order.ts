import { didYouMean } from './did-you-mean.ts';
import { oneLine } from './plain-text.ts';

/** How a person steers a cell, by name. All but `restore` only ever take away or give back what evidence decides. */
export const controlVerbs = ['cap', 'uncap', 'freeze', 'unfreeze', 'reset', 'restore', 'mode'] as const;
export type ControlVerb = (typeof controlVerbs)[number];

/** What somebody orders. `place` is `workflow/step` as it was typed; nothing is ordered without saying why. */
export type ControlOrder = { place: string; reason: string } & (
  | {
      verb: 'cap' /** The highest risk that may go without asking, 0 ≤ tau < 1, or where the threshold stands now. */;
      tau: number | 'here';
    }
  | { verb: 'uncap' | 'freeze' | 'unfreeze' | 'reset' }
  | { verb: 'restore'; rung: number }
  | { verb: 'mode'; proposeOnly: boolean }
);

export type ParsedOrder = { ok: true; order: ControlOrder } | { ok: false; text: string; usage: string };

const LONGEST_REASON = 200;
const modes: Record<string, boolean> = { 'propose-only': true, automatic: false };

export const controlUsage: Record<ControlVerb, string> = {
  cap: 'cap WORKFLOW/STEP RISK|here WHY',
  uncap: 'uncap WORKFLOW/STEP WHY',
  freeze: 'freeze WORKFLOW/STEP WHY',
  unfreeze: 'unfreeze WORKFLOW/STEP WHY',
  reset: 'reset WORKFLOW/STEP WHY',
  restore: 'restore WORKFLOW/STEP RUNG WHY',
  mode: 'mode WORKFLOW/STEP propose-only|automatic WHY',
};

export const controlHelp: Record<ControlVerb, string> = {
  cap: 'nothing above this risk goes without asking; `here` is where it stands now, 0 asks every time',
  uncap: 'take the cap away',
  freeze: 'no raises from now on; what goes without asking stays so',
  unfreeze: 'let it be raised again',
  reset: 'ask every time again, and count from nothing',
  restore: 'put it on a rung yourself; shown everywhere as set by you, not earned',
  mode: '`propose-only`: a raise needs two people who agree; `automatic`: it needs nobody',
};

export function isControlVerb(word: string): word is ControlVerb {
  return (controlVerbs as readonly string[]).includes(word);
}

/** @param words what follows the verb, as typed. A refusal says what is missing, in a sentence. */
export function parseControl(verb: ControlVerb, words: readonly string[]): ParsedOrder {
  const [place = '', ...rest] = words;
  const wrong = (text: string): ParsedOrder => ({ ok: false, text, usage: controlUsage[verb] });
  if (place === '') return wrong('Which step?');
  const takesValue = verb === 'cap' || verb === 'restore' || verb === 'mode';
  const value = takesValue ? (rest[0] ?? '').toLowerCase() : '';
  const reason = oneLine(rest.slice(takesValue ? 1 : 0).join(' '))
    .replaceAll(/^["“]|["”]$/g, '')
    .trim();
  const order = withValue(verb, value, { place, reason });
  if ('wrong' in order) return wrong(order.wrong);
  if (reason === '') return wrong('Say why: it is shown wherever this threshold is.');
  if (reason.length > LONGEST_REASON) return wrong(`Say why in at most ${LONGEST_REASON} characters.`);
  return { ok: true, order };
}

function withValue(
  verb: ControlVerb,
  value: string,
  base: { place: string; reason: string },
): ControlOrder | { wrong: string } {
  switch (verb) {
    case 'uncap':
    case 'freeze':
    case 'unfreeze':
    case 'reset':
      return { verb, ...base };
    case 'cap': {
      if (value === 'here') return { verb, ...base, tau: value };
      const tau = /^(?:0|1|[01]?[.,]\d{1,4})$/.test(value) ? Number(value.replace(',', '.')) : Number.NaN;
      if (tau === 1) return { wrong: 'A cap of 1 is none: use uncap.' };
      return tau >= 0 && tau < 1
        ? { verb, ...base, tau }
        : { wrong: 'At which risk? A number from 0 (ask every time) to below 1, or `here`.' };
    }
    case 'restore':
      return /^\d{1,2}$/.test(value)
        ? { verb, ...base, rung: Number(value) }
        : { wrong: 'To which rung? A whole number; 0 asks every time.' };
    case 'mode': {
      const proposeOnly = modes[value];
      if (proposeOnly !== undefined) return { verb, ...base, proposeOnly };
      const meant = didYouMean(value, Object.keys(modes));
      return { wrong: `Which mode? propose-only or automatic.${meant === null ? '' : ` Did you mean ${meant}?`}` };
    }
  }
}
