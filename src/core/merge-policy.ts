import { z } from 'zod';

/** Who can set a lead's values: a person in Slack or on the command line, our webhooks, a file, a step of a workflow. */
export const sourceKinds = ['person', 'webhook', 'identify', 'import', 'workflow'] as const;
export type SourceKind = (typeof sourceKinds)[number];

/** `by`: `person:U0ANA`, `import:<id of the batch>`, `workflow:<name>`, `webhook`, `identify`. `at`: ISO 8601. */
export type ValueSource = { by: string; at: string };

/**
 * Who set a value last, by the value's name: `firstName`, `fields.Plan`. `*` stands for those without an entry of their own;
 * where it is missing too, they came with the lead.
 */
export type ValueSources = Record<string, ValueSource>;

/**
 * When two sources differ over a value. `newest`: what was set later stays. `first`: what was known first stays, others only
 * fill gaps. A list: who stands earlier in it wins, whenever it was; among equals the newest.
 */
export type FieldRule = 'newest' | 'first' | SourceKind[];

/** By the names that files use (`first_name`, or a further column's own); `default` for all others. */
export type MergePolicy = { default: FieldRule; fields: Record<string, FieldRule> };

export const usualPolicy: MergePolicy = { default: 'newest', fields: {} };

const fieldRule = z.union(
  [
    z.enum(['newest', 'first']),
    z
      .array(z.enum(sourceKinds))
      .min(1)
      .refine((kinds) => new Set(kinds).size === kinds.length, 'each source once'),
  ],
  `newest, first, or a list of ${sourceKinds.join(', ')}`,
);

export const mergePolicySchema: z.ZodType<MergePolicy> = z.strictObject({
  default: fieldRule.default('newest'),
  fields: z.record(z.string().min(1).max(60), fieldRule).default({}),
});

/** What a rule comes to for one source: data, so that the database can follow it over a million rows. */
export type Plan = { gapsOnly: boolean; beats: SourceKind[]; yields: SourceKind[] };

/**
 * Whoever is no person never replaces what a person wrote: people correct what sources got wrong, and those go on sending it.
 * Nothing ever replaces a value by an empty one; that is not in the plan, since an empty value is no value.
 */
export function planOf(rule: FieldRule, kind: SourceKind): Plan {
  const person: SourceKind[] = kind === 'person' ? [] : ['person'];
  if (kind === 'person') return { gapsOnly: false, beats: sourceKinds.filter((each) => each !== 'person'), yields: [] };
  if (rule === 'newest') return { gapsOnly: false, beats: [], yields: person };
  if (rule === 'first') return { gapsOnly: true, beats: [], yields: person };
  const rank = (each: SourceKind): number => (rule.includes(each) ? rule.indexOf(each) : rule.length);
  const others = sourceKinds.filter((each) => each !== 'person');
  return {
    gapsOnly: false,
    beats: others.filter((each) => rank(each) > rank(kind)),
    yields: [...person, ...others.filter((each) => rank(each) < rank(kind))],
  };
}

/** The names of values that the program knows, as rows and as files spell them. */
const FILE_NAMES: Readonly<Record<string, string>> = {
  firstName: 'first_name',
  lastName: 'last_name',
  company: 'company',
  title: 'title',
  country: 'country',
  language: 'language',
  timezone: 'timezone',
};
export const FURTHER = 'fields.';

/** Plans by value's name, `*` for every other one. */
export function plansOf(policy: MergePolicy, kind: SourceKind): Record<string, Plan> {
  const known = new Map(Object.entries(FILE_NAMES).map(([name, written]) => [written, name]));
  const own = Object.entries(policy.fields).map(([written, rule]): [string, Plan] => [
    known.get(written) ?? `${FURTHER}${written}`,
    planOf(rule, kind),
  ]);
  return { ...Object.fromEntries(own), '*': planOf(policy.default, kind) };
}

/** `import:0190…` → `import`; anything unknown counts as an import. */
export function kindOf(by: string): SourceKind {
  const kind = by.split(':', 1)[0] ?? '';
  return sourceKinds.find((each) => each === kind) ?? 'import';
}

/** Who set this value last and when, as far as it is known. */
export function sourceOf(sources: ValueSources, name: string, cameAt: Date): ValueSource {
  const own = Object.hasOwn(sources, name) ? sources[name] : sources['*'];
  return own ?? { by: 'import', at: cameAt.toISOString() };
}

/** Whether an incoming value may replace one that is there and differs. */
export function wins(plan: Plan, current: ValueSource, at: Date): boolean {
  if (plan.gapsOnly) return false;
  const kind = kindOf(current.by);
  if (plan.beats.includes(kind)) return true;
  return !plan.yields.includes(kind) && at.getTime() >= new Date(current.at).getTime();
}
