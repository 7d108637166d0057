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

/** `valuesAt`: when the import began that set them last. */
export type ExistingLead = LeadValues & { valuesAt: Date };

export type Merge = {
  values: LeadValues;
  /** What the values were before, for those that changed; null when nothing did. Enough to undo. */
  before: Partial<LeadValues> | null;
};

/**
 * The rule by which duplicates are merged. Two rows are one lead when their addresses are the same, ignoring case.
 *
 * - A non-empty value replaces an empty one; an empty value never replaces anything.
 * - A non-empty value replaces a different one only when it comes from the same import or a newer one: an import that began
 *   before the stored values did (a slow one, overtaken by a webhook) only fills gaps. Further columns follow the same rule,
 *   each by itself.
 * - The address keeps its spelling, since approvals hold for it byte for byte; the source stays the first one known.
 * - Score, suppression, enrollment and what the lead did are not values: nothing here touches them.
 */
export function mergeLead(existing: ExistingLead, incoming: LeadValues & { at: Date }): Merge {
  const newer = incoming.at.getTime() >= existing.valuesAt.getTime();
  const [over, under] = newer ? [incoming, existing] : [existing, incoming];
  const values: LeadValues = {
    ...pick((name) => over[name] ?? under[name]),
    source: existing.source ?? incoming.source,
    fields: { ...under.fields, ...over.fields },
  };
  return { values, before: changed(existing, values) };
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
