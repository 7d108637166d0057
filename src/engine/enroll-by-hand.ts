import { and, desc, eq } from 'drizzle-orm';
import type { Actor } from '../core/decision.ts';
import { mayReenter } from '../core/workflow/settings.ts';
import { appendAudit } from '../db/audit.ts';
import { transact, type Tx } from '../db/client.ts';
import { writeHistory } from '../db/enrollment-steps.ts';
import { lockLeadByHash } from '../db/leads.ts';
import { enrollments } from '../db/schema.ts';
import { suppressionOf } from '../db/suppressions.ts';
import type { PublishedWorkflow } from '../db/workflows.ts';
import { findWorkspace } from '../db/workspaces.ts';
import type { Context } from './context.ts';
import { enrollInto } from './enroll.ts';
import { namedWorkflow } from './named-workflow.ts';
import { leadOfAddress } from './why-lead.ts';

export type EnrollByHand = {
  name: string;
  email: string;
  /** Also a lead that has been through already and that the workflow's `re_entry` would not take again. */
  again: boolean;
  actor: Actor;
};
export type EnrolledByHand =
  | {
      ok: true;
      workflow: string;
      email: string;
      step: string;
      arm: 'ai' | 'baseline' | 'holdout';
      /** The workflow or everything is paused: nothing happens until it is resumed. */
      paused: boolean;
    }
  | { ok: false; text: string /** It was in it before, and would be taken with `again`. */; again?: true };

/** A person puts one known lead into a workflow, whatever its triggers say. `text` of a refusal is literal. */
export async function enrollByHand(ctx: Context, { name, email, again, actor }: EnrollByHand): Promise<EnrolledByHand> {
  const found = await namedWorkflow(ctx.db, ctx.workspaceId, name);
  if (!found.ok) return found;
  const { published } = found;
  const { workflow } = published;
  if (workflow.status === 'archived')
    return { ok: false, text: `${workflow.name} is archived: nobody comes in any more.` };
  const lead = await leadOfAddress(ctx, email);
  if (!lead.ok) return lead;
  const result = await transact(ctx.db, (tx) =>
    enrollInside(ctx, tx, { published, emailHash: lead.row.emailHash, email: lead.email, again, actor }),
  );
  if (result.ok) ctx.queue.wake();
  return result;
}

type Inside = {
  published: PublishedWorkflow;
  emailHash: string;
  email: string;
  again: boolean;
  actor: Actor;
};

async function enrollInside(
  ctx: Context,
  tx: Tx,
  { published, emailHash, email, again, actor }: Inside,
): Promise<EnrolledByHand> {
  const { workflow, definition } = published;
  const lead = await lockLeadByHash(tx, ctx.workspaceId, emailHash);
  if (lead === null || lead.email === null) return { ok: false, text: `The data of ${email} was erased a moment ago.` };
  const suppressed = await suppressionOf(tx, lead, ctx.secrets.addressKey);
  if (suppressed !== null)
    return {
      ok: false,
      text: `${email} may not be mailed (${suppressed.replaceAll('_', ' ')}), so it was not enrolled.`,
    };
  const [before] = await tx
    .select()
    .from(enrollments)
    .where(and(eq(enrollments.leadId, lead.id), eq(enrollments.workflowId, workflow.id)))
    .orderBy(desc(enrollments.enteredAt), desc(enrollments.id))
    .limit(1);
  const now = ctx.clock.now();
  if (before !== undefined) {
    if (before.endedAt === null)
      return { ok: false, text: `${email} is in ${workflow.name} already, at ${before.step}.` };
    if (!again && !mayReenter(definition, before.endedAt, now))
      return {
        ok: false,
        again: true,
        text: `${email} was in ${workflow.name} until ${before.endedAt.toISOString().slice(0, 10)}, and the workflow takes nobody again yet.`,
      };
  }
  if ((await enrollInto(ctx, tx, published, [lead.id])) === 0)
    return { ok: false, text: `${email} was not enrolled: it has reached the goal of ${workflow.name} already.` };
  const [made] = await tx
    .select()
    .from(enrollments)
    .where(and(eq(enrollments.leadId, lead.id), eq(enrollments.workflowId, workflow.id)))
    .orderBy(desc(enrollments.enteredAt), desc(enrollments.id))
    .limit(1);
  if (made === undefined) throw new Error(`lead ${lead.id} was enrolled in ${workflow.name} and is not in it`);
  const by = `${actor.type}:${actor.id}`;
  const entry = { step: made.step, did: 'enrolled', to: null, why: 'by hand', actor: by } as const;
  await writeHistory(tx, made, [entry], { ids: ctx.ids, at: now });
  await appendAudit(tx, ctx.workspaceId, [
    {
      at: now,
      actor: by,
      action: 'enrollment.by_hand',
      subjectType: 'enrollment',
      subjectId: made.id,
      data: { workflow: workflow.id, again: before !== undefined },
    },
  ]);
  return {
    ok: true,
    workflow: workflow.name,
    email,
    step: made.step,
    arm: made.arm,
    paused: workflow.status === 'paused' || (await findWorkspace(tx, ctx.workspaceId)).pausedAt !== null,
  };
}
