import { and, asc, eq, gt, inArray, ne, sql } from 'drizzle-orm';
import type { Actor } from '../core/decision.ts';
import { exitNow } from '../core/workflow/next-step.ts';
import { type InFlight, type Migration, migrationSummary, planMigration } from '../core/workflow/migration-plan.ts';
import { stepById } from '../core/workflow.ts';
import { asksPeople } from '../core/workflow/step.ts';
import { appendAudit, type AuditEvent } from '../db/audit.ts';
import { type DbOrTx, transact, type Tx } from '../db/client.ts';
import { writeHistory } from '../db/enrollment-steps.ts';
import { decisions, enrollments, leads, tasks, workflowVersions } from '../db/schema.ts';
import { touchPost } from '../db/slack-posts.ts';
import { versionById, type WorkflowVersionRow } from '../db/workflows.ts';
import type { Context } from './context.ts';
import { enrollmentFacts } from './enrollment-facts.ts';
import { namedWorkflow } from './named-workflow.ts';
import { type Destination, type Enrollment, placeEnrollment } from './place-enrollment.ts';
import { withdrawTasks } from './tasks.ts';

export type MigrationOrder = { name: string /** Left out or null: the current one. */; version: number | null };

/** Who would go where; `fromVersion` is the one they are on. */
export type MigrationGroup = { fromVersion: number } & ReturnType<typeof migrationSummary>[number];
export type MigrationPreview = {
  workflow: string;
  /** The version they go to. */
  version: number;
  /** Under way on other versions. */
  leads: number;
  groups: MigrationGroup[];
};
export type Migrated = {
  workflow: string;
  version: number;
  /** `ended`: nothing was left for them to do, or the version's goal or an exit condition ended them at once. */
  moved: number;
  ended: number;
  stayed: number;
};
type Refused = { ok: false; text: string };

const PAGE = 200;
const UNDER_WAY = ['active', 'waiting', 'paused'] as const;

/** What a migration would do now; writes nothing. */
export async function previewMigration(
  ctx: Context,
  order: MigrationOrder,
): Promise<{ ok: true; preview: MigrationPreview } | Refused> {
  const found = await findTarget(ctx, order);
  if (!found.ok) return found;
  const { name, target } = found;
  const places = new Map<string, InFlight[]>();
  for await (const page of underWay(ctx, target))
    for (const enrollment of page) {
      const one = { ...placeOf(enrollment), pending: await pendingOf(ctx.db, enrollment) };
      places.set(enrollment.workflowVersionId, [...(places.get(enrollment.workflowVersionId) ?? []), one]);
    }
  const groups: MigrationGroup[] = [];
  for (const [versionId, standing] of places) {
    const before = await versionById(ctx.db, versionId);
    const plan = planMigration(before.definition, target.definition, standing);
    groups.push(...migrationSummary(plan).map((group) => ({ fromVersion: before.version, ...group })));
  }
  const counts = [...places.values()].reduce((sum, { length }) => sum + length, 0);
  return {
    ok: true,
    preview: {
      workflow: name,
      version: target.version,
      leads: counts,
      groups: groups.toSorted((a, b) => a.fromVersion - b.fromVersion || b.count - a.count),
    },
  };
}

/**
 * Moves everybody under way in the workflow to one of its versions, each in a transaction of its own, as things stand then: a lead
 * that went on since the preview goes from where it is. Stopped halfway, it can be called again and does the rest. Mails that were
 * approved go out as they were approved.
 */
export async function migrateWorkflow(
  ctx: Context,
  { actor, ...order }: MigrationOrder & { actor: Actor },
): Promise<{ ok: true; migrated: Migrated } | Refused> {
  const found = await findTarget(ctx, order);
  if (!found.ok) return found;
  const { name, target } = found;
  const migrated: Migrated = { workflow: name, version: target.version, moved: 0, ended: 0, stayed: 0 };
  const by = `${actor.type}:${actor.id}`;
  for await (const page of underWay(ctx, target))
    for (const { id, leadId } of page) {
      const became = await transact(ctx.db, (tx) => moveOne(ctx, tx, { id, leadId, target, by }));
      if (became !== null) migrated[became] += 1;
    }
  await transact(ctx.db, (tx) =>
    appendAudit(tx, ctx.workspaceId, [
      {
        at: ctx.clock.now(),
        actor: by,
        action: 'workflow.migrated',
        subjectType: 'workflow_version',
        subjectId: target.id,
        data: { version: target.version, moved: migrated.moved, ended: migrated.ended, stayed: migrated.stayed },
      },
    ]),
  );
  ctx.queue.wake();
  return { ok: true, migrated };
}

