import { sql } from 'drizzle-orm';
import type { Kind } from '../core/kinds/kind.ts';
import { rows } from '../db/client.ts';
import { listWorkflows } from '../db/workflows.ts';
import { findWorkspace } from '../db/workspaces.ts';
import { mayDecide } from './approvers.ts';
import type { Context } from './context.ts';

export type WorkflowStatus = {
  name: string;
  status: 'active' | 'paused' | 'archived';
  pausedBy: string | null;
  version: number;
  enrolled: { active: number; done: number; exited: number };
  waiting: Array<{ kind: Kind; count: number; oldest: Date | null }>;
  mails: { waiting: number; sent7d: number; uncertain: number };
  nextDue: Date | null;
};
export type StatusFacts = { paused: { by: string; at: Date } | null; workflows: WorkflowStatus[]; now: Date };

export async function workflowStatus(ctx: Context): Promise<StatusFacts> {
  const workspace = await findWorkspace(ctx.db, ctx.workspaceId);
  const now = ctx.clock.now();
  const weekAgo = new Date(now.getTime() - 7 * 86_400_000).toISOString();
  const workflows: WorkflowStatus[] = [];
  for (const { workflow, version } of await listWorkflows(ctx.db, ctx.workspaceId)) {
    const [enrolled] = await rows<{ active: number; done: number; exited: number; next: string | null }>(
      ctx.db,
      sql`select count(*) filter (where status in ('active', 'waiting', 'paused'))::int as active, count(*) filter (where status = 'done')::int as done,
            count(*) filter (where status = 'exited')::int as exited,
            to_char(min(due_at) filter (where status = 'waiting' and pending_decision_id is null) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as next
          from enrollments where workflow_id = ${workflow.id}::uuid`,
    );
    const waiting = await rows<{ kind: Kind; count: number; oldest: string }>(
      ctx.db,
      sql`select kind, count(*)::int as count, to_char(min(created_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as oldest
          from decisions where workflow_id = ${workflow.id}::uuid and status = 'pending' and purpose = 'live' group by kind order by kind`,
    );
    const [mails] = await rows<{ waiting: number; sent7d: number; uncertain: number }>(
      ctx.db,
      sql`select count(*) filter (where status = 'approved')::int as waiting, count(*) filter (where status = 'sent' and sent_at >= ${weekAgo}::timestamptz)::int as sent7d,
            count(*) filter (where status = 'uncertain')::int as uncertain from messages where workflow_id = ${workflow.id}::uuid`,
    );
    workflows.push({
      name: workflow.name,
      status: workflow.status,
      pausedBy: workflow.pausedBy,
      version: version.version,
      enrolled: { active: enrolled?.active ?? 0, done: enrolled?.done ?? 0, exited: enrolled?.exited ?? 0 },
      waiting: waiting.map((row) => ({ kind: row.kind, count: row.count, oldest: new Date(row.oldest) })),
      mails: mails ?? { waiting: 0, sent7d: 0, uncertain: 0 },
      nextDue: enrolled?.next ? new Date(enrolled.next) : null,
    });
  }
  return {
    paused: workspace.pausedAt ? { by: workspace.pausedBy ?? '', at: workspace.pausedAt } : null,
    workflows,
    now,
  };
}

/** Approver of any kind in any workflow, or an admin of the Slack workspace: they may pause and resume. */
export async function mayOperate(ctx: Context, userId: string): Promise<boolean> {
  try {
    const person = await ctx.directory.person(userId);
    if (!person || person.isBot || person.isDeleted || person.isGuest || !person.isOurs) return false;
    if (person.isAdmin) return true;
  } catch (error) {
    ctx.log.warn({ user: userId, error: String(error) }, 'could not find out who this is: refused');
    return false;
  }
  for (const { definition } of await listWorkflows(ctx.db, ctx.workspaceId))
    for (const approvers of Object.values(definition.approvers))
      if (approvers !== undefined && (await mayDecide(ctx, userId, approvers))) return true;
  return false;
}

/** A full, living member of our own workspace: may read who is where. Leads' names are not for guests, bots and strangers. */
export async function mayRead(ctx: Context, userId: string): Promise<boolean> {
  try {
    const person = await ctx.directory.person(userId);
    return person !== null && !person.isBot && !person.isDeleted && !person.isGuest && person.isOurs;
  } catch (error) {
    ctx.log.warn({ user: userId, error: String(error) }, 'could not find out who this is: refused');
    return false;
  }
}
