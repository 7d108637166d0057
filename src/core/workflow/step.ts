import { z } from 'zod';
import { DURATION } from '../duration.ts';
import { kinds, type Kind } from '../kinds/kind.ts';
import { conditionSchema } from './condition.ts';

/** What a step can be, told apart by its key; in the order of the schema's members. */
export const stepKinds = [
  'wait',
  'wait_until',
  'window',
  'branch',
  'decide',
  'split',
  'send',
  'update',
  'webhook',
  'task',
  'exit',
] as const;
export type StepKind = (typeof stepKinds)[number];

/** What can bring a lead in. */
export const triggerKinds = ['lead_added', 'event', 'segment', 'import', 'manual', 'api'] as const;

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

export const duration = z.string().regex(DURATION, 'a duration like 30s, 10m, 4h, 3d or 2w');
export const localTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a local time like 08:30');
const stepId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'a step id: lower-case letters, digits and hyphens, at most 40');
/** A channel by name or id; names are looked up when the bot starts. */
export const channel = z
  .string()
  .regex(/^(#[^\s#]{1,80}|[CG][A-Z0-9]{2,})$/, 'a channel name like #nurture-emails, or its id');

const days = z.array(z.enum(weekdays)).min(1).max(7).describe('Only on these days; left out, on every day.');
const next = stepId.describe('Where it goes on; left out, with the step below.').optional();
const go = z.templateLiteral(['go:', stepId]);
const fieldName = z.string().min(1).max(60);
const tag = z.string().min(1).max(60);

const mail = z.strictObject({
  subject: z.string().min(1).max(200),
  text: z
    .string()
    .min(1)
    .max(15_000)
    .describe('Plain text; {{first_name|there}} is replaced by the fact, or by what follows |.'),
});

const waitSchema = z.union([
  duration,
  z.strictObject({
    until: localTime.describe('The next such time of day where the lead is.'),
    days: days.optional(),
  }),
  z.strictObject({
    until_date: fieldName.describe('The fact of the lead that holds a date, such as trial_ends_at.'),
    offset: z
      .string()
      .regex(/^[+-]?\d{1,4}[smhdw]$/, 'a duration before or after, like -3d or 2h')
      .describe('So long before (-3d) or after (1d) that date.')
      .optional(),
    at: localTime.describe('At this time of day where the lead is.').optional(),
    if_missing: z
      .union([z.enum(['skip', 'exit']), go], 'skip, exit or go:STEP')
      .describe('The lead has no such date: go on at once (skip, the default), leave, or go elsewhere.')
      .optional(),
    if_past: z
      .union([z.enum(['skip', 'exit']), go], 'skip, exit or go:STEP')
      .describe('The date lies behind us: go on at once (skip, the default), leave, or go elsewhere.')
      .optional(),
  }),
]);

const fallbackAction = z.union([z.enum(['ask', 'skip', 'exit', 'send']), go], 'ask, skip, exit, send or go:STEP');
const fallbackSchema = z.strictObject({
  on_model_failure: fallbackAction.describe('The model gave no usable proposal; left out: ask.').optional(),
  on_budget: fallbackAction.describe('The budget for the model is spent; left out: ask.').optional(),
  on_expire: z
    .union([z.enum(['skip', 'exit', 'send']), go], 'skip, exit, send or go:STEP')
    .describe('Nobody decided in time; left out: as on_expire of the workflow says.')
    .optional(),
  mail: mail.describe('The fixed mail that `send` sends instead.').optional(),
});

const waitUntil = z.strictObject({
  id: stepId,
  wait_until: conditionSchema,
  timeout: duration.describe('No longer than this.'),
  on_timeout: stepId
    .describe('Where it goes on when the time is up; left out, as when the condition came true.')
    .optional(),
  next,
});
const branch = z.strictObject({
  id: stepId,
  branch: z
    .array(z.strictObject({ when: conditionSchema.optional(), go: stepId }))
    .min(2)
    .max(20)
    .describe('In order; the first whose condition holds. The last has no `when`: it is for everybody else.'),
});
const decide = z.strictObject({
  id: stepId,
  decide: z.enum(kinds),
  brief: z.string().min(1).max(2000),
  fallback: fallbackSchema.optional(),
  next,
});
const split = z.strictObject({
  id: stepId,
  split: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'a name: lower-case letters, digits and hyphens'),
        share: z.int().min(0).max(100),
        go: stepId,
      }),
    )
    .min(2)
    .max(10)
    .describe('Shares in percent that add up to 100; a lead always gets the same one.'),
});
const update = z.strictObject({
  id: stepId,
  update: z
    .strictObject({
      set: z.record(fieldName, z.string().max(300)).optional(),
      add_tags: z.array(tag).max(20).optional(),
      remove_tags: z.array(tag).max(20).optional(),
    })
    .refine((value) => Object.values(value).some((part) => part !== undefined && Object.keys(part).length > 0), {
      message: 'at least one of set, add_tags, remove_tags',
    }),
  next,
});
const webhook = z.strictObject({
  id: stepId,
  webhook: z.strictObject({
    url: z.string().max(500),
    body: z.record(z.string().min(1).max(60), z.union([z.string().max(1000), z.number(), z.boolean()])).optional(),
  }),
  on_failure: z.enum(['continue', 'exit']).describe('After the last retry; left out: continue.').optional(),
  next,
});
const task = z.strictObject({
  id: stepId,
  task: z.strictObject({
    text: z.string().min(1).max(2000),
    channel: channel.optional(),
    deadline: duration.optional(),
    done: stepId
      .describe('Where it goes on after Done; left out: `next`, or the step below. Skip always goes there.')
      .optional(),
    on_expire: stepId.describe('Where it goes on when nobody did it in time; left out: as after Skip.').optional(),
  }),
  next,
});