async function findTarget(
  ctx: Context,
  { name, version }: MigrationOrder,
): Promise<{ ok: true; name: string; target: WorkflowVersionRow } | Refused> {
  const found = await namedWorkflow(ctx.db, ctx.workspaceId, name);
  if (!found.ok) return found;
  const { workflow, version: current, definition } = found.published;
  if (version === null || version === current.version)
    return { ok: true, name: workflow.name, target: { ...current, definition } };
  const [row] = await ctx.db
    .select({ id: workflowVersions.id })
    .from(workflowVersions)
    .where(and(eq(workflowVersions.workflowId, workflow.id), eq(workflowVersions.version, version)));
  if (!row)
    return { ok: false, text: `${workflow.name} has no version ${version}; the current one is ${current.version}.` };
  return { ok: true, name: workflow.name, target: await versionById(ctx.db, row.id) };
}

/** Everybody of the workflow who is on another version, in pages. */
async function* underWay(ctx: Context, target: WorkflowVersionRow): AsyncGenerator<Enrollment[]> {
  let after: string | null = null;
  for (;;) {
    const page: Enrollment[] = await ctx.db
      .select()
      .from(enrollments)
      .where(
        and(
          eq(enrollments.workflowId, target.workflowId),
          inArray(enrollments.status, [...UNDER_WAY]),
          ne(enrollments.workflowVersionId, target.id),
          after === null ? undefined : gt(enrollments.id, after),
        ),
      )
      .orderBy(asc(enrollments.id))
      .limit(PAGE);
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.id;
  }
}

function placeOf({ id, step, status }: Enrollment): Omit<InFlight, 'pending'> {
  if (status === 'done' || status === 'exited') throw new Error(`enrollment ${id} has ended`);
  return { enrollmentId: id, step, status };
}

async function pendingOf(db: DbOrTx, { id, step, pendingDecisionId }: Enrollment): Promise<InFlight['pending']> {
  if (pendingDecisionId !== null) return 'decision';
  const [task] = await db
    .select({ id: tasks.id })
    .from(tasks)
    .where(and(eq(tasks.enrollmentId, id), eq(tasks.status, 'open'), eq(tasks.step, step)));
  return task === undefined ? null : 'task';
}

type Moving = { id: string; leadId: string; target: WorkflowVersionRow; by: string };

/** Null where it ended or was moved meanwhile. */
async function moveOne(
  ctx: Context,
  tx: Tx,
  { id, leadId, target, by }: Moving,
): Promise<'moved' | 'ended' | 'stayed' | null> {
  const [lead] = await tx.select().from(leads).where(eq(leads.id, leadId)).for('update');
  const [enrollment] = await tx.select().from(enrollments).where(eq(enrollments.id, id)).for('update');
  if (!lead || !enrollment) throw new Error(`enrollment ${id} has lost its lead`);
  if (enrollment.endedAt !== null || enrollment.workflowVersionId === target.id) return null;
  const before = await versionById(tx, enrollment.workflowVersionId);
  const place = { ...placeOf(enrollment), pending: await pendingOf(tx, enrollment) };
  const [plan] = planMigration(before.definition, target.definition, [place]);
  if (plan === undefined) throw new Error(`enrollment ${id} has no place in a plan`);
  if (plan.to.do === 'stays') return 'stayed';
  const now = ctx.clock.now();
  const workflow = target.definition;
  const facts = await enrollmentFacts(tx, { lead, enrollment, workflow, now });
  const exit = exitNow(workflow, facts, now);
  const withdrawn = plan.to.do === 'keep' ? [] : await withdrawCards(ctx, tx, enrollment, target);
  await changeVersion(ctx, tx, { enrollment, target, plan });
  const why = `version ${before.version} → ${target.version}: ${plan.why}`;
  const to = plan.to.do === 'done' ? null : plan.to.step;
  const entry = { step: enrollment.step, did: 'migrated', to, why, actor: by } as const;
  const left = exit === null ? destinationOf(plan) : ({ status: 'exited', reason: exit.reason } as const);
  let moved: AuditEvent[] = [];
  if (left === null) await writeHistory(tx, enrollment, [entry], { ids: ctx.ids, at: now });
  else moved = await placeEnrollment(ctx, tx, { enrollment, workflow, facts, to: left, history: [entry], actor: by });
  await appendAudit(tx, ctx.workspaceId, [
    ...withdrawn,
    {
      at: now,
      actor: by,
      action: 'enrollment.migrated',
      subjectType: 'enrollment',
      subjectId: id,
      data: { fromVersion: before.version, toVersion: target.version, to: plan.to.do },
    },
    ...moved,
  ]);
  return left !== null && left.status !== 'active' ? 'ended' : 'moved';
}

