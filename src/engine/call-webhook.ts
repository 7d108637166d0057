import { and, eq } from 'drizzle-orm';
import type { LeadFacts } from '../core/workflow/condition.ts';
import { afterStep } from '../core/workflow/next-step.ts';
import type { WebhookStep } from '../core/workflow/step.ts';
import { fillIn } from '../core/workflow/template.ts';
import type { Workflow } from '../core/workflow.ts';
import { appendAudit } from '../db/audit.ts';
import { transact, type Tx } from '../db/client.ts';
import { enrollments, leads } from '../db/schema.ts';
import type { Context, WebhookAnswer } from './context.ts';
import { enrollmentFacts } from './enrollment-facts.ts';
import type { Lead } from './gather-inputs.ts';
import { type Destination, type Enrollment, placeEnrollment } from './place-enrollment.ts';

export type Calling = {
  enrollment: Enrollment;
  workflow: Workflow;
  step: WebhookStep;
  lead: Lead;
  facts: LeadFacts;
};

/** Waits between tries, business milliseconds: six tries within about eight hours. */
const TRY_AGAIN_MS = [60_000, 300_000, 1_800_000, 7_200_000, 18_000_000];

/**
 * Makes the call of a webhook step, outside any transaction, then writes what came of it. The call bears the key of this occurrence
 * of the step: a process that dies between the two makes it once more, and whoever takes it can tell that it is the same.
 */
export async function callWebhook(ctx: Context, calling: Calling): Promise<void> {
  const { enrollment, step } = calling;
  const filled = bodyOf(calling);
  const answer: WebhookAnswer =
    filled.missing.length > 0
      ? { type: 'refused', detail: `the lead has no ${filled.missing.join(', ')}` }
      : enrollment.attempts > TRY_AGAIN_MS.length + 1
        ? { type: 'refused', detail: 'the program stopped each time while it made this call' }
        : await ctx.webhooks.post({ url: step.webhook.url, id: webhookKey(enrollment, step), body: filled.body });
  await transact(ctx.db, (tx) => writeAnswer(ctx, tx, calling, answer));
  ctx.queue.wake();
}

/** One key an occurrence of the step, the same for every try. */
function webhookKey({ id, occurrence }: Pick<Enrollment, 'id' | 'occurrence'>, { id: step }: WebhookStep): string {
  return `${id}.${step}.${occurrence}`;
}

/** What the file states, its slots filled; where it states none, which lead came by where. */
function bodyOf({ enrollment, workflow, step, facts }: Calling): { body: string; missing: string[] } {
  const stated = step.webhook.body;
  if (stated === undefined) {
    const at = (enrollment.stepEnteredAt ?? enrollment.enteredAt).toISOString();
    const data = { workflow: workflow.name, step: step.id, lead_id: enrollment.leadId, enrollment_id: enrollment.id };
    return { body: JSON.stringify({ type: 'workflow.step_reached', timestamp: at, data }), missing: [] };
  }
  const missing: string[] = [];
  const entries = Object.entries(stated).map(([name, value]) => {
    if (typeof value !== 'string') return [name, value];
    const filled = fillIn(value, facts);
    missing.push(...filled.missing);
    return [name, filled.text];
  });
  return { body: JSON.stringify(Object.fromEntries(entries)), missing: [...new Set(missing)] };
}

async function writeAnswer(
  ctx: Context,
  tx: Tx,
  { enrollment: claimed, workflow, step }: Calling,
  answer: WebhookAnswer,
): Promise<void> {
  const [lead] = await tx.select().from(leads).where(eq(leads.id, claimed.leadId)).for('update');
  const [enrollment] = await tx
    .select()
    .from(enrollments)
    .where(and(eq(enrollments.id, claimed.id), eq(enrollments.version, claimed.version)))
    .for('update');
  if (!lead || !enrollment) return;
  const now = ctx.clock.now();
  const wait = answer.type === 'later' ? TRY_AGAIN_MS[claimed.attempts - 1] : undefined;
  const since = enrollment.stepEnteredAt ?? now;
  const to: Destination =
    wait === undefined
      ? afterStep(workflow, step.id, answer.type === 'done' ? 'done' : 'failed')
      : { status: 'waiting', step: step.id, until: new Date(now.getTime() + wait), since, tries: claimed.attempts };
  const why = answer.type === 'done' ? null : answer.detail.slice(0, 300);
  const history =
    wait === undefined
      ? [{ step: step.id, did: answer.type === 'done' ? ('called' as const) : ('call_failed' as const), to: null, why }]
      : [];
  const facts = await enrollmentFacts(tx, { lead, enrollment, workflow, now });
  const moved = await placeEnrollment(ctx, tx, { enrollment, workflow, facts, to, history, actor: 'system:webhook' });
  if (answer.type !== 'done')
    ctx.log.warn({ enrollment: claimed.id, step: step.id, attempt: claimed.attempts, detail: why }, 'a webhook failed');
  await appendAudit(tx, ctx.workspaceId, [
    {
      at: now,
      actor: 'system:webhook',
      action: `webhook.${answer.type}`,
      subjectType: 'enrollment',
      subjectId: claimed.id,
      data: { step: step.id, attempt: claimed.attempts },
    },
    ...moved,
  ]);
}