export const stepSchema = z
  .union([
    z.strictObject({ id: stepId, wait: waitSchema, next }),
    waitUntil,
    z.strictObject({
      id: stepId,
      window: z.strictObject({ from: localTime, to: localTime, days: days.optional() }),
      next,
    }),
    branch,
    decide,
    split,
    z.strictObject({ id: stepId, send: mail, next }),
    update,
    webhook,
    task,
    z.strictObject({ id: stepId, exit: z.string().min(1).max(120) }),
  ])
  .meta({ id: 'step' });

export type Step = z.infer<typeof stepSchema>;
export type WaitStep = Extract<Step, { wait: unknown }>;
export type WaitUntilStep = Extract<Step, { wait_until: unknown }>;
export type BranchStep = Extract<Step, { branch: unknown }>;
export type DecideStep = Extract<Step, { decide: Kind }>;
export type SplitStep = Extract<Step, { split: unknown }>;
export type SendStep = Extract<Step, { send: unknown }>;
export type UpdateStep = Extract<Step, { update: unknown }>;
export type WebhookStep = Extract<Step, { webhook: unknown }>;
export type TaskStep = Extract<Step, { task: unknown }>;
export type FixedMail = SendStep['send'];

/** @throws Error for a step of no known kind: it was published by a newer version of this program. */
export function kindOf(step: Step): StepKind {
  const kind = stepKinds.find((candidate) => candidate in step);
  if (kind === undefined) throw new Error(`step ${step.id} is of no kind that this version knows`);
  return kind;
}

export function isDecide(step: Step): step is DecideStep {
  return 'decide' in step;
}

/** Whether people are asked on this step: by a card of a decision or of a task. */
export function asksPeople(step: Step): boolean {
  return 'decide' in step || 'task' in step;
}

export function isGo(action: string): action is `go:${string}` {
  return action.startsWith('go:');
}

/** The step that `go:STEP` names; null when the action is another one. */
export function goTarget(action: string | undefined): string | null {
  return action !== undefined && isGo(action) ? action.slice(3) : null;
}
