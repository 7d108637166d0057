import { eq } from 'drizzle-orm';
import { beginChain } from './audit.ts';
import type { DbOrTx, Tx } from './client.ts';
import { workspaces } from './schema.ts';

export type Workspace = typeof workspaces.$inferSelect;

/** The workspace of this installation; made when the database is new. */
export async function ensureWorkspace(
  tx: Tx,
  fresh: { id: string; name: string; timezone: string; now: Date },
): Promise<Workspace> {
  const [existing] = await tx.select().from(workspaces).limit(1);
  if (existing) return existing;
  const [made] = await tx
    .insert(workspaces)
    .values({ id: fresh.id, name: fresh.name, timezone: fresh.timezone, createdAt: fresh.now })
    .returning();
  if (!made) throw new Error('the workspace was not inserted');
  await beginChain(tx, made.id);
  return made;
}

export async function findWorkspace(db: DbOrTx, id: string): Promise<Workspace> {
  const [workspace] = await db.select().from(workspaces).where(eq(workspaces.id, id));
  if (!workspace) throw new Error(`no workspace ${id}`);
  return workspace;
}
