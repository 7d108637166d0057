import { type LeadValues, mergedValues } from '../lead.ts';
import { isZone } from '../quiet-hours.ts';
import { namedFields } from './lead-fields.ts';
import type { UpdateStep } from './step.ts';

type Named = Record<(typeof mergedValues)[number], string | null>;

/** What an update step sets of a lead, to be merged into it. Address, source and what is empty are not set. */
export function valuesToSet(lead: Pick<LeadValues, 'fields'>, { update }: UpdateStep): LeadValues {
  const set = Object.entries(update.set ?? {}).filter(([, value]) => value.trim() !== '');
  const named = new Map(set.map(([name, value]) => [name.toLowerCase(), value.trim()]));
  const values = Object.fromEntries(
    mergedValues.map((name) => {
      const value = named.get(SPELLED[name]) ?? null;
      return [name, name === 'timezone' && value !== null && !isZone(value) ? null : value];
    }),
  ) as Named;
  const further = set.filter(([name]) => !(namedFields as readonly string[]).includes(name.toLowerCase()));
  const fields = Object.fromEntries(further.map(([name, value]) => [ownName(lead, name), value.trim()]));
  return { ...values, source: null, fields };
}

const SPELLED: Record<(typeof mergedValues)[number], string> = {
  firstName: 'first_name',
  lastName: 'last_name',
  company: 'company',
  title: 'title',
  country: 'country',
  language: 'language',
  timezone: 'timezone',
};

/** A column that an import spelled otherwise is the same column. */
function ownName({ fields }: Pick<LeadValues, 'fields'>, name: string): string {
  if (Object.hasOwn(fields, name)) return name;
  return Object.keys(fields).find((known) => plain(known) === plain(name)) ?? name;
}

function plain(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** null when they stay what they are. Case does not tell tags apart. */
export function tagsAfter(
  before: readonly string[],
  { update: { add_tags: add = [], remove_tags: remove = [] } }: UpdateStep,
): string[] | null {
  const same = (a: string, b: string) => a.trim().toLowerCase() === b.trim().toLowerCase();
  const kept = before.filter((tag) => !remove.some((gone) => same(gone, tag)));
  const fresh = add.filter((tag, i) => ![...kept, ...add.slice(0, i)].some((known) => same(known, tag)));
  return fresh.length === 0 && kept.length === before.length ? null : [...kept, ...fresh];
}
