import { oneLine } from '../../core/plain-text.ts';
import type { KnownBlock } from '@slack/types';
import { rulesOf } from '../../core/kinds/rules.ts';
import type { LeadFacts } from '../../core/facts.ts';
import type { CardFacts } from '../../engine/card-facts.ts';
import { budgets } from '../limits.ts';
import { bold, contextText, richText, section } from '../rich-text.ts';
import { cutPlain, label, plural } from '../text.ts';

/** 'Ana Lopez', else the address, else that there is none. Not escaped: for literal places only. */
export function leadName(lead: LeadFacts): string {
  const name = oneLine([lead.firstName, lead.lastName].filter((part) => part !== null).join(' '));
  return name || oneLine(lead.email) || 'a lead that was erased';
}

/** 'Ana Lopez, Head of Marketing at Acme'. */
export function leadTitle(lead: LeadFacts): string {
  const place = [lead.title, lead.company].map((part) => oneLine(part ?? ''));
  const [title, company] = place;
  const role = title && company ? `${title} at ${company}` : title || company;
  return role ? `${leadName(lead)}, ${role}` : leadName(lead);
}

/** Who the mail goes to, in one line. */
export function leadLine(lead: LeadFacts): string {
  return [leadName(lead), leadRole(lead)].filter(Boolean).join(' · ');
}

/** 'Head of Marketing · Acme · Portugal · ana@acme.example': what stands below a header that names the lead. */
export function leadRole(lead: LeadFacts): string {
  const address = oneLine(lead.email) === leadName(lead) ? null : lead.email;
  return joined([lead.title, lead.company, lead.country, address]);
}

/** The lead at the top of a window: the name, then what is known in small print. */
export function leadNamed(facts: CardFacts): KnownBlock[] {
  return [...richText(section(bold(label(leadName(facts.lead), budgets.leadLine)))), ...leadBlocks(facts)];
}

/** What a reviewer needs of a lead to judge what is proposed, in small print: the role, then what is known. */
export function leadBlocks(facts: CardFacts): KnownBlock[] {
  const known = cutPlain(leadKnown(facts), budgets.leadKnown);
  const more = known.hidden > 0 ? '… (more behind “Why?”)' : '';
  return contextText(
    [cutPlain(leadRole(facts.lead), budgets.leadLine).text, known.text + more].filter(Boolean).join('\n'),
  );
}

/** 'Industry: Logistics · Score: 72 · First mail to this lead'. */
export function leadKnown(facts: CardFacts): string {
  const { lead } = facts;
  const fields = Object.entries(lead.fields).map(([name, value]) => (value ? `${fieldName(name)}: ${value}` : null));
  if (!rulesOf(facts.kind).sendsMail) return joined(fields);
  return joined([...fields, lead.score === null ? null : `Score: ${lead.score}`, earlierMails(facts)]);
}

function earlierMails({ priorMails }: CardFacts): string {
  const last = priorMails.at(-1);
  if (last === undefined) return 'First mail to this lead';
  return `${plural(priorMails.length, 'earlier mail')}, the last one “${last.subject}”`;
}

/** A column of an import as a reader expects it: 'job_area' is 'Job area'. */
export function fieldName(name: string): string {
  const spaced = oneLine(name).replaceAll('_', ' ');
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

function joined(parts: ReadonlyArray<string | null>): string {
  return parts
    .map((part) => oneLine(part ?? ''))
    .filter(Boolean)
    .join(' · ');
}

/** What a reviewer would expect to know and we do not. */
export function unknowns(lead: LeadFacts): string[] {
  const missing: string[] = [];
  if (lead.firstName === null && lead.lastName === null) missing.push('name');
  else if (lead.firstName === null) missing.push('first name');
  if (lead.company === null) missing.push('company');
  if (lead.title === null) missing.push('job title');
  return missing;
}
