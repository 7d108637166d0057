import { accountDomain } from '../email-address.ts';
import { type IncomingLead, mergedValues } from '../lead.ts';
import { psi, psiLimit } from '../statistics/psi.ts';
import { isDisposableDomain, isRoleAddress } from './addresses.ts';

/** What the leads of an import look like together; counts only, no address. */
export type ImportProfile = {
  rows: number;
  /** Rows with a value, by its name (`firstName`, `fields.Plan`). */
  filled: Record<string, number>;
  /** Rows by value, of values that have few: the commonest, and `*` for all others. */
  values: Record<string, Record<string, number>>;
  /** Rows by the domain of the address: the commonest, and `*`. Mailbox providers stand together as `(mailbox provider)`. */
  domains: Record<string, number>;
  roles: number;
  disposable: number;
};

/** One way in which an import is unlike the ones before. Shares are 0…1. `text`: `company is filled in 12 % of rows, before 94 %`. */
export type ImportOddity = {
  kind: 'blank' | 'filled' | 'values' | 'domain' | 'roles' | 'disposable' | 'size';
  field: string;
  text: string;
  before: number;
  now: number;
};

const CATEGORIES = ['country', 'language', 'source'] as const;
const PROVIDER = '(mailbox provider)';
const KEPT = 30;
/** Different values that are told apart while a file is read; what comes after them counts as others. */
const MOST_TOLD_APART = 5000;

/** Gathers the profile of an import row by row. */
export class ProfileCounter {
  #rows = 0;
  #roles = 0;
  #disposable = 0;
  readonly #filled = new Map<string, number>();
  readonly #values = new Map<string, Map<string, number>>();
  readonly #domains = new Map<string, number>();

