import type { Mending } from '../openai/mistakes.ts';
import type { Modal } from '../slack/screen.ts';
import { childRecord, records, stringAt } from '../slack/json.ts';

/** A modal as a person fills it in: what stands in its fields, and what can be ticked. */

type Field = { label: string; type: string; initial: string; options: string[]; optional: boolean };
type Values = Record<string, string | string[]>;

function fieldsOf(modal: Modal): Field[] {
  return records(modal.view.view['blocks'])
    .filter(({ type }) => type === 'input')
    .map((block) => {
      const element = childRecord(block, 'element');
      return {
        label: stringAt(childRecord(block, 'label'), 'text') ?? '',
        type: stringAt(element, 'type') ?? '',
        initial: stringAt(element, 'initial_value') ?? '',
        options: records(element['options']).map((option) => stringAt(childRecord(option, 'text'), 'text') ?? ''),
        optional: block['optional'] === true,
      };
    });
}

const several = (field: Field): boolean => field.type === 'checkboxes' || field.type.startsWith('multi_');

/** The fields of a window that asks for a reason; null where there is none to give. */
export function reasonValues(modal: Modal, { wanted, note }: { wanted: RegExp; note: string }): Values | null {
  const fields = fieldsOf(modal);
  const choice = fields.find(({ options, optional }) => options.length > 0 && !optional);
  const words = fields.find(({ type }) => type === 'plain_text_input');
  const values: Values = words === undefined || note === '' ? {} : { [words.label]: note };
  if (choice === undefined) return Object.keys(values).length === 0 ? null : values;
  const option = choice.options.find((text) => wanted.test(text)) ?? choice.options.at(-1);
  if (option === undefined) return null;
  return { ...values, [choice.label]: several(choice) ? [option] : option };
}

/** What to write where so that the mistake is gone; null where it is not in these fields. */
export function mendedValues(modal: Modal, mending: Mending): Values | null {
  const fields = fieldsOf(modal).filter(({ initial }) => initial !== '');
  switch (mending.kind) {
    case 'text': {
      const { wrong, right, subject } = mending;
      const text = fields.find(({ initial }) => initial.includes(wrong));
      if (text === undefined) return null;
      const line = subject === null ? undefined : fields.find(({ initial }) => initial === subject.wrong);
      return {
        // A function: a `$` in what was right must not mean anything.
        [text.label]: text.initial.replace(wrong, () => right),
        ...(line === undefined || subject === null ? {} : { [line.label]: subject.right }),
      };
    }
    case 'score': {
      const score = fields.find(({ label, type }) => type === 'number_input' || /score/i.test(label));
      const reasons = fields.find(({ label }) => /reason/i.test(label));
      if (score === undefined) return null;
      return {
        [score.label]: String(mending.score),
        ...(reasons === undefined ? {} : { [reasons.label]: mending.reasons.join('\n') }),
      };
    }
  }
}

/** What somebody changes who would have put it otherwise. */
const TASTE: ReadonlyArray<readonly [string, string]> = [
  ['Thank you for', 'Thanks for'],
  ['I would', 'I’d'],
  ['do not', 'don’t'],
  ['It is ', 'It’s '],
  ['you have', 'you’ve'],
  [' and ', ' & '],
];

/** A word or two of the longest text changed by taste; null where there is nothing to change. */
export function polishedValues(modal: Modal): Values | null {
  const [longest] = fieldsOf(modal)
    .filter(({ type }) => type === 'plain_text_input')
    .toSorted((a, b) => b.initial.length - a.initial.length);
  const change = TASTE.find(([from]) => longest?.initial.includes(from));
  if (longest === undefined || change === undefined) return null;
  return { [longest.label]: longest.initial.replace(change[0], change[1]) };
}

/** May be left open in small and large edits; nobody measures first how much they changed. */
const ORIGINAL = /would the original have been/i;

/** Questions in a window that is not asking for a reason, such as whether the original could have been sent. */
export function answersTo(modal: Modal, originalWasFine: boolean): Values {
  const values: Values = {};
  for (const field of fieldsOf(modal)) {
    if (field.options.length === 0 || (field.optional && !ORIGINAL.test(field.label))) continue;
    const wanted = originalWasFine ? /^(?:yes|ok)\b/i : /^no\b/i;
    const option = field.options.find((text) => wanted.test(text)) ?? field.options[0];
    if (option !== undefined) values[field.label] = several(field) ? [option] : option;
  }
  return values;
}
