import { type LeadValues, mergedValues } from './lead.ts';
import { FURTHER, type ValueSource, type ValueSources } from './merge-policy.ts';

/** What an import wrote down when it replaced values of a lead: those, and who had set them. */
export type Replaced = Partial<LeadValues> & { sources?: Record<string, ValueSource | null> };

export type Restored = {
  values: LeadValues;
  sources: ValueSources;
  /** Names of values put back, and of those that somebody changed since and that stay. */
  restored: string[];
  kept: string[];
};

/**
 * Puts back what an import replaced, value by value: only where the import is still the one that set it last.
 *
 * @param by the import's mark: `import:<id>`. @param brought what the import brought, for rows from before sources were kept.
 */
export function restoreValues(
  lead: { values: LeadValues; sources: ValueSources },
  replaced: Replaced,
  brought: Readonly<Record<string, unknown>>,
  by: string,
): Restored {
  const values: LeadValues = { ...lead.values, fields: { ...lead.values.fields } };
  const sources: ValueSources = { ...lead.sources };
  const [restored, kept]: [string[], string[]] = [[], []];
  for (const place of placesOf(replaced, brought)) {
    const mine = Object.hasOwn(sources, place)
      ? sources[place]?.by === by
      : replaced.sources === undefined && valueAt(values, place) === broughtAt(brought, place);
    if (!mine) {
      kept.push(place);
      continue;
    }
    setAt(values, place, replacedAt(replaced, place));
    const before = replaced.sources?.[place] ?? null;
    if (before === null) delete sources[place];
    else sources[place] = before;
    restored.push(place);
  }
  // The source is only ever filled, and has no mark of its own.
  if (Object.hasOwn(replaced, 'source') && lead.values.source === broughtAt(brought, 'source')) {
    values.source = replaced.source ?? null;
    restored.push('source');
  }
  return { values, sources, restored, kept };
}

/**
 * What a later import wrote down as replaced was set by an import that is undone now: it gets what stood there before that one,
 * so that undoing the later one does not bring the earlier one back. Null when nothing of it changes.
 */
export function withoutUndone(later: Replaced, undone: Replaced, by: string): Replaced | null {
  const places = Object.entries(later.sources ?? {}).filter(([, source]) => source?.by === by);
  if (places.length === 0) return null;
  const values = { ...later, ...(later.fields ? { fields: { ...later.fields } } : {}) };
  const sources = { ...later.sources };
  for (const [place] of places) {
    setAt(values, place, replacedAt(undone, place));
    sources[place] = undone.sources?.[place] ?? null;
  }
  return { ...values, sources };
}

function placesOf(replaced: Replaced, brought: Readonly<Record<string, unknown>>): string[] {
  if (replaced.sources !== undefined) return Object.keys(replaced.sources);
  const known = mergedValues.filter((name) => Object.hasOwn(replaced, name));
  const fields = replaced.fields === undefined ? [] : Object.keys(objectAt(brought, 'fields'));
  return [...known, ...fields.map((name) => `${FURTHER}${name}`)];
}

function replacedAt(replaced: Replaced, place: string): string | null {
  return valueAt(replaced, place);
}

function valueAt(values: Partial<LeadValues>, place: string): string | null {
  if (place.startsWith(FURTHER)) {
    const name = place.slice(FURTHER.length);
    const { fields = {} } = values;
    return Object.hasOwn(fields, name) ? (fields[name] ?? null) : null;
  }
  const name = mergedValues.find((each) => each === place);
  return name === undefined ? null : (values[name] ?? null);
}

function broughtAt(brought: Readonly<Record<string, unknown>>, place: string): string | null {
  const value = place.startsWith(FURTHER) ? objectAt(brought, 'fields')[place.slice(FURTHER.length)] : brought[place];
  return typeof value === 'string' ? value : null;
}

function objectAt(value: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  const inner = Object.hasOwn(value, name) ? value[name] : null;
  return typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {};
}

function setAt(values: Partial<LeadValues>, place: string, value: string | null): void {
  if (place.startsWith(FURTHER)) {
    const name = place.slice(FURTHER.length);
    const fields = new Map(Object.entries(values.fields ?? {}));
    if (value === null) fields.delete(name);
    else fields.set(name, value);
    values.fields = Object.fromEntries(fields);
    return;
  }
  const name = mergedValues.find((each) => each === place);
  if (name !== undefined) values[name] = value;
}
