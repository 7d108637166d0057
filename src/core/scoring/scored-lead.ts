import { cleanCell } from './lead-table.ts';
import { type Doing, type Engagement, engagementOf, type EngagementSign, engagementSigns } from './engagement.ts';
import { spaced } from './leaks.ts';

/** What a score may know of a lead. */
export type ScoredLead = {
  /** Of a company's own domain, not of a mailbox provider. */
  businessAddress: boolean;
  company: string | null;
  title: string | null;
  source: string | null;
  /** Further columns under their own names. */
  fields: Record<string, string>;
  /** When a value was set last, by its name, where that is known; the others came with the lead. */
  setAt: Readonly<Record<string, Date>>;
  doings: readonly Doing[];
};

/** The lead as it was known at a moment: the cells of the columns that a score is learned from, and its engagement. */
export type Snapshot = { cells: Record<string, string>; engagement: Engagement };

const signColumns: Record<EngagementSign, string> = {
  replied: 'replies',
  asked: 'asked to talk or try',
  clicked: 'clicks',
  content: 'downloads and events',
  visited: 'visits',
  other: 'other activity',
};
const SILENCE = 'days since last activity';
/** Columns about what the lead does; all others are about who it is. */
export const engagementColumns: ReadonlySet<string> = new Set([...Object.values(signColumns), SILENCE]);
/** Columns whose cells are words of ours. `source` is the file's or form's name for where the lead came from. */
export const ownColumns: ReadonlySet<string> = new Set([
  ...engagementColumns,
  'address',
  'company',
  'job level',
  'source',
]);

/** Never scored by, whatever it would tell: who somebody is by birth or belief. Country, language and time zone stand for origin, too. */
const NOT_BY =
  /\b(?:gender|sex|age|birth\w*|dob|ethnic\w*|race|religio\w*|national\w*|marital|disab\w*|health|salutation|anrede|mr|mrs|first name|last name|full name|surname|name|e ?mail|phone|mobile|address|street|zip|postcode|postal code|country|language|time ?zone|locale|photo|ip)\b/i;

export type JobLevel = 'leads' | 'manages' | 'learns' | 'other';

/** What a job title says of who decides. */
export function jobLevel(title: string | null): JobLevel | null {
  const text = title?.trim() ?? '';
  if (text === '') return null;
  if (/\b(?:intern|trainee|student|apprentice|junior|praktikant\w*|werkstudent\w*|graduate)\b/i.test(text))
    return 'learns';
  if (
    /\b(?:c[efimot]o|cxo|chief|founder|owner|president|vp|vice president|director|head|partner|managing|geschäftsführ\w*|leiter\w*|directeur|directrice|director[a]?)\b/i.test(
      text,
    )
  )
    return 'leads';
  return /\b(?:manager\w*|lead|principal|senior|supervisor|responsable|gerente)\b/i.test(text) ? 'manages' : 'other';
}

/** @param at values set later and doings after it are not looked at: what a value was before is not known, so it counts as blank. */
export function snapshotOf(lead: ScoredLead, at: Date): Snapshot {
  const then = (name: string, value: string | null): string => {
    const set = lead.setAt[name];
    return value === null || (set !== undefined && set > at) ? '' : cleanCell(value, name);
  };
  const engagement = engagementOf(lead.doings, at);
  const further = Object.entries(lead.fields)
    .filter(([name]) => !ownColumns.has(name) && !NOT_BY.test(spaced(name)))
    .map(([name, value]) => [name, then(name, value)] as const);
  return {
    engagement,
    cells: {
      ...Object.fromEntries(further),
      address: lead.businessAddress ? 'of a company' : 'of a mailbox provider',
      company: then('company', lead.company) === '' ? 'not known' : 'known',
      'job level': jobLevel(then('title', lead.title)) ?? '',
      source: then('source', lead.source),
      ...Object.fromEntries(engagementSigns.map((sign) => [signColumns[sign], engagement.signs[sign].toFixed(3)])),
      [SILENCE]: engagement.lastDays === null ? '' : engagement.lastDays.toFixed(1),
    },
  };
}
