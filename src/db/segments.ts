import { and, asc, eq, notInArray, sql } from 'drizzle-orm';
import { type Condition, conditionSchema } from '../core/workflow/condition.ts';
import type { DbOrTx, Tx } from './client.ts';
import { segmentMembers, segments } from './schema.ts';

export type Segment = typeof segments.$inferSelect;

/** All saved segments by name. One that can't be read any more holds for nobody and stands in nobody's way. */
export async function listSegments(db: DbOrTx, workspaceId: string): Promise<Segment[]> {
  const found = await db
    .select()
    .from(segments)
    .where(eq(segments.workspaceId, workspaceId))
    .orderBy(asc(segments.name));
  return found.flatMap((segment) => {
    const parsed = conditionSchema.safeParse(segment.condition);
    return parsed.success ? [{ ...segment, condition: parsed.data }] : [];
  });
}

export async function findSegment(db: DbOrTx, workspaceId: string, name: string): Promise<Segment | null> {
  const [row] = await db
    .select()
    .from(segments)
    .where(and(eq(segments.workspaceId, workspaceId), eq(segments.name, name)));
  return row ?? null;
}

/** Makes the segment or replaces its condition; its members are counted anew. Answers with its version. */
export async function putSegment(
  tx: Tx,
  segment: { id: string; workspaceId: string; name: string; condition: Condition; by: string; at: Date },
): Promise<Segment> {
  const { id, workspaceId, name, condition, by, at } = segment;
  const [row] = await tx
    .insert(segments)
    .values({ id, workspaceId, name, condition, version: 1, createdBy: by, createdAt: at, updatedAt: at })
    .onConflictDoUpdate({
      target: [segments.workspaceId, segments.name],
      set: { condition, version: sql`${segments.version} + 1`, updatedAt: at },
    })
    .returning();
  if (!row) throw new Error(`segment ${name} was not written`);
  await tx.delete(segmentMembers).where(eq(segmentMembers.segmentId, row.id));
  return row;
}

export async function deleteSegment(tx: Tx, id: string): Promise<void> {
  await tx.delete(segments).where(eq(segments.id, id));
}

/** Held until the transaction ends; null when it is gone. */
export async function lockSegment(tx: Tx, workspaceId: string, name: string): Promise<Segment | null> {
  const [row] = await tx
    .select()
    .from(segments)
    .where(and(eq(segments.workspaceId, workspaceId), eq(segments.name, name)))
    .for('update');
  return row ?? null;
}

/** These leads are in the segment. */
export async function keepMembers(tx: Tx, segment: Segment, leadIds: readonly string[], now: Date): Promise<void> {
  if (leadIds.length === 0) return;
  const { workspaceId, id: segmentId } = segment;
  await tx
    .insert(segmentMembers)
    .values(leadIds.map((leadId) => ({ workspaceId, segmentId, leadId, since: now })))
    .onConflictDoNothing();
}

/** Writes which segments a lead is in now. Answers with those it was not in before. The caller holds the lead's lock. */
export async function keepMembership(
  tx: Tx,
  lead: { id: string; workspaceId: string },
  segmentIds: readonly string[],
  now: Date,
): Promise<string[]> {
  await tx
    .delete(segmentMembers)
    .where(
      and(
        eq(segmentMembers.leadId, lead.id),
        segmentIds.length === 0 ? undefined : notInArray(segmentMembers.segmentId, [...segmentIds]),
      ),
    );
  if (segmentIds.length === 0) return [];
  const entered = await tx
    .insert(segmentMembers)
    .values(segmentIds.map((segmentId) => ({ workspaceId: lead.workspaceId, segmentId, leadId: lead.id, since: now })))
    .onConflictDoNothing()
    .returning({ id: segmentMembers.segmentId });
  return entered.map(({ id }) => id);
}
