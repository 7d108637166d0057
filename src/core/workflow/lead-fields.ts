import { type LeadField, leadFields, type LeadValues } from '../lead.ts';

/** Facts that a condition, a slot or a wait can name, besides the further columns of imports. */
export const namedFields: readonly LeadField[] = leadFields.filter((field) => field !== 'created_at');

/** A lead's facts under the names that workflow files use. What is empty is left out; a column can't stand in for a named fact. */
export function fieldsOf(
  lead: Omit<LeadValues, 'source'> & { email: string | null; source: string | null },
): Record<string, string> {
  const named: Record<LeadField, string | null> = {
    email: lead.email,
    first_name: lead.firstName,
    last_name: lead.lastName,
    company: lead.company,
    title: lead.title,
    country: lead.country,
    language: lead.language,
    timezone: lead.timezone,
    source: lead.source,
    created_at: null,
  };
  const known = Object.entries(named).filter((entry): entry is [string, string] => (entry[1] ?? '').trim() !== '');
  return {
    ...Object.fromEntries(Object.entries(lead.fields).filter(([, value]) => value.trim() !== '')),
    ...Object.fromEntries(known),
  };
}
