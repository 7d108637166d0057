import { and, asc, count, eq, inArray } from 'drizzle-orm';
import type { Actor } from '../core/decision.ts';
import { appendAudit, type AuditEvent } from '../db/audit.ts';
import { transact, type Tx } from '../db/client.ts';
import { enrollments, leads, messages, workflows } from '../db/schema.ts';
import type { Context } from './context.ts';
import { cancelMessages, exitEnrollment } from './exit-enrollment.ts';
import { namedWorkflow } from './named-workflow.ts';

const PAGE = 200;
const RUNNING = ['active', 'waiting', 'paused'] as const;

export type ArchivePreview = {
  workflow: string;
  archived: boolean;
  underWay: number /** Approved and not sent. */;
  mails: number;
};
export type Archived = {
  workflow: string;
  /** Leads that left with it; none where it drains. */
  ended: number;
  cancelled: number;
  /** Leads that go on to their end. */
  goOn: number;
};
type Refused = { ok: false; text: string };

/** What archiving would end now; writes nothing. */
export async function previewArchive(
  ctx: Context,
  name: string,
): Promise<{ ok: true; preview: ArchivePreview } | Refused> {
  const found = await namedWorkflow(ctx.db, ctx.workspaceId, name);
  if (!found.ok) return found;
  const { workflow } = found.published;
  const [under] = await ctx.db
    .select({ leads: count() })
    .from(enrollments)
    .where(and(eq(enrollments.workflowId, workflow.id), inArray(enrollments.status, [...RUNNING])));
  const [mails] = await ctx.db
    .select({ waiting: count() })
    .from(messages)
    .where(and(eq(messages.workflowId, workflow.id), eq(messages.status, 'approved')));
  return {
    ok: true,
    preview: {
      workflow: workflow.name,
      archived: workflow.status === 'archived' && !workflow.draining,
      underWay: under?.leads ?? 0,
      mails: mails?.waiting ?? 0,
    },
  };
}

/**
 * Nothing enters any more. Those under way leave at once, with what waits for people and what is approved; with `drain` they go on
 * to their end, and only a later archiving without it ends them. Publishing the workflow takes it out of the archive. Stopped
 * halfway it can be called again and does the rest.
 */
export async function archiveWorkflow(
  ctx: Context,
  { name, drain, actor }: { name: string; drain: boolean; actor: Actor },
): Promise<{ ok: true; archived: Archived } | Refused> {
  const found = await namedWorkflow(ctx.db, ctx.workspaceId, name);
  if (!found.ok) return found;
  const { workflow } = found.published;
  const by = `${actor.type}:${actor.id}`;
  await transact(ctx.db, async (tx) => {
    const [row] = await tx.select().from(workflows).where(eq(workflows.id, workflow.id)).for('update');
    if (!row) throw new Error(`no workflow ${workflow.id}`);
    if (row.status === 'archived' && row.draining === drain) return;
    await tx
      .update(workflows)
      .set({ status: 'archived', draining: drain, pausedBy: null, pausedAt: null })
      .where(eq(workflows.id, workflow.id));
    await appendAudit(tx, ctx.workspaceId, [
      {
        at: ctx.clock.now(),
        actor: by,
        action: 'workflow.archived',
        subjectType: 'workflow',
        subjectId: workflow.id,
        data: { drain },
      },
    ]);
  });
  if (drain) {
    const { preview } = await stillThere(ctx, workflow.name);
    ctx.queue.wake();
    return { ok: true, archived: { workflow: workflow.name, ended: 0, cancelled: 0, goOn: preview.underWay } };
  }
  const { ended, cancelled } = await endAll(ctx, workflow.id);
  ctx.queue.wake();
  return { ok: true, archived: { workflow: workflow.name, ended, cancelled, goOn: 0 } };
}

async function stillThere(ctx: Context, name: string): Promise<{ preview: ArchivePreview }> {
  const found = await previewArchive(ctx, name);
  if (!found.ok) throw new Error(found.text);
  return found;
}

const REASON = 'the workflow was archived';

/** Everybody under way, then whoever went through all of it and has a mail that has not left. A transaction a lead. */
async function endAll(ctx: Context, workflowId: string): Promise<{ ended: number; cancelled: number }> {
  const all = { ended: 0, cancelled: 0 };
  // Whoever was dealt with is not found again, so that this comes to an end.
  for (let page = await running(ctx, workflowId); page.length > 0; page = await running(ctx, workflowId))
    for (const { id, leadId } of page) {
      const { exited, cancelledMessages } = await underLock(ctx, leadId, (tx) => exitEnrollment(ctx, tx, id, REASON));
      if (exited) all.ended += 1;
      all.cancelled += cancelledMessages;
    }
  for (let page = await withMails(ctx, workflowId); page.length > 0; page = await withMails(ctx, workflowId))
    for (const { id, leadId } of page) {
      const { events } = await underLock(ctx, leadId, async (tx) => ({
        events: await cancelMessages(ctx, tx, id, REASON),
      }));
      all.cancelled += events.length;
    }
  return all;
}

type Found = { id: string; leadId: string };

function running(ctx: Context, workflowId: string): Promise<Found[]> {
  return ctx.db
    .select({ id: enrollments.id, leadId: enrollments.leadId })
    .from(enrollments)
    .where(and(eq(enrollments.workflowId, workflowId), inArray(enrollments.status, [...RUNNING])))
    .orderBy(asc(enrollments.id))
    .limit(PAGE);
}

function withMails(ctx: Context, workflowId: string): Promise<Found[]> {
  return ctx.db
    .selectDistinct({ id: enrollments.id, leadId: enrollments.leadId })
    .from(messages)
    .innerJoin(enrollments, eq(enrollments.id, messages.enrollmentId))
    .where(and(eq(messages.workflowId, workflowId), eq(messages.status, 'approved')))
    .orderBy(asc(enrollments.id))
    .limit(PAGE);
}

function underLock<T extends { events: AuditEvent[] }>(
  ctx: Context,
  leadId: string,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  return transact(ctx.db, async (tx) => {
    await tx.select({ id: leads.id }).from(leads).where(eq(leads.id, leadId)).for('update');
    const result = await work(tx);
    await appendAudit(tx, ctx.workspaceId, result.events);
    return result;
  });
}
