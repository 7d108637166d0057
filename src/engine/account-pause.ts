import { and, asc, eq, inArray, isNull, like, lte, ne, or, type SQL, sql } from 'drizzle-orm';
import type { Actor } from '../core/decision.ts';
import { accountPauseMs } from '../core/workflow/settings.ts';
import { appendAudit, type AuditEvent } from '../db/audit.ts';
import { rows, transact, type Tx } from '../db/client.ts';
import { writeHistory } from '../db/enrollment-steps.ts';
import { accounts, decisions, enrollments, leads, messages } from '../db/schema.ts';
import { touchPost } from '../db/slack-posts.ts';
import { versionById } from '../db/workflows.ts';
import type { Context } from './context.ts';
import { type Enrollment, NOT_PAUSED } from './place-enrollment.ts';
import { leadOfAddress } from './why-lead.ts';

/**
 * Somebody of a company answered: its other people are left alone for a while, so that nobody writes to them as if nothing had
 * happened. What is drafted keeps waiting and may be decided; approved mails are held, and their cards say why. Leads at free-mail
 * providers have no account. The caller holds the lock of the lead who answered and appends the events.
 */
export async function pauseColleagues(
  ctx: Context,
  tx: Tx,
  lead: { id: string; accountId: string | null },
): Promise<AuditEvent[]> {
  if (lead.accountId === null) return [];
  const [account] = await tx.select({ domain: accounts.domain }).from(accounts).where(eq(accounts.id, lead.accountId));
  if (!account) throw new Error(`lead ${lead.id} has an account that is not there`);
  const colleagues = await tx
    .select({ id: leads.id })
    .from(leads)
    .where(
      and(
        eq(leads.accountId, lead.accountId),
        ne(leads.id, lead.id),
        sql`(exists (select 1 from enrollments e where e.lead_id = ${leads.id} and e.status in ('active', 'waiting', 'paused'))
          or exists (select 1 from messages m where m.lead_id = ${leads.id} and m.status = 'approved'))`,
      ),
    )
    .orderBy(asc(leads.id))
    .for('update');
  if (colleagues.length === 0) return [];
  const running = await tx
    .select()
    .from(enrollments)
    .where(
      and(
        inArray(
          enrollments.leadId,
          colleagues.map(({ id }) => id),
        ),
        // One that has gone through all may have a mail that has not left.
        or(
          inArray(enrollments.status, ['active', 'waiting', 'paused']),
          and(
            eq(enrollments.status, 'done'),
            sql`exists (select 1 from messages m where m.enrollment_id = ${enrollments.id} and m.status = 'approved')`,
          ),
        ),
      ),
    )
    .orderBy(asc(enrollments.id))
    .for('update');
  const events: AuditEvent[] = [];
  for (const enrollment of running) {
    const { definition } = await versionById(tx, enrollment.workflowVersionId);
    const ms = accountPauseMs(definition);
    if (ms !== null)
      events.push(...(await pauseOne(ctx, tx, enrollment, { ms, reason: `a colleague at ${account.domain} replied` })));
  }
  return events;
}

async function pauseOne(
  ctx: Context,
  tx: Tx,
  enrollment: Enrollment,
  { ms, reason }: { ms: number; reason: string },
): Promise<AuditEvent[]> {
  const now = ctx.clock.now();
  const until = new Date(now.getTime() + ms);
  const { id, status, step, pendingDecisionId, timerAt, dueAt } = enrollment;
  if (status === 'done') {
    await holdMails(ctx, tx, id, { until, reason });
    return [];
  }
  if (status === 'paused' && dueAt !== null && dueAt >= until) return [];
  const first =
    status === 'active' || status === 'waiting'
      ? {
          status: 'paused' as const,
          pausedFrom: status,
          pausedAt: now,
          // What the step waits for runs on; while a decision waits, its deadline is the timer.
          timerAt: status === 'waiting' && pendingDecisionId === null ? (timerAt ?? dueAt) : timerAt,
        }
      : {};
  await tx
    .update(enrollments)
    .set({
      ...first,
      pausedReason: reason,
      dueAt: until,
      leaseUntil: null,
      version: sql`${enrollments.version} + 1`,
      updatedAt: now,
    })
    .where(eq(enrollments.id, id));
  await holdMails(ctx, tx, id, { until, reason });
  const why = `${reason}; until ${until.toISOString().slice(0, 10)}`;
  await writeHistory(tx, enrollment, [{ step, did: 'paused', to: null, why }], { ids: ctx.ids, at: now });
  return [
    {
      at: now,
      actor: 'system:account',
      action: 'enrollment.paused',
      subjectType: 'enrollment',
      subjectId: id,
      data: { step, because: 'a colleague replied', until: until.toISOString() },
    },
  ];
}

