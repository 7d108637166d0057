import { z } from 'zod';
import { DURATION, durationMs } from './duration.ts';
import { kinds, type Kind } from './kinds/kind.ts';
import { NEVER_AUTOMATIC } from './never-automatic.ts';
import { linkAllowed } from './guardrails.ts';
import { normaliseAddress } from './email-address.ts';
import { LONGEST_LOCAL_PART, replyAddress } from './reply-address.ts';

const duration = z.string().regex(DURATION, 'a duration like 30s, 10m, 4h, 3d or 2w');
const stepId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'a step id: lower-case letters, digits and hyphens, at most 40');
const localTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a local time like 08:30');
/** Slack ids, never names: a display name can be changed by anybody. */
const approver = z.string().regex(/^[UWS][A-Z0-9]{2,}$/, 'a Slack user id (U… or W…) or user group id (S…)');
const channel = z
  .string()
  .regex(/^(#[^\s#]{1,80}|[CG][A-Z0-9]{2,})$/, 'a channel name like #nurture-emails, or its id');
const link = z.string().refine((url) => linkAllowed(url, [url]), 'an http(s) address without user name or password');
const NO_DECISION = '00000000-0000-0000-0000-000000000000';
const address = z.string().refine((text) => normaliseAddress(text).ok, 'an e-mail address');

const stepSchema = z.union([
  z.strictObject({ id: stepId, wait: duration }),
  z.strictObject({ id: stepId, decide: z.enum(kinds), brief: z.string().min(1).max(2000) }),
]);
export type Step = z.infer<typeof stepSchema>;
export type DecideStep = Extract<Step, { decide: Kind }>;

export const workflowSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]{0,59}$/, 'a name: lower-case letters, digits and hyphens, at most 60'),
    description: z.string().min(1).max(500),
    goal: z.string().min(1).max(300),
    trigger: z.strictObject({ on: z.literal('lead_added'), source: z.array(z.string()).optional() }),
    steps: z.array(stepSchema).min(1).max(50),
    channels: z.strictObject({ lead_score: channel, email_draft: channel, digest: channel }),
    approvers: z.strictObject({ lead_score: z.array(approver), email_draft: z.array(approver) }),
    /** How long people have for a decision; then it expires, which is never an approval. */
    deadline: duration.default('3d'),
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
    /** Further columns of an import that the model may see. */
    lead_fields: z.array(z.string().min(1).max(60)).max(30).default([]),
    /** Kinds, and topics whose words in a proposal keep it with people, whatever the threshold. */
    never_automatic: z
      .array(z.string().min(2).max(60))
      .max(100)
      .default([...NEVER_AUTOMATIC]),
  })
  .check((context) => {
    const seen = new Set<string>();
    for (const [i, step] of context.value.steps.entries()) {
      if (seen.has(step.id))
        context.issues.push({
          code: 'custom',
          input: step.id,
          path: ['steps', i, 'id'],
          message: `a step id that no other step has (“${step.id}” stands twice)`,
        });
      seen.add(step.id);
    }
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

export function isDecide(step: Step): step is DecideStep {
  return 'decide' in step;
}

export function stepById(workflow: Workflow, id: string): Step {
  const step = workflow.steps.find((candidate) => candidate.id === id);
  if (!step) throw new Error(`workflow ${workflow.name} has no step ${id}`);
  return step;
}

export function decideStep(workflow: Workflow, id: string): DecideStep {
  const step = stepById(workflow, id);
  if (!isDecide(step)) throw new Error(`step ${id} of workflow ${workflow.name} decides nothing`);
  return step;
}

/** The step after `id`, or null at the end. */
export function stepAfter(workflow: Workflow, id: string): Step | null {
  const index = workflow.steps.findIndex((step) => step.id === id);
  if (index === -1) throw new Error(`workflow ${workflow.name} has no step ${id}`);
  return workflow.steps[index + 1] ?? null;
}

export type EnrollmentPlace = { step: string; status: 'active' | 'waiting'; dueAt: Date };

/** What an enrollment that is due does next. `skip` moves are already applied: the answer names the step where it stops. */
export type NextStep =
  | { do: 'wait'; step: string; until: Date }
  | { do: 'decide'; step: DecideStep }
  | { do: 'finish' };

/**
 * From a due enrollment to the next place where it has to stop. `active` enters its step; `waiting` in a wait step leaves it.
 * A wait that lies wholly in the past (the machine was off) is not waited again: it counts from when it was due.
 */
export function nextStep(workflow: Workflow, place: EnrollmentPlace, now: Date): NextStep {
  let step: Step | null = stepById(workflow, place.step);
  if (place.status === 'waiting') step = isDecide(step) ? step : stepAfter(workflow, step.id);
  if (step === null) return { do: 'finish' };
  if (isDecide(step)) return { do: 'decide', step };
  return { do: 'wait', step: step.id, until: new Date(now.getTime() + durationMs(step.wait)) };
}

/** Where an enrollment stands after the decision of `step` ended so. */
export function afterDecision(
  workflow: Workflow,
  step: string,
  status: 'approved' | 'edited' | 'rejected' | 'expired' | 'withdrawn',
): { status: 'active'; step: string } | { status: 'done' } | { status: 'exited'; reason: string } {
  if (status === 'rejected' && workflow.on_reject === 'exit')
    return { status: 'exited', reason: `rejected at ${step}` };
  if (status === 'expired' && workflow.on_expire === 'exit')
    return { status: 'exited', reason: `nobody decided on ${step} in time` };
  if (status === 'withdrawn') return { status: 'exited', reason: `withdrawn at ${step}` };
  const next = stepAfter(workflow, step);
  return next === null ? { status: 'done' } : { status: 'active', step: next.id };
}
