import { and, eq } from 'drizzle-orm';
import { newCellStanding } from '../core/gate.ts';
import type { Kind } from '../core/kinds/kind.ts';
import type { Tx } from './client.ts';
import { cells } from './schema.ts';

export type Cell = typeof cells.$inferSelect;

/** The cell of a kind at a step; made on rung 0 when it is met for the first time. */
export async function ensureCell(
  tx: Tx,
  place: { id: string; workspaceId: string; kind: Kind; workflow: string; step: string; now: Date },
): Promise<Cell> {
  const { now, ...values } = place;
  await tx
    .insert(cells)
    .values({ ...values, standing: newCellStanding, createdAt: now, updatedAt: now })
    .onConflictDoNothing();
  const [cell] = await tx
    .select()
    .from(cells)
    .where(
      and(
        eq(cells.workspaceId, place.workspaceId),
        eq(cells.kind, place.kind),
        eq(cells.workflow, place.workflow),
        eq(cells.step, place.step),
      ),
    );
  if (!cell) throw new Error(`cell ${place.kind} of ${place.workflow}/${place.step} was not made`);
  return cell;
}
