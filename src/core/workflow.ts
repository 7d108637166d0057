import { z } from 'zod';
import { kinds } from './kinds/kind.ts';
import { NEVER_AUTOMATIC } from './never-automatic.ts';
import { linkAllowed } from './guardrails.ts';
import { normaliseAddress } from './email-address.ts';
import { LONGEST_LOCAL_PART, replyAddress } from './reply-address.ts';
import { conditionSchema } from './workflow/condition.ts';
import { channel, type DecideStep, duration, isDecide, localTime, type Step, stepSchema } from './workflow/step.ts';
import { structureProblems } from './workflow/structure.ts';

export { type DecideStep, isDecide, type Step } from './workflow/step.ts';

/** Slack ids, never names: a display name can be changed by anybody. */
const approver = z.string().regex(/^[UWS][A-Z0-9]{2,}$/, 'a Slack user id (U… or W…) or user group id (S…)');
const link = z.string().refine((url) => linkAllowed(url, [url]), 'an http(s) address without user name or password');
const NO_DECISION = '00000000-0000-0000-0000-000000000000';
const address = z.string().refine((text) => normaliseAddress(text).ok, 'an e-mail address');
const share = z.int().min(0).max(100);
const when = conditionSchema.optional();
const source = z.array(z.string()).optional();

const triggerSchema = z
  .discriminatedUnion('on', [
    z.strictObject({ on: z.literal('lead_added').describe('Every lead that is new.'), source, when }),
    z.strictObject({
      on: z.literal('event').describe('Something the lead did.'),
      event: z.string().min(1).max(120),
      when,
    }),
    z.strictObject({
      on: z.literal('segment').describe('The lead comes to match a saved segment.'),
      segment: z.string().min(1).max(120),
      when,
    }),
    z.strictObject({
      on: z.literal('import').describe('New leads of an import, not those of the webhook.'),
      source,
      when,
    }),
    z.strictObject({ on: z.literal('manual').describe('Only leads that somebody enrolls by hand.') }),
    z.strictObject({
      on: z.literal('api').describe('New leads of the webhook, not those of an import.'),
      source,
      when,
    }),
  ])
  .meta({ id: 'trigger' });

const goalText = z.string().min(1).max(300);
const steps = z.array(stepSchema).min(1).max(50);

/**
 * One workflow as a file states it and a version stores it. Settings that came after the first versions are optional and have
 * no default here, so that a version published before them keeps its hash; `workflow/settings.ts` says what is meant when one
 * is left out.
 */
