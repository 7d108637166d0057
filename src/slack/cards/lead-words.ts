import { oneLine } from '../../core/plain-text.ts';
import type { LeadFacts } from '../../core/facts.ts';

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

/** Who the mail goes to and what is known of them, in one line. */
export function leadLine(lead: LeadFacts): string {
  const parts = [
    leadName(lead),
    lead.title,
    lead.company,
    lead.country,
    lead.email === leadName(lead) ? null : lead.email,
  ];
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
