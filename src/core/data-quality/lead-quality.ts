import { normaliseAddress } from '../email-address.ts';
import { isDisposableDomain, isRoleAddress } from './addresses.ts';
import { contradictions } from './contradictions.ts';
import { isMissing, placeholderWord } from './placeholders.ts';

/** A lead as quality sees it. */
export type QualityLead = {
  /** What people know it by: `line 17`, or its address. */
  ref: string;
  /** As it was written; null where there is none. */
  email: string | null;
  /** Under the names that files use (`first_name`, …), further columns under their own. Blank and placeholder values included. */
  values: Readonly<Record<string, string>>;
  /** When anything was heard of it or written into it last; null where nobody knows. */
  lastChange: Date | null;
};

export const reasonCodes = [
  'no_address',
  'bad_address',
  'disposable_address',
  'role_address',
  'missing',
  'sparse',
  'placeholder',
  'contradiction',
  'opted_out',
  'stale',
  'duplicate',
] as const;
export type QualityCode = (typeof reasonCodes)[number];

/** Why a lead lost points. `text` is for people: `no first name`. */
export type QualityReason = { code: QualityCode; field: string | null; points: number; text: string };

export type LeadQuality = {
  /** 0–100: what can be relied on of what a draft is made from. 100: nothing is missing, odd or old. */
  score: number;
  /** The heaviest first; their points add up to 100 − score, unless that ends at 0. */
  reasons: QualityReason[];
};

/** What each value is worth to whoever writes to the lead: how much is lost without it. */
const WORTH: Readonly<Record<string, number>> = {
  first_name: 12,
  last_name: 5,
  company: 12,
  title: 10,
  country: 6,
  language: 3,
  timezone: 3,
  source: 4,
};
export const expectedFields = Object.keys(WORTH);

const LOST: Record<
  'no_address' | 'bad_address' | 'disposable_address' | 'role_address' | 'contradiction' | 'opted_out',
  number
> = {
  no_address: 100,
  bad_address: 100,
  disposable_address: 50,
  role_address: 15,
  contradiction: 12,
  opted_out: 40,
};
/** A wrong value is worse than none: it ends up in a mail. */
const PLACEHOLDER_EXTRA = 3;
const DUPLICATE = 10;
/** Facts about people age: so many days without news, so many points. */
const STALE: ReadonlyArray<[number, number, string]> = [
  [730, 20, 'two years'],
  [365, 10, 'a year'],
];
const DAY = 86_400_000;

export type QualityRules = {
  /** Values that are looked for; one that the source has no column for is not held against each lead. */
  expected: readonly string[];
  /** Further columns that most others fill in. */
  further?: readonly string[];
  /** Whether addresses are looked at: a table without a column for them has none. */
  addresses: boolean;
  now: Date;
};

/** How far one lead's data can be relied on, with reasons. `duplicateOf`: what others it is probably the same person as. */
export function leadQuality(lead: QualityLead, rules: QualityRules, duplicateOf: readonly string[] = []): LeadQuality {
  const reasons: QualityReason[] = [
    ...(rules.addresses ? ofAddress(lead.email) : []),
    ...ofValues(lead.values, rules),
    ...ofFurther(lead.values, rules.further ?? []),
    ...contradictions(lead.values, rules.now).map(({ code, fields, text }): QualityReason => {
      const kind = code === 'opted_out' ? 'opted_out' : 'contradiction';
      return { code: kind, field: fields[0] ?? null, points: LOST[kind], text };
    }),
    ...ofAge(lead.lastChange, rules.now),
  ];
  if (duplicateOf.length > 0) {
    const others = duplicateOf.length > 2 ? `${duplicateOf.length} others` : duplicateOf.join(' and ');
    reasons.push({ code: 'duplicate', field: null, points: DUPLICATE, text: `probably the same person as ${others}` });
  }
  const lost = reasons.reduce((sum, { points }) => sum + points, 0);
  return { score: Math.max(0, 100 - lost), reasons: reasons.toSorted((a, b) => b.points - a.points) };
}

function ofAddress(email: string | null): QualityReason[] {
  const reason = (code: keyof typeof LOST, text: string): QualityReason[] => [
    { code, field: 'email', points: LOST[code], text },
  ];
  if (email === null || isMissing(email, 'email')) return reason('no_address', 'no e-mail address');
  const read = normaliseAddress(email);
  if (!read.ok) return reason('bad_address', 'the e-mail address can’t be written to');
  if (isDisposableDomain(read.domain))
    return reason('disposable_address', `${read.domain} gives mailboxes to throw away`);
  return isRoleAddress(read.address) ? reason('role_address', 'the address is an office’s, not a person’s') : [];
}

function ofValues(values: QualityLead['values'], { expected }: QualityRules): QualityReason[] {
  return expected.flatMap((field): QualityReason[] => {
    const worth = WORTH[field] ?? 5;
    const raw = Object.hasOwn(values, field) ? (values[field] ?? '') : '';
    const label = field.replaceAll('_', ' ');
    if (raw.trim() === '') return [{ code: 'missing', field, points: worth, text: `no ${label}` }];
    if (placeholderWord(raw, field) === null) return [];
    const text = `${label} is “${raw.trim().slice(0, 40)}”, which says nothing`;
    return [{ code: 'placeholder', field, points: worth + PLACEHOLDER_EXTRA, text }];
  });
}

/** With fewer columns a gap or two say little. */
const FEWEST_FURTHER = 5;
const SPARSE = 20;

function ofFurther(values: QualityLead['values'], further: readonly string[]): QualityReason[] {
  if (further.length < FEWEST_FURTHER) return [];
  const gaps = further.filter((name) =>
    isMissing(Object.hasOwn(values, name) ? (values[name] ?? '') : '', name),
  ).length;
  const points = Math.round((SPARSE * gaps) / further.length);
  if (points === 0) return [];
  return [{ code: 'sparse', field: null, points, text: `${gaps} of ${further.length} further values are not known` }];
}

function ofAge(lastChange: Date | null, now: Date): QualityReason[] {
  if (lastChange === null) return [];
  const days = (now.getTime() - lastChange.getTime()) / DAY;
  const found = STALE.find(([limit]) => days > limit);
  if (found === undefined) return [];
  return [{ code: 'stale', field: null, points: found[1], text: `nothing new for more than ${found[2]}` }];
}
