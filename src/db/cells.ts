import { and, asc, desc, eq, type SQL, sql } from 'drizzle-orm';
import type { PolicyEvent } from '../core/autonomy/policy-event.ts';
import { newPolicyState, type PolicyState } from '../core/autonomy/policy-state.ts';
import type { Kind } from '../core/kinds/kind.ts';
import { type DbOrTx, rows, type Tx } from './client.ts';
import { cells, policyEvents } from './schema.ts';

export type Cell = typeof cells.$inferSelect;

/** The cell of a kind at a step, locked; made on rung 0 when it is met for the first time. After every other lock but the audit's. */
export async function ensureCell(
  tx: Tx,
  place: { id: string; workspaceId: string; kind: Kind; workflow: string; step: string; now: Date },
): Promise<Cell> {
  const { now, ...values } = place;
  await tx
    .insert(cells)
    .values({ ...values, standing: newPolicyState(), createdAt: now, updatedAt: now })
    .onConflictDoNothing();
  const [cell] = await tx.select().from(cells).where(atPlace(place)).for('update');
  if (!cell) throw new Error(`cell ${place.kind} of ${place.workflow}/${place.step} was not made`);
  return cell;
}

export async function lockCell(tx: Tx, id: string): Promise<Cell> {
  const [cell] = await tx.select().from(cells).where(eq(cells.id, id)).for('update');
  if (!cell) throw new Error(`no cell ${id}`);
  return cell;
}

/** The cell of a kind at a step as it stands, not locked; null where nothing was decided yet. */
export async function findCell(
  db: DbOrTx,
  place: { workspaceId: string; kind: Kind; workflow: string; step: string },
): Promise<Cell | null> {
  const [cell] = await db.select().from(cells).where(atPlace(place));
  return cell ?? null;
}

function atPlace(place: { workspaceId: string; kind: Kind; workflow: string; step: string }): SQL | undefined {
  return and(
    eq(cells.workspaceId, place.workspaceId),
    eq(cells.kind, place.kind),
    eq(cells.workflow, place.workflow),
    eq(cells.step, place.step),
  );
}

export async function listCells(db: DbOrTx, workspaceId: string): Promise<Cell[]> {
  return db
    .select()
    .from(cells)
    .where(eq(cells.workspaceId, workspaceId))
    .orderBy(asc(cells.workflow), asc(cells.step), asc(cells.kind));
}

export type CellChange = {
  state: PolicyState;
  events: readonly PolicyEvent[];
  actor: string;
  now: Date;
};

/**
 * Writes what events made of a locked cell, and the events behind it. The version rises when the gate would answer otherwise
 * than before (rung, ladder, epoch, freeze, cap): what was decided under the older one goes to people. Answers with the
 * number of the last event.
 */
export async function saveCell(tx: Tx, cell: Cell, { state, events, actor, now }: CellChange): Promise<number> {
  const [last] = await rows<{ seq: number }>(
    tx,
    sql`select coalesce(max(seq), 0)::int as seq from policy_events where cell_id = ${cell.id}::uuid`,
  );
  const from = last?.seq ?? 0;
  await tx.insert(policyEvents).values(
    events.map((event, i) => ({
      cellId: cell.id,
      seq: from + i + 1,
      workspaceId: cell.workspaceId,
      type: event.type,
      decisionId: 'segments' in event ? event.id : null,
      epoch: cell.standing.epoch,
      actor,
      reason: 'reason' in event ? event.reason : null,
      payload: { ...event },
      at: now,
    })),
  );
  await tx
    .update(cells)
    .set({
      standing: state,
      updatedAt: now,
      ...(answersAlike(cell.standing, state) ? {} : { version: sql`${cells.version} + 1` }),
    })
    .where(eq(cells.id, cell.id));
  return from + events.length;
}

/** When the newest event of a cell was, ms since 1970 as its payload has it; null where nothing happened yet. */
export async function lastEventAt(tx: Tx, cellId: string): Promise<number | null> {
  const [last] = await tx
    .select({ payload: policyEvents.payload })
    .from(policyEvents)
    .where(eq(policyEvents.cellId, cellId))
    .orderBy(desc(policyEvents.seq))
    .limit(1);
  const at = last?.payload['at'];
  return typeof at === 'number' ? at : null;
}

/** The log of a cell, in its order: the standing is its replay. */
export async function cellEvents(db: DbOrTx, cellId: string): Promise<PolicyEvent[]> {
  const logged = await db
    .select({ payload: policyEvents.payload })
    .from(policyEvents)
    .where(eq(policyEvents.cellId, cellId))
    .orderBy(asc(policyEvents.seq));
  return logged.map(({ payload }) => payload as unknown as PolicyEvent);
}

function answersAlike(before: PolicyState, after: PolicyState): boolean {
  const told = ({ epoch, rung, ladder, frozen, cap }: PolicyState): string =>
    JSON.stringify([epoch, rung, ladder, frozen === null, cap?.tau ?? null]);
  return told(before) === told(after);
}