export const workflowSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]{0,59}$/, 'a name: lower-case letters, digits and hyphens, at most 60'),
    description: z.string().min(1).max(500),
    /** Text alone is for people; with `when`, a lead that reaches it leaves at once. */
    goal: z.union([goalText, z.strictObject({ description: goalText, when: conditionSchema })]),
    trigger: triggerSchema.optional(),
    triggers: z.array(triggerSchema).min(1).max(10).optional(),
    exit_when: z
      .array(z.strictObject({ reason: z.string().min(1).max(120), when: conditionSchema }))
      .max(20)
      .optional(),
    re_entry: z
      .union([z.enum(['never', 'always']), z.strictObject({ after: duration })], 'never, always or {after: 90d}')
      .optional(),
    /** How long a company's other people are left alone when one of them answers; left out, 14 days. */
    account_pause: z.union([z.literal('never'), duration], 'never or a duration such as 14d').optional(),
    /** Whose mail goes first when a cap or the day's limit is near: 0…100, left out 50. */
    priority: z.int().min(0).max(100).optional(),
    cohort: z.strictObject({ ai: share.optional(), baseline: share.optional(), holdout: share.optional() }).optional(),
    baseline: z.strictObject({ steps }).optional(),
    steps,
    channels: z.strictObject({
      lead_score: channel,
      email_draft: channel,
      digest: channel,
      /** Cards of human tasks; left out, where e-mail drafts are. */
      tasks: channel.optional(),
    }),
    approvers: z.strictObject({
      lead_score: z.array(approver),
      email_draft: z.array(approver),
      /** Who may close a human task; left out, whoever may decide e-mail drafts. */
      tasks: z.array(approver).optional(),
    }),
    /** How long people have for a decision; then it expires, which is never an approval. */
    deadline: duration.default('3d'),
    deadlines: z.partialRecord(z.enum(kinds), duration).optional(),
    undo_window: duration.default('10m'),
    on_reject: z.enum(['continue', 'exit']).default('continue'),
    on_expire: z.enum(['continue', 'exit']).default('exit'),
    /** At most so many decisions wait for people at once; further leads wait in line, so that no draft is stale when it is read. */
    max_pending: z.int().min(1).max(5000).default(200),
    quiet_hours: z.strictObject({ from: localTime, to: localTime }).optional(),
    cap: z.strictObject({ mails: z.int().min(1).max(50), within: duration }).default({ mails: 3, within: '7d' }),
    sender: z.strictObject({
      name: z.string().min(1).max(80),
      email: address,
      reply_to: address.optional(),
      /** Each mail is answered to an address of its own (`name+…@`), for mail programs that do not say what they answer. */
      reply_plus: z.boolean().optional(),
      company: z.string().min(1).max(120),
      postal_address: z.string().min(10, 'the full postal address that the law asks for').max(300),
    }),
    /** Why the lead gets this mail; stands in every footer. */
    why: z.string().min(10).max(300),
    tone: z.string().min(1).max(500),
    facts: z.array(z.string().min(1).max(300)).max(50),
    allowed_links: z.array(link).max(50),
    /** Left out, nothing is counted; not a default, so that a version published before this was known stays what it was. */
    tracking: z.strictObject({ clicks: z.boolean() }).optional(),
    /** Shares of the cards that look at the reviews themselves (docs/reviewers.md); left out, the usual ones. 0 switches it off. */
    reviews: z
      .strictObject({ seeded: z.number().min(0).max(0.2).optional(), second: z.number().min(0).max(0.5).optional() })
      .optional(),
    /** Facts without which the AI decides nothing about a lead; people are asked for them. */
    required_fields: z.array(z.string().min(1).max(60)).min(1).max(15).optional(),
    /** Further columns of an import that the model may see. */
    lead_fields: z.array(z.string().min(1).max(60)).max(30).default([]),
    /** Kinds, and topics whose words in a proposal keep it with people, whatever the threshold. */
    never_automatic: z
      .array(z.string().min(2).max(60))
      .max(100)
      .default([...NEVER_AUTOMATIC]),
  })
  .check((context) => {
    for (const { path, message } of structureProblems(context.value))
      context.issues.push({ code: 'custom', input: context.value, path, message });
    const { email, reply_to: replyTo, reply_plus: replyPlus } = context.value.sender;
    if (replyPlus === true && replyAddress('', NO_DECISION, replyTo ?? email) === null)
      context.issues.push({
        code: 'custom',
        input: replyTo ?? email,
        path: ['sender', replyTo === undefined ? 'email' : 'reply_to'],
        message: `an address with at most ${LONGEST_LOCAL_PART} characters and no + before the @, because reply_plus puts something behind them`,
      });
  });
export type Workflow = z.infer<typeof workflowSchema>;
export type Trigger = z.infer<typeof triggerSchema>;

/** The steps that stand in one list with a step: the workflow's own, or the baseline's. Ids are unique over both. */
function trackOf(workflow: Workflow, id: string): readonly Step[] {
  const track = [workflow.steps, workflow.baseline?.steps ?? []].find((list) => list.some((step) => step.id === id));
  if (!track) throw new Error(`workflow ${workflow.name} has no step ${id}`);
  return track;
}

/** @throws Error for an id that neither the steps nor the baseline's have. */
export function stepById(workflow: Workflow, id: string): Step {
  const step = trackOf(workflow, id).find((candidate) => candidate.id === id);
  if (!step) throw new Error(`workflow ${workflow.name} has no step ${id}`);
  return step;
}

export function decideStep(workflow: Workflow, id: string): DecideStep {
  const step = stepById(workflow, id);
  if (!isDecide(step)) throw new Error(`step ${id} of workflow ${workflow.name} decides nothing`);
  return step;
}

/** The step on which a lead goes on after `id` when nothing says otherwise: its `next`, else the one below; null at the end. */
export function stepAfter(workflow: Workflow, id: string): Step | null {
  const track = trackOf(workflow, id);
  const index = track.findIndex((step) => step.id === id);
  const step = track[index];
  if (step !== undefined && 'next' in step && step.next !== undefined) return stepById(workflow, step.next);
  return track[index + 1] ?? null;
}
