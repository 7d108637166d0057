import type { KnownBlock } from '@slack/types';
import { type ReasonCode, reasonLabels } from '../../core/decision.ts';
import { oneLine } from '../../core/plain-text.ts';
import type { CheckReveal, CheckShown, Grade } from '../../core/reviewers/check.ts';
import type { CardFacts } from '../../engine/card-facts.ts';
import type { SlackMessage } from '../../engine/context.ts';
import { commands } from '../action-ids.ts';
import { kindCards } from '../cards/kind-cards.ts';
import { leadTitle } from '../cards/lead-words.ts';
import { budgets } from '../limits.ts';
import { bold, contextText, richText, section, words } from '../rich-text.ts';
import { slackMessage } from '../slack-message.ts';
import { brief, escapeMrkdwn, label } from '../text.ts';
import { ephemeral } from './ephemeral.ts';

/** What whoever answered a check is told, at once and alone. */
export function revealMessage(reveal: CheckReveal): { text: string; blocks: KnownBlock[] } {
  return ephemeral(
    `${revealText(reveal)}\nOnly you are told how you answered. \`${commands.workflow} me\` shows your numbers.`,
  );
}

/** mrkdwn. */
function revealText({ type, answer, reasons, note, first }: CheckReveal): string {
  const wrong = wrongText(reasons, note, (text) => brief(oneLine(text), budgets.note));
  switch (type) {
    case 'known_bad':
      if (answer === 'stopped') return `This was a check; nothing was sent – you caught it. What was wrong: ${wrong}`;
      if (answer === 'let_through') return `This was a check; nothing was sent. Here is what was wrong: ${wrong}`;
      return `This was a check; nothing was sent. Here is what was wrong: ${wrong} Whether your edit was meant to stop it can’t be told, so it counts neither way.`;
    case 'known_good': {
      const was = 'This was a check, with a draft that was approved before and did no harm; nothing was sent.';
      if (answer === 'stopped') return `${was} You would have stopped it. People may differ: no single answer counts.`;
      return answer === 'let_through' ? `${was} You would have let it go too.` : was;
    }
    case 'second':
      return `This was a second review, to see how far two people agree; your answer changes and sends nothing. The person who decided it first had ${firstWords(first)}.`;
  }
}

function firstWords(first: Grade | null): string {
  switch (first) {
    case 'as_is':
      return 'approved it as it was';
    case 'minor':
      return 'approved it with a small change';
    case 'major':
      return 'changed it much before it could go';
    case 'reject':
      return 'rejected it';
    case null:
      return 'changed it';
  }
}

/** 'Wrong tone: “Far too pushy.”' */
function wrongText(reasons: readonly ReasonCode[], note: string | null, shortened: (text: string) => string): string {
  const said = reasons.map((reason) => reasonLabels[reason]).join(', ');
  return note === null || note.trim() === '' ? `${said}.` : `${said}: “${shortened(note)}”`;
}

/** The card of a check that is over, for everybody: what it was and what was wrong, never who answered or how. */
export function renderCheck(facts: CardFacts, check: CheckShown, header: KnownBlock): SlackMessage {
  const { title, rest } = shown(check);
  const opening = `${brief(`${kindCards[facts.kind].title} ${leadTitle(facts.lead)}`, budgets.opening)}: ${escapeMrkdwn(title)}`;
  const draft = facts.content === null ? [] : kindCards[facts.kind].proposal(facts, budgets.settledDraft, false).blocks;
  return slackMessage(opening, rest, [
    header,
    ...richText(section(bold(title), words(rest === '' ? '' : ` ${rest}`))),
    ...draft,
    ...contextText(`${oneLine(facts.workflow)} · ${oneLine(facts.step)}`),
  ]);
}

function shown({ type, reasons, note }: CheckShown): { title: string; rest: string } {
  switch (type) {
    case 'known_bad':
      return {
        title: 'This was a check. Nothing was sent.',
        rest: `The draft had been rejected before: ${wrongText(reasons, note, (text) => label(text, budgets.note))}`,
      };
    case 'known_good':
      return { title: 'This was a check. Nothing was sent.', rest: 'The draft had been approved before.' };
    case 'second':
      return {
        title: 'This was a second review. It sent and changed nothing.',
        rest: 'The draft had been decided before.',
      };
  }
}