/** Where it is placed; null where it stays on its step. */
function destinationOf({ to, enrollmentId }: Migration): Extract<Destination, { status: 'active' | 'done' }> | null {
  switch (to.do) {
    case 'keep':
      return null;
    case 'enter':
      return { status: 'active', step: to.step };
    case 'done':
      return { status: 'done' };
    case 'stays':
      throw new Error(`enrollment ${enrollmentId} stays and is not placed`);
  }
}

/** What waits for people was made by a version that does not hold for this lead any more. */
async function withdrawCards(
  ctx: Context,
  tx: Tx,
  { id, pendingDecisionId }: Enrollment,
  { version }: WorkflowVersionRow,
): Promise<AuditEvent[]> {
  const now = ctx.clock.now();
  const reason = `the lead was moved to version ${version}`;
  const closed = await withdrawTasks(ctx, tx, id, reason);
  if (pendingDecisionId === null) return closed;
  const withdrawn = await tx
    .update(decisions)
    .set({ status: 'withdrawn', settledAt: now, settledByType: 'system', settledBy: 'migrate', settledReason: reason })
    .where(and(eq(decisions.id, pendingDecisionId), eq(decisions.status, 'pending')))
    .returning({ id: decisions.id });
  for (const decision of withdrawn)
    await touchPost(tx, ctx.workspaceId, { purpose: 'card', subjectType: 'decision', subjectId: decision.id }, now);
  return [
    ...closed,
    ...withdrawn.map((decision) => ({
      at: now,
      actor: 'system:migrate',
      action: 'decision.withdrawn',
      subjectType: 'decision',
      subjectId: decision.id,
      data: { reason },
    })),
  ];
}

/**
 * The row, on its step. Raising the version fences a worker that has it in hand. Steps that it meets from here on bear a new
 * occurrence, since it may have met them before; only a call that waits to be made again keeps its key, by which its receiver knows it.
 */
async function changeVersion(
  ctx: Context,
  tx: Tx,
  { enrollment, target, plan }: { enrollment: Enrollment; target: WorkflowVersionRow; plan: Migration },
): Promise<void> {
  const now = ctx.clock.now();
  const { status, step, pendingDecisionId, timerAt, dueAt, attempts } = enrollment;
  const kept = plan.to.do === 'keep' ? stepById(target.definition, step) : null;
  const callAgain = kept !== null && 'webhook' in kept && attempts > 0;
  // It is looked at once under the rules of this version, which may ask for other facts or end earlier; its timer stays.
  const looksAgain = kept !== null && status === 'waiting';
  await tx
    .update(enrollments)
    .set({
      workflowVersionId: target.id,
      occurrence: callAgain ? enrollment.occurrence : sql`${enrollments.occurrence} + 1`,
      ...(looksAgain ? { dueAt: now, timerAt: pendingDecisionId === null ? (timerAt ?? dueAt) : timerAt } : {}),
      ...(kept !== null && status === 'active' ? { asksPeople: asksPeople(kept) } : {}),
      leaseUntil: null,
      version: sql`${enrollments.version} + 1`,
      updatedAt: now,
    })
    .where(eq(enrollments.id, enrollment.id));
}