  add(lead: IncomingLead): void {
    this.#rows += 1;
    for (const name of mergedValues) if (lead[name] !== null) count(this.#filled, name);
    for (const name of Object.keys(lead.fields)) count(this.#filled, `fields.${name}`);
    for (const name of CATEGORIES) {
      const known = this.#values.get(name) ?? new Map<string, number>();
      this.#values.set(name, known);
      const value = lead[name];
      if (value !== null) count(known, value.toLowerCase());
    }
    const domain = lead.email.slice(lead.email.lastIndexOf('@') + 1).toLowerCase();
    count(this.#domains, accountDomain(domain) === null ? PROVIDER : domain);
    if (isRoleAddress(lead.email)) this.#roles += 1;
    if (isDisposableDomain(domain)) this.#disposable += 1;
  }

  profile(): ImportProfile {
    return {
      rows: this.#rows,
      filled: commonest(this.#filled, 500),
      values: Object.fromEntries([...this.#values].map(([name, counts]) => [name, commonest(counts, KEPT)])),
      domains: commonest(this.#domains, KEPT),
      roles: this.#roles,
      disposable: this.#disposable,
    };
  }
}

function count(counts: Map<string, number>, key: string): void {
  const known = counts.get(key);
  if (known !== undefined || counts.size < MOST_TOLD_APART) counts.set(key, (known ?? 0) + 1);
  else counts.set('*', (counts.get('*') ?? 0) + 1);
}

function commonest(counts: ReadonlyMap<string, number>, kept: number): Record<string, number> {
  const sorted = [...counts].filter(([key]) => key !== '*').toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const rest = (counts.get('*') ?? 0) + sorted.slice(kept).reduce((sum, [, n]) => sum + n, 0);
  return Object.fromEntries([...sorted.slice(0, kept), ...(rest > 0 ? [['*', rest] as const] : [])]);
}

/** Fewer rows tell nothing about an import, or about the ones before. */
const FEWEST_NOW = 30;
const FEWEST_BEFORE = 100;
const FEWEST_IMPORTS = 2;
/** Above it a population has changed, whatever chance may explain below it. */
const PSI_ALARM = 0.25;
const SHARE_ALARM = 0.3;
const HARM_ALARM = 0.05;
const SIZE_ALARM = 20;

/**
 * How an import is unlike the ones before it (of the same source, the newest ten will do); empty where it is not, and where too
 * few came before to tell. Shares that differ count only beyond what chance explains (PSI against psiLimit).
 */
export function importOddities(now: ImportProfile, before: readonly ImportProfile[]): ImportOddity[] {
  const then = together(before);
  if (before.length < FEWEST_IMPORTS || then.rows < FEWEST_BEFORE || now.rows < FEWEST_NOW) return [];
  const largest = Math.max(...before.map(({ rows }) => rows));
  const size: ImportOddity[] =
    now.rows > SIZE_ALARM * largest
      ? [
          {
            kind: 'size',
            field: '',
            before: largest,
            now: now.rows,
            text: `it has ${now.rows} rows, the largest before had ${largest}`,
          },
        ]
      : [];
  return [
    ...ofFilling(now, then),
    ...CATEGORIES.flatMap((name) => ofValues(name, now, then)),
    ...ofDomains(now, then),
    ...ofHarm('roles', 'addresses of offices such as info@', now, then),
    ...ofHarm('disposable', 'mailboxes to throw away', now, then),
    ...size,
  ].toSorted((a, b) => Math.abs(b.now - b.before) - Math.abs(a.now - a.before));
}

function together(all: readonly ImportProfile[]): ImportProfile {
  const add = (into: Record<string, number>, from: Record<string, number>): Record<string, number> => {
    const sum = { ...into };
    for (const [key, n] of Object.entries(from)) sum[key] = (Object.hasOwn(sum, key) ? (sum[key] ?? 0) : 0) + n;
    return sum;
  };
  return all.reduce<ImportProfile>(
    (sum, each) => ({
      rows: sum.rows + each.rows,
      filled: add(sum.filled, each.filled),
      values: Object.fromEntries(
        CATEGORIES.map((name) => [name, add(sum.values[name] ?? {}, each.values[name] ?? {})]),
      ),
      domains: add(sum.domains, each.domains),
      roles: sum.roles + each.roles,
      disposable: sum.disposable + each.disposable,
    }),
    { rows: 0, filled: {}, values: {}, domains: {}, roles: 0, disposable: 0 },
  );
}

function ofFilling(now: ImportProfile, then: ImportProfile): ImportOddity[] {
  return Object.keys({ ...then.filled, ...now.filled }).flatMap((field): ImportOddity[] => {
    const [a, b] = [Math.min(get(then.filled, field), then.rows), Math.min(get(now.filled, field), now.rows)];
    const [before, after] = [a / then.rows, b / now.rows];
    // A column that nobody had before is news, and no reason to stop.
    if (a === 0 || Math.abs(after - before) < SHARE_ALARM) return [];
    const distance = psi([a, then.rows - a], [b, now.rows - b]);
    if (distance <= Math.max(PSI_ALARM, psiLimit(then.rows, now.rows, 2))) return [];
    const text = `${label(field)} is filled in ${percent(after)} of rows, before ${percent(before)}`;
    return [{ kind: after < before ? 'blank' : 'filled', field, text, before, now: after }];
  });
}

function ofValues(field: string, now: ImportProfile, then: ImportProfile): ImportOddity[] {
  const [old, fresh] = [then.values[field] ?? {}, now.values[field] ?? {}];
  const [n, m] = [total(old), total(fresh)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(fresh)])];
  if (n < FEWEST_BEFORE || m < FEWEST_NOW || names.length < 2) return [];
  const distance = psi(
    names.map((name) => get(old, name)),
    names.map((name) => get(fresh, name)),
  );
  if (distance <= Math.max(PSI_ALARM, psiLimit(n, m, names.length))) return [];
  const moved = names
    .map((name) => ({ name, before: get(old, name) / n, after: get(fresh, name) / m }))
    .toSorted((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before))[0];
  if (moved === undefined || Math.abs(moved.after - moved.before) < SHARE_ALARM) return [];
  const value = moved.name === '*' ? 'other values' : `“${moved.name}”`;
  const text = `${label(field)}: ${value} in ${percent(moved.after)} of rows, before ${percent(moved.before)}`;
  return [{ kind: 'values', field, text, before: moved.before, now: moved.after }];
}

function ofDomains(now: ImportProfile, then: ImportProfile): ImportOddity[] {
  const [top] = Object.entries(now.domains)
    .filter(([name]) => name !== '*')
    .toSorted((a, b) => b[1] - a[1]);
  if (top === undefined) return [];
  const [name, n] = top;
  const [before, after] = [get(then.domains, name) / then.rows, n / now.rows];
  if (after - before < SHARE_ALARM) return [];
  const what = name === PROVIDER ? 'mailbox providers such as gmail.com' : name;
  return [
    {
      kind: 'domain',
      field: name,
      before,
      now: after,
      text: `${percent(after)} of addresses are at ${what}, before ${percent(before)}`,
    },
  ];
}

function ofHarm(kind: 'roles' | 'disposable', what: string, now: ImportProfile, then: ImportProfile): ImportOddity[] {
  const [before, after] = [then[kind] / then.rows, now[kind] / now.rows];
  if (after < HARM_ALARM || after - before < HARM_ALARM) return [];
  const distance = psi([then[kind], then.rows - then[kind]], [now[kind], now.rows - now[kind]]);
  if (distance <= psiLimit(then.rows, now.rows, 2)) return [];
  return [{ kind, field: '', before, now: after, text: `${percent(after)} are ${what}, before ${percent(before)}` }];
}

function get(counts: Readonly<Record<string, number>>, name: string): number {
  return Object.hasOwn(counts, name) ? (counts[name] ?? 0) : 0;
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, n) => sum + n, 0);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}

function label(field: string): string {
  return field.startsWith('fields.')
    ? field.slice('fields.'.length)
    : field.replaceAll(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`);
}
