import type { HistoryEntry } from '../core/enrollment-history.ts';
import type { DbOrTx, Tx } from './client.ts';
import { enrollmentSteps } from './schema.ts';
import { asc, eq } from 'drizzle-orm';

export type EnrollmentStepRow = typeof enrollmentSteps.$inferSelect;

type Whose = { id: string; workspaceId: string; workflowId: string; leadId: string };

/** Writes what happened to an enrollment, in order; in the transaction that made it so. `ids` ascend in the order of making. */
export async function writeHistory(
  tx: Tx,
  enrollment: Whose,
  entries: readonly HistoryEntry[],
  { ids, at }: { ids: { id(): string }; at: Date },
): Promise<void> {
  if (entries.length === 0) return;
  const { id: enrollmentId, workspaceId, workflowId, leadId } = enrollment;
  await tx.insert(enrollmentSteps).values(
    entries.map(({ step, did, to, why, choice = null, actor = null }) => ({
      id: ids.id(),
      workspaceId,
      enrollmentId,
      workflowId,
      leadId,
      step,
      did,
      toStep: to,
      why,
      choice,
      actor,
      at,
    })),
  );
}

/** All of a lead, oldest first. */
export function historyOfLead(db: DbOrTx, leadId: string): Promise<EnrollmentStepRow[]> {
  return db
    .select()
    .from(enrollmentSteps)
    .where(eq(enrollmentSteps.leadId, leadId))
    .orderBy(asc(enrollmentSteps.at), asc(enrollmentSteps.id));
}
