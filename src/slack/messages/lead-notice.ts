import type { KnownBlock } from '@slack/types';
import { oneLine } from '../../core/plain-text.ts';
import type { NoticeFacts } from '../../engine/card-facts.ts';
import type { SlackMessage } from '../../engine/context.ts';
import { actions } from '../action-ids.ts';
import { button, buttonRow } from '../buttons.ts';
import { encodeFactsRef, encodeId } from '../decision-ref.ts';
import { bold, bullets, mention, richText, section, words } from '../rich-text.ts';
import { slackMessage } from '../slack-message.ts';
import { cutPlain } from '../text.ts';

type FactsMissing = Extract<NoticeFacts, { type: 'facts_missing' }>;
type ImportOdd = Extract<NoticeFacts, { type: 'import_odd' }>;

const NAME = 200;
const ODDITIES = 8;

/** A lead of whom too little is known for a draft: what is missing, and where to fill it in. */
export function factsMissingNotice(facts: FactsMissing): SlackMessage {
  const lead = short(facts.leadName);
  if (!facts.open) {
    const story =
      facts.missing.length === 0
        ? `What was missing of ${lead} (${facts.workflow}) is filled in; the lead goes on.`
        : `${lead} is not waiting in ${facts.workflow} for missing facts any more.`;
    return plain('Nothing is missing any more', story);
  }
  const title = 'Too little is known of a lead';
  const fields = facts.missing.map(fieldLabel);
  const story = `${lead} (${short(facts.leadEmail)}) is held in ${facts.workflow}: the workflow asks for these before the AI writes or decides anything.`;
  return slackMessage(title, `${story}\n${fields.map((field) => `• ${field}`).join('\n')}`, [
    header(title),
    ...richText(section(words(story)), bullets(fields.map((field) => words(field)))),
    ...buttonRow([
      button({
        action: actions.factsFill,
        text: 'Fill in',
        value: encodeFactsRef(facts),
        says: `Fill in what is missing of ${lead}`,
        style: 'primary',
      }),
    ]),
  ]);
}

/** An import unlike the ones before, whose leads wait. */
export function importOddNotice(facts: ImportOdd): SlackMessage {
  const file = `${short(facts.fileName)} (${short(facts.source)})`;
  if (facts.status !== 'waiting') {
    const title = facts.status === 'undone' ? 'An import was undone' : 'An import goes on';
    const story =
      facts.status === 'undone' ? `The import of ${file} was undone` : `The leads of ${file} go into their workflows`;
    const person = facts.by?.startsWith('person:') === true ? oneLine(facts.by.slice('person:'.length)) : null;
    const by =
      person === null || person === 'terminal' ? words('.') : [...words(' — '), ...mention(person), ...words('.')];
    return slackMessage(title, `${story}.`, [header(title), ...richText(section(words(story), by))]);
  }
  const title = 'An import looks unlike earlier ones';
  const story = `${file}: ${facts.created} new leads, ${facts.merged} changed. The new ones wait: no workflow has them yet.`;
  const shown = facts.oddities.slice(0, ODDITIES).map((text) => short(text));
  const more = facts.oddities.length - shown.length;
  const listed = more > 0 ? [...shown, `and ${more} more`] : shown;
  const value = encodeId(facts.batchId);
  return slackMessage(title, `${story}\n${listed.map((text) => `• ${text}`).join('\n')}`, [
    header(title),
    ...richText(
      section(words(story)),
      section(bold('Unlike earlier imports')),
      bullets(listed.map((text) => words(text))),
    ),
    ...buttonRow([
      button({ action: actions.importRelease, text: 'Import anyway', value, says: `Let the import of ${file} go on` }),
      button({
        action: actions.importUndo,
        text: 'Undo the import',
        value,
        says: `Undo the import of ${file}`,
        style: 'danger',
        confirm: {
          title: 'Undo this import?',
          text: 'Leads that it made leave, and values it replaced are put back where nobody changed them since.',
          yes: 'Undo it',
          no: 'Cancel',
        },
      }),
    ]),
  ]);
}

/** `job_title` as people read it. */
export function fieldLabel(field: string): string {
  const text = short(field).replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function short(text: string): string {
  return cutPlain(oneLine(text), NAME).text;
}

function header(text: string): KnownBlock {
  return { type: 'header', text: { type: 'plain_text', text, emoji: false } };
}

function plain(title: string, text: string): SlackMessage {
  return slackMessage(title, text, [header(title), ...richText(section(words(text)))]);
}