/** Approved mails that have not begun to leave. None is held beyond the time for which an approval holds: it is given up then. */
async function holdMails(
  ctx: Context,
  tx: Tx,
  enrollmentId: string,
  { until, reason }: { until: Date; reason: string },
): Promise<void> {
  const held = await tx
    .update(messages)
    .set({
      sendAfter: sql`greatest(${messages.sendAfter}, least(${until.toISOString()}::timestamptz, ${messages.expiresAt}))`,
      statusReason: heldBecause(reason, until),
      leaseUntil: null,
      version: sql`${messages.version} + 1`,
    })
    .where(and(eq(messages.enrollmentId, enrollmentId), eq(messages.status, 'approved')))
    .returning({ decisionId: messages.decisionId });
  for (const { decisionId } of held)
    await touchPost(
      tx,
      ctx.workspaceId,
      { purpose: 'card', subjectType: 'decision', subjectId: decisionId },
      ctx.clock.now(),
    );
}

const HELD = 'held until';

/** What the card of a held mail says. */
export function heldBecause(reason: string, until: Date): string {
  return `${HELD} ${until.toISOString().slice(0, 10)}: ${reason}`;
}

const AT_ONCE = 200;

/** Ends the pauses whose time is over. Answers with how many ended. */
export async function endPauses(ctx: Context): Promise<number> {
  const over = await ctx.db
    .select({ id: enrollments.id, leadId: enrollments.leadId })
    .from(enrollments)
    .where(
      and(
        eq(enrollments.workspaceId, ctx.workspaceId),
        eq(enrollments.status, 'paused'),
        or(isNull(enrollments.dueAt), lte(enrollments.dueAt, ctx.clock.now())),
      ),
    )
    .orderBy(asc(enrollments.dueAt), asc(enrollments.id))
    .limit(AT_ONCE);
  let ended = 0;
  for (const { id, leadId } of over)
    ended += await transact(ctx.db, async (tx) => {
      await tx.select({ id: leads.id }).from(leads).where(eq(leads.id, leadId)).for('update');
      const [enrollment] = await tx.select().from(enrollments).where(eq(enrollments.id, id)).for('update');
      // Somebody else at the company may have answered meanwhile, or a person ended the pause.
      if (enrollment?.status !== 'paused') return 0;
      if (enrollment.dueAt !== null && enrollment.dueAt > ctx.clock.now()) return 0;
      await appendAudit(tx, ctx.workspaceId, await resumeOne(ctx, tx, enrollment, 'clock:pause'));
      return 1;
    });
  if (ended > 0) ctx.queue.wake();
  return ended;
}

export type ResumedLead = { ok: true; email: string; resumed: number } | { ok: false; text: string };

/** A person has a paused lead go on now, in every workflow that it is paused in. `text` of a refusal is literal. */
export async function resumeLead(ctx: Context, input: { email: string; actor: Actor }): Promise<ResumedLead> {
  const lead = await leadOfAddress(ctx, input.email);
  if (!lead.ok) return lead;
  const by = `${input.actor.type}:${input.actor.id}`;
  const resumed = await transact(ctx.db, async (tx) => {
    await tx.select({ id: leads.id }).from(leads).where(eq(leads.id, lead.row.id)).for('update');
    const paused = await tx
      .select()
      .from(enrollments)
      .where(and(eq(enrollments.leadId, lead.row.id), eq(enrollments.status, 'paused')))
      .orderBy(asc(enrollments.id))
      .for('update');
    const events: AuditEvent[] = [];
    for (const enrollment of paused) events.push(...(await resumeOne(ctx, tx, enrollment, by)));
    await appendAudit(tx, ctx.workspaceId, events);
    return (
      paused.length +
      (await letMailsGo(ctx, tx, and(eq(messages.leadId, lead.row.id), like(messages.statusReason, `${HELD}%`))))
    );
  });
  if (resumed === 0) return { ok: false, text: `${lead.email} is not paused in any workflow.` };
  ctx.queue.wake();
  return { ok: true, email: lead.email, resumed };
}

