import { type EmailDraft, emailDraftSchema } from '../../core/kinds/email-draft.ts';
import { oneLine } from '../../core/plain-text.ts';
import type { CardFacts } from '../../engine/card-facts.ts';
import { bold, contextText, quote, richText, section, words } from '../rich-text.ts';
import { cutPlain, visible } from '../text.ts';
import type { KindCard } from './kind-card.ts';

/** @throws Error naming the decision when its stored content is no e-mail draft. */
export function emailDraftOf(facts: Pick<CardFacts, 'decisionId' | 'content'>): EmailDraft {
  const parsed = emailDraftSchema.safeParse(facts.content);
  if (!parsed.success) throw new Error(`decision ${facts.decisionId} holds no e-mail draft: ${parsed.error.message}`);
  return parsed.data;
}

/** What the program adds to every mail, in one line: it is the same below each, so it may be small; empty where the mail was not rendered or does not begin with the draft. */
function footer(facts: CardFacts, body: string): string {
  const { mailText } = facts;
  const added = mailText?.startsWith(body) ? mailText.slice(body.length) : '';
  return added
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && line !== '--')
    .join(' · ');
}

export const emailDraftCard: KindCard = {
  title: 'E-mail to',
  about: 'the e-mail to',
  noun: 'e-mail',
  counted: { one: 'e-mail', many: 'e-mails' },
  selfExplained: false,
  proposal(facts, budget, all) {
    const draft = emailDraftOf(facts);
    const body = cutPlain(all ? visible(draft.body) : oneLine(draft.body), budget);
    // The footer follows the draft in the mail, so it is shown only where the draft is shown to its end.
    const added = footer(facts, draft.body);
    const foot = !all || body.hidden > 0 || added === '' ? [] : contextText(`Added below: ${visible(added)}`);
    const left = body.hidden > 0 ? words('…') : [];
    return {
      blocks: [...richText(section(bold(visible(draft.subject))), quote(words(body.text), left)), ...foot],
      hidden: body.hidden,
    };
  },
  plain(facts) {
    const draft = emailDraftOf(facts);
    return `Subject: ${visible(draft.subject)}\n\n${visible(draft.body)}`;
  },
};
