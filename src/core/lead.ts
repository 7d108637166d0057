import {
  FURTHER,
  kindOf,
  type MergePolicy,
  planOf,
  plansOf,
  sourceOf,
  usualPolicy,
  type ValueSource,
  type ValueSources,
  wins,
} from './merge-policy.ts';

/** The facts of a lead that the program knows by name, as a file's mapping and the webhook spell them. */
export const leadFields = [
  'email',
  'first_name',
  'last_name',
  'company',
  'title',
  'country',
  'language',
  'timezone',
  'source',
  'created_at',
] as const;
export type LeadField = (typeof leadFields)[number];

/** The values that merging may set, by their names in the row. `source` stands apart: it is only ever filled. */
export const mergedValues = ['firstName', 'lastName', 'company', 'title', 'country', 'language', 'timezone'] as const;
type MergedValue = (typeof mergedValues)[number];

export type LeadValues = Record<MergedValue, string | null> & {
  source: string | null;
  /** Further columns under their own names; never an empty value. */
  fields: Record<string, string>;
};

/** Something the lead did before it came to us: becomes a lead event, which the model may see. */
export type FirstEvent = { type: 'created' | 'downloaded'; at: string };

/** One lead as a file or a webhook brings it: normalised, empty values null, nothing that a reader can't see. */
export type IncomingLead = LeadValues & {
  email: string;
  /** Domain of its account; null for mailbox providers. */
  domain: string | null;
  event: FirstEvent | null;
};

/** `valuesAt`: when the lead came, for values of which `sources` says nothing. */
export type ExistingLead = LeadValues & { valuesAt: Date; sources?: ValueSources };

/** `at`: when the import began, or the message came. */
export type Incoming = LeadValues & { at: Date; by?: string };

export type Merge = {
  values: LeadValues;
  /** What the values were before, for those that changed; null when nothing did. Enough to undo. */
  before: Partial<LeadValues> | null;
  /** Who set the changed values now, and who had set them before (null: they came with the lead, or were empty). */
  sources: ValueSources;
  sourcesBefore: Record<string, ValueSource | null>;
};

/**
 * The rule by which duplicates are merged. Two rows are one lead when their addresses are the same, ignoring case.
 *
 * - A non-empty value replaces an empty one; an empty value never replaces anything.
 * - Whether a non-empty value replaces a different one, the policy says (core/merge-policy.ts). Usually it does when it comes from
 *   the same import or a newer one than set the value: an import that began before (a slow one, overtaken by a webhook) only
 *   fills gaps. What a person wrote is only replaced by a person. Each value, further columns too, is judged by itself.
 * - The address keeps its spelling, since approvals hold for it byte for byte; the source stays the first one known.
 * - Score, suppression, enrollment, tags and what the lead did are not values: nothing here touches them.
 */
export function mergeLead(existing: ExistingLead, incoming: Incoming, policy: MergePolicy = usualPolicy): Merge {
  const by = incoming.by ?? 'import';
  const set = { by, at: incoming.at.toISOString() };
  const plans = plansOf(policy, kindOf(by));
  const known = existing.sources ?? {};
  const sources: ValueSources = {};
  const sourcesBefore: Merge['sourcesBefore'] = {};
  const merged = (name: string, old: string | null, brought: string | null): string | null => {
    if (brought === null || brought === old) return old;
    const plan = (Object.hasOwn(plans, name) ? plans[name] : plans['*']) ?? planOf(policy.default, kindOf(by));
    if (old !== null && !wins(plan, sourceOf(known, name, existing.valuesAt), incoming.at)) return old;
    sources[name] = set;
    sourcesBefore[name] = (Object.hasOwn(known, name) ? known[name] : null) ?? null;
    return brought;
  };
  const fields = new Map(Object.entries(existing.fields));
  for (const [name, brought] of Object.entries(incoming.fields)) {
    const value = merged(`${FURTHER}${name}`, fields.get(name) ?? null, brought);
    if (value !== null) fields.set(name, value);
  }
  const values: LeadValues = {
    ...pick((name) => merged(name, existing[name], incoming[name])),
    source: existing.source ?? incoming.source,
    fields: Object.fromEntries(fields),
  };
  return { values, before: changed(existing, values), sources, sourcesBefore };
}

/** Within one file the rows of an address are merged in their order: the last non-empty value wins, the first spelling stays. */
export function mergeRows(earlier: IncomingLead, later: IncomingLead): IncomingLead {
  return {
    ...pick((name) => later[name] ?? earlier[name]),
    email: earlier.email,
    domain: earlier.domain,
    source: later.source ?? earlier.source,
    event: later.event ?? earlier.event,
    fields: { ...earlier.fields, ...later.fields },
  };
}

function pick(value: (name: MergedValue) => string | null): Record<MergedValue, string | null> {
  return Object.fromEntries(mergedValues.map((name) => [name, value(name)])) as Record<MergedValue, string | null>;
}

function changed(old: LeadValues, now: LeadValues): Partial<LeadValues> | null {
  const before: Partial<LeadValues> = {};
  for (const name of [...mergedValues, 'source'] as const) if (old[name] !== now[name]) before[name] = old[name];
  const names = Object.keys(now.fields);
  const sameFields =
    names.length === Object.keys(old.fields).length &&
    names.every((name) => Object.hasOwn(old.fields, name) && old.fields[name] === now.fields[name]);
  if (!sameFields) before.fields = old.fields;
  return Object.keys(before).length === 0 ? null : before;
}
