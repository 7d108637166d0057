import { eq } from 'drizzle-orm';
import { triggersOf } from '../core/workflow/settings.ts';
import { appendAudit } from '../db/audit.ts';
import { transact } from '../db/client.ts';
import { heldBy } from '../db/held-imports.ts';
import { clockRuns, leads, segmentMembers } from '../db/schema.ts';
import { listSegments, type Segment } from '../db/segments.ts';
import { listWorkflows } from '../db/workflows.ts';
import type { Context } from './context.ts';
import { everyLead } from './every-lead.ts';
import { bareFacts, withSegments } from './lead-facts.ts';
import { wakeLead } from './wake-lead.ts';

const JOB = 'watch-segments';
/** Whatever happens to a lead is looked at when it happens; this is for what passing time alone brings: nothing for sixty days. */
const EVERY_MS = 6 * 3_600_000;

/** When it is worth while to ask again. */
export function nextSegmentsAt(ctx: Context): Date {
  return new Date((Math.floor(ctx.clock.now().getTime() / EVERY_MS) + 1) * EVERY_MS);
}

/**
 * Takes leads that came into a segment by time alone into the workflows it triggers. Once in six hours, over all processes, and
 * only where a workflow is triggered by a segment. Answers with how many enrollments began.
 */
export async function watchSegments(ctx: Context): Promise<number> {
  const triggering = await triggeringSegments(ctx);
  if (triggering.length === 0 || !(await takeTurn(ctx))) return 0;
  const saved = await listSegments(ctx.db, ctx.workspaceId);
  const known = await membersOf(
    ctx,
    triggering.map(({ id }) => id),
  );
  let enrolled = 0;
  for await (const page of everyLead(ctx.db, ctx.workspaceId)) {
    const now = ctx.clock.now();
    const facts = await bareFacts(ctx.db, page);
    for (const [i, lead] of page.entries()) {
      const own = facts[i];
      const names = own === undefined ? [] : withSegments(own, saved, now).segments;
      // Those who left are looked at too: whoever comes back later comes anew.
      if (triggering.every(({ id, name }) => names.includes(name) === known.has(`${id}:${lead.id}`))) continue;
      // Leads of an odd import wait for a person's word; until then they come into nothing.
      if ((await heldBy(ctx.db, lead.id)) !== null) continue;
      enrolled += await lookAt(ctx, lead.id);
    }
  }
  if (enrolled > 0) ctx.queue.wake();
  return enrolled;
}

/** Saved segments that a workflow is triggered by. */
async function triggeringSegments(ctx: Context): Promise<Segment[]> {
  const names = new Set(
    (await listWorkflows(ctx.db, ctx.workspaceId))
      .filter(({ workflow }) => workflow.status !== 'archived')
      .flatMap(({ definition }) => triggersOf(definition))
      .flatMap((trigger) => (trigger.on === 'segment' ? [trigger.segment] : [])),
  );
  if (names.size === 0) return [];
  return (await listSegments(ctx.db, ctx.workspaceId)).filter(({ name }) => names.has(name));
}

async function membersOf(ctx: Context, segmentIds: readonly string[]): Promise<Set<string>> {
  const members = new Set<string>();
  for (const id of segmentIds) {
    const found = await ctx.db
      .select({ leadId: segmentMembers.leadId })
      .from(segmentMembers)
      .where(eq(segmentMembers.segmentId, id));
    for (const { leadId } of found) members.add(`${id}:${leadId}`);
  }
  return members;
}

/** One lead, under its lock. */
async function lookAt(ctx: Context, leadId: string): Promise<number> {
  return transact(ctx.db, async (tx) => {
    await tx.select({ id: leads.id }).from(leads).where(eq(leads.id, leadId)).for('update');
    const woken = await wakeLead(ctx, tx, leadId);
    await appendAudit(tx, ctx.workspaceId, woken.events);
    return woken.enrolled;
  });
}

/** Inserting the clock's row is the right to do it. */
async function takeTurn(ctx: Context): Promise<boolean> {
  const now = ctx.clock.now();
  const fireAt = new Date(Math.floor(now.getTime() / EVERY_MS) * EVERY_MS);
  const taken = await ctx.db
    .insert(clockRuns)
    .values({ workspaceId: ctx.workspaceId, job: JOB, fireAt, startedAt: now })
    .onConflictDoNothing()
    .returning();
  return taken.length > 0;
}
