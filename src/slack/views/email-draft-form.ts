import type { KnownBlock, PlainTextOption } from '@slack/types';
import { type EmailDraft, emailDraftSchema } from '../../core/kinds/email-draft.ts';
import { plainText } from '../../core/plain-text.ts';
import type { CardFacts } from '../../engine/card-facts.ts';
import { INPUT_ELEMENT, inputs } from '../action-ids.ts';
import { emailDraftOf } from '../cards/email-draft.ts';
import { budgets, limits } from '../limits.ts';
import { bold, richText, section, words } from '../rich-text.ts';
import { label, visible } from '../text.ts';
import type { EditForm, Entered } from './edit-form.ts';
import { joinText, splitText } from './long-text-inputs.ts';
import { input } from './modal.ts';
import { chosen, entered, type ViewValues } from './view-values.ts';

const SUBJECT_LENGTH = 200;
/** Slack hands emoji typed into an input back as codes, which a mail program would show as they are. */
const EMOJI_CODE = /:[a-z][a-z0-9_+'-]*:/g;

function draftOf(facts: CardFacts): EmailDraft {
  return facts.content === null ? { subject: '', body: '', subjectVariants: [] } : emailDraftOf(facts);
}

export const emailDraftForm: EditForm = {
  inputs(facts) {
    const draft = draftOf(facts);
    const { parts, seams } = splitText(visible(draft.body), budgets.inputText);
    const subject = input({
      id: inputs.subject,
      label: 'Subject',
      element: {
        type: 'plain_text_input',
        action_id: INPUT_ELEMENT,
        max_length: SUBJECT_LENGTH,
        ...initial(visible(draft.subject)),
      },
    });
    return {
      blocks: [subject, ...otherSubjects(draft), ...parts.map((part, i) => bodyInput(part, i, parts.length))],
      seams,
    };
  },
  read: readDraft,
  written(values, seams) {
    return [entered(values, inputs.subject), bodyOf(values, seams)].filter((part) => part !== '').join('\n\n');
  },
  blockOf: (field) => (field === 'subject' || field === 'subjectVariants' ? inputs.subject : `${inputs.body}0`),
};

function bodyInput(part: string, i: number, of: number): KnownBlock {
  return input({
    id: `${inputs.body}${i}`,
    label: of === 1 ? 'Text' : `Text, part ${i + 1} of ${of}`,
    element: {
      type: 'plain_text_input',
      action_id: INPUT_ELEMENT,
      multiline: true,
      max_length: limits.inputMaxLength,
      ...initial(part),
    },
    ...(of === 1 ? { hint: 'The footer with your address and the unsubscribe link is added below it.' } : {}),
    // The first part may be emptied as well, as long as something is left: the whole is checked when it is read.
    optional: of > 1,
  });
}

/** Slack refuses an empty initial value. */
function initial(value: string): { initial_value?: string } {
  return value === '' ? {} : { initial_value: value };
}

function otherSubjects({ subjectVariants }: EmailDraft): KnownBlock[] {
  if (subjectVariants.length === 0) return [];
  const shown = subjectVariants.map(visible);
  const options = shown.map(
    (subject, i): PlainTextOption => ({
      text: { type: 'plain_text', text: label(subject, limits.optionText) || '…', emoji: false },
      value: String(i),
    }),
  );
  const select = input({
    id: inputs.otherSubject,
    label: 'Or pick another subject',
    element: {
      type: 'static_select',
      action_id: INPUT_ELEMENT,
      placeholder: { type: 'plain_text', text: 'Subjects the AI offers' },
      options,
    },
    optional: true,
  });
  const cut = shown.filter((subject) => subject.length > limits.optionText);
  return [select, ...cut.flatMap((subject) => richText(section(bold('In full: '), words(subject))))];
}

function bodyOf(values: ViewValues, seams: readonly number[]): string {
  const parts = Array.from({ length: seams.length + 1 }, (_, i) => entered(values, `${inputs.body}${i}`));
  return plainText(joinText(parts, seams));
}

function readDraft(values: ViewValues, seams: readonly number[], facts: CardFacts): Entered {
  const before = draftOf(facts);
  const typed = plainText(entered(values, inputs.subject)).trim();
  const picked = chosen(values, inputs.otherSubject);
  const other = picked === null ? undefined : before.subjectVariants[Number(picked)];
  if (
    other !== undefined &&
    typed !== '' &&
    typed !== visible(before.subject).trim() &&
    typed !== visible(other).trim()
  )
    return {
      ok: false,
      errors: { [inputs.otherSubject]: 'You changed the subject and picked another one: do one of the two.' },
    };
  const content = {
    subject: other === undefined ? typed : visible(other),
    body: bodyOf(values, seams),
    subjectVariants: before.subjectVariants,
  };
  const errors = { ...emojiErrors(content, before), ...formErrors(content) };
  return Object.keys(errors).length === 0 ? { ok: true, content } : { ok: false, errors };
}

function formErrors(content: EmailDraft): Record<string, string> {
  const { subject, body } = content;
  const errors: Record<string, string> = {};
  if (subject === '') errors[inputs.subject] = 'The mail needs a subject.';
  if (body.trim() === '') errors[`${inputs.body}0`] = 'The mail needs a text.';
  if (Object.keys(errors).length > 0) return errors;
  const parsed = emailDraftSchema.safeParse(content);
  if (!parsed.success)
    for (const issue of parsed.error.issues)
      errors[emailDraftForm.blockOf(String(issue.path[0] ?? ''))] = issue.message;
  return errors;
}

function emojiErrors(content: EmailDraft, before: EmailDraft): Record<string, string> {
  const errors: Record<string, string> = {};
  const stray = (text: string, was: string): string | undefined =>
    text.match(EMOJI_CODE)?.find((code) => !was.includes(code));
  const say = (code: string): string =>
    `Slack turned an emoji into “${code}”, and that is what the lead would read. Take it out.`;
  const inSubject = stray(content.subject, [before.subject, ...before.subjectVariants].join('\n'));
  const inBody = stray(content.body, before.body);
  if (inSubject !== undefined) errors[inputs.subject] = say(inSubject);
  if (inBody !== undefined) errors[`${inputs.body}0`] = say(inBody);
  return errors;
}
