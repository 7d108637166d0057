import type { KnownBlock, ModalView } from '@slack/types';
import { oneLine } from '../../core/plain-text.ts';
import type { CardFacts } from '../../engine/card-facts.ts';
import { concerns, noDraftText } from '../cards/concerns.ts';
import { kindCards } from '../cards/kind-cards.ts';
import { fieldName, leadLine } from '../cards/lead-words.ts';
import { lookBlocks } from '../cards/pending-card.ts';
import { outcomeLine, riskLine, routeLine } from '../cards/settled-words.ts';
import { bold, bullets, type Inline, richText, section, words } from '../rich-text.ts';
import { cutPlain, visible } from '../text.ts';
import { modal } from './modal.ts';
import { textBlocks } from './refusal-view.ts';

const MOST = 40;
const LINE = 400;
const DAY = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' });

/**
 * Everything behind a decision. Before the verdict: the rationale, what is known of the lead, what to look at. How it was
 * routed and its risk only once it is settled.
 */
export function whyView(facts: CardFacts): ModalView {
  const settled = facts.status === 'pending' || facts.check ? null : facts.settled;
  return modal({
    title: `Why this ${kindCards[facts.kind].noun}`,
    blocks: [
      ...(settled === null ? [] : settledPart(facts, settled)),
      ...richText(section(bold('Why the AI suggests it'))),
      ...(facts.rationale
        ? textBlocks(facts.rationale)
        : richText(section(words(facts.content === null ? noDraftText(facts.modelProblem) : 'It gave no reason.')))),
      ...problem(facts),
      ...looked(facts),
      ...leadPart(facts),
    ],
  });
}

function looked(facts: CardFacts): KnownBlock[] {
  const points = concerns(facts);
  if (points.length > 0) return lookBlocks(points, MOST);
  return richText(section(bold('What to look at: '), words('the checks found nothing.')));
}

function settledPart(facts: CardFacts, settled: NonNullable<CardFacts['settled']>): KnownBlock[] {
  const risks = settled.riskReasons.map(({ text }) => words(line(text)));
  return richText(
    section(outcomeLine(facts)),
    section(words(routeLine(settled))),
    section(
      bold(riskLine(settled)),
      words(settled.risk === null ? '' : ', the chance that a reviewer would not let it through as it was:'),
    ),
    bullets(risks.slice(0, MOST)),
  );
}

function problem({ modelProblem }: CardFacts): KnownBlock[] {
  return modelProblem === null ? [] : richText(section(bold('What happened to the AI: '), words(line(modelProblem))));
}

function leadPart({ lead, priorMails }: CardFacts): KnownBlock[] {
  const known: Array<[string, string | null]> = [
    ['Language', lead.language],
    ['Time zone', lead.timezone],
    ['Came from', lead.source],
    ['Score', lead.score === null ? null : String(lead.score)],
    ...Object.entries(lead.fields).map(([name, value]): [string, string] => [fieldName(name), value]),
  ];
  const facts = known.flatMap(([name, value]): Inline[][] =>
    value ? [[...words(`${line(name)}: `), ...words(line(value))]] : [],
  );
  const events = lead.events.map(({ at, type, detail }) =>
    words(line(`${day(at)}: ${fieldName(type)}${detail === '' ? '' : `, ${detail}`}`)),
  );
  const mails = priorMails.map((mail) =>
    words(line(`${mail.sentAt === null ? fieldName(mail.status) : day(mail.sentAt)}: “${mail.subject}”`)),
  );
  return [
    ...richText(section(bold('The lead: '), words(line(leadLine(lead)))), bullets(facts.slice(0, MOST))),
    ...titled('What the lead did', events.slice(-MOST)),
    ...titled('Earlier mails', mails.slice(-MOST)),
  ];
}

function titled(title: string, items: Inline[][]): KnownBlock[] {
  return items.length === 0 ? [] : richText(section(bold(title)), bullets(items));
}

/** '8 Mar 2026': a day of the log, which keeps UTC. */
function day(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? iso : DAY.format(at);
}

function line(text: string): string {
  const cut = cutPlain(oneLine(visible(text)), LINE);
  return cut.hidden > 0 ? `${cut.text}…` : cut.text;
}