/** Goes on where it stood: looked at once, it waits on, expires or does what is due. */
async function resumeOne(ctx: Context, tx: Tx, enrollment: Enrollment, by: string): Promise<AuditEvent[]> {
  const now = ctx.clock.now();
  const { id, step, pausedFrom, pausedAt, pausedReason, dueAt } = enrollment;
  const late = pausedAt === null ? 0 : now.getTime() - pausedAt.getTime();
  const timerAt = await moveDeadlines(tx, enrollment, late, now);
  await tx
    .update(enrollments)
    .set({
      status: pausedFrom ?? 'active',
      ...NOT_PAUSED,
      dueAt: now,
      timerAt,
      leaseUntil: null,
      version: sql`${enrollments.version} + 1`,
      updatedAt: now,
    })
    .where(eq(enrollments.id, id));
  if (pausedReason !== null && dueAt !== null)
    await letMailsGo(
      ctx,
      tx,
      and(eq(messages.enrollmentId, id), eq(messages.statusReason, heldBecause(pausedReason, dueAt))),
    );
  const entry = { step, did: 'resumed', to: null, why: null, actor: by.startsWith('person:') ? by : null } as const;
  await writeHistory(tx, enrollment, [entry], { ids: ctx.ids, at: now });
  return [
    { at: now, actor: by, action: 'enrollment.resumed', subjectType: 'enrollment', subjectId: id, data: { step } },
  ];
}

/**
 * A pause is no time to decide or to do something in: what waits for people gets as much longer as it lasted. Answers with the
 * timer of the step.
 */
async function moveDeadlines(tx: Tx, enrollment: Enrollment, late: number, now: Date): Promise<Date | null> {
  const { id, pendingDecisionId, timerAt } = enrollment;
  if (pendingDecisionId !== null) {
    const moved = await tx
      .update(decisions)
      .set({ deadlineAt: sql`${decisions.deadlineAt} + ${late} * interval '1 millisecond'` })
      .where(and(eq(decisions.id, pendingDecisionId), eq(decisions.status, 'pending')))
      .returning({ id: decisions.id });
    for (const decision of moved)
      await touchPost(
        tx,
        enrollment.workspaceId,
        { purpose: 'card', subjectType: 'decision', subjectId: decision.id },
        now,
      );
    return timerAt;
  }
  const open = await rows<{ id: string }>(
    tx,
    sql`update tasks set deadline_at = deadline_at + ${late} * interval '1 millisecond'
        where enrollment_id = ${id}::uuid and step = ${enrollment.step} and status = 'open' returning id`,
  );
  for (const task of open)
    await touchPost(tx, enrollment.workspaceId, { purpose: 'notice', subjectType: 'task', subjectId: task.id }, now);
  return open.length > 0 && timerAt !== null ? new Date(timerAt.getTime() + late) : timerAt;
}

/** Answers with how many mails may leave now. */
async function letMailsGo(ctx: Context, tx: Tx, which: SQL | undefined): Promise<number> {
  const now = ctx.clock.now();
  const freed = await tx
    .update(messages)
    .set({ sendAfter: now, statusReason: null, leaseUntil: null, version: sql`${messages.version} + 1` })
    .where(and(eq(messages.status, 'approved'), which))
    .returning({ decisionId: messages.decisionId });
  for (const { decisionId } of freed)
    await touchPost(tx, ctx.workspaceId, { purpose: 'card', subjectType: 'decision', subjectId: decisionId }, now);
  return freed.length;
}
