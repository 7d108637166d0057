import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { stepById } from '../core/workflow.ts';
import { fieldsOf } from '../core/workflow/lead-fields.ts';
import { fillIn } from '../core/workflow/template.ts';
import { enrollments, leads, tasks, workflows } from '../db/schema.ts';
import type { SlackPost } from '../db/slack-posts.ts';
import { versionById } from '../db/workflows.ts';
import type { NoticeFacts } from './card-facts.ts';
import type { Context } from './context.ts';

const heldSchema = z.object({ enrollmentId: z.string(), step: z.string(), problems: z.array(z.string()) });

/** What the card of a task says, from today's rows; null when the task is gone. */
export async function taskNotice(ctx: Context, post: SlackPost): Promise<NoticeFacts | null> {
  const [found] = await ctx.db
    .select({ task: tasks, lead: leads, workflow: workflows.name })
    .from(tasks)
    .innerJoin(leads, eq(leads.id, tasks.leadId))
    .innerJoin(workflows, eq(workflows.id, tasks.workflowId))
    .where(and(eq(tasks.id, post.subjectId), eq(tasks.workspaceId, ctx.workspaceId)));
  if (!found) return null;
  const { task, lead, workflow } = found;
  const { definition } = await versionById(ctx.db, task.workflowVersionId);
  const step = stepById(definition, task.step);
  if (!('task' in step)) throw new Error(`step ${task.step} of version ${task.workflowVersionId} is no task`);
  const { text, missing } = fillIn(step.task.text, { fields: fieldsOf(lead) });
  return {
    type: 'task',
    taskId: task.id,
    workflow,
    step: task.step,
    leadName: nameOf(lead),
    leadEmail: lead.email,
    text,
    missing: lead.email === null ? [] : missing,
    deadlineAt: task.deadlineAt,
    status: task.status,
    closedBy: task.closedBy?.startsWith('person:') === true ? task.closedBy.slice('person:'.length) : null,
    closedReason: task.closedReason,
  };
}

/** A fixed mail that was not sent: what was wrong. */
export async function heldMailNotice(ctx: Context, post: SlackPost): Promise<NoticeFacts | null> {
  const { enrollmentId, step, problems } = heldSchema.parse(post.payload);
  const [found] = await ctx.db
    .select({ lead: leads, workflow: workflows.name })
    .from(enrollments)
    .innerJoin(leads, eq(leads.id, enrollments.leadId))
    .innerJoin(workflows, eq(workflows.id, enrollments.workflowId))
    .where(eq(enrollments.id, enrollmentId));
  if (!found) return null;
  return { type: 'fixed_mail_held', workflow: found.workflow, step, leadName: nameOf(found.lead), problems };
}

function nameOf({ firstName, lastName, email }: typeof leads.$inferSelect): string {
  return [firstName, lastName].filter(Boolean).join(' ') || (email ?? 'an erased lead');
}
