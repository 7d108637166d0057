import { and, asc, eq, gt, sql } from 'drizzle-orm';
import { type AuditEntry, auditHash, type ChainProblem, checkLink, GENESIS_HASH } from '../core/audit-chain.ts';
import { type DbOrTx, rows, type Tx } from './client.ts';
import { audit, auditTips } from './schema.ts';

export type AuditEvent = Omit<AuditEntry, 'at'> & { at: Date };

/**
 * Appends rows to the chain. The tip's row is locked, which puts all writers in one line: therefore the LAST statement
 * before commit. `data` holds ids, counts and hashes; never a name, an address or a text.
 */
export async function appendAudit(tx: Tx, workspaceId: string, events: readonly AuditEvent[]): Promise<void> {
  if (events.length === 0) return;
  const [tip] = await rows<{ seq: number; hash: string }>(
    tx,
    sql`select seq::int as seq, hash from audit_tips where workspace_id = ${workspaceId}::uuid for update`,
  );
  if (!tip) throw new Error(`workspace ${workspaceId} has no audit chain`);
  let { seq, hash } = tip;
  const values = events.map((event) => {
    const entry: AuditEntry = { ...event, at: event.at.toISOString() };
    const prevHash = hash;
    seq += 1;
    hash = auditHash(seq, prevHash, entry);
    return { ...event, workspaceId, seq, prevHash, hash };
  });
  for (let i = 0; i < values.length; i += 1000) await tx.insert(audit).values(values.slice(i, i + 1000));
  await tx.update(auditTips).set({ seq, hash }).where(eq(auditTips.workspaceId, workspaceId));
}

/** Gives a new workspace the beginning of its chain. */
export async function beginChain(tx: Tx, workspaceId: string): Promise<void> {
  await tx.insert(auditTips).values({ workspaceId, seq: 0, hash: GENESIS_HASH }).onConflictDoNothing();
}

export type ChainReport = { rows: number; problem: ChainProblem | null; tip: { seq: number; hash: string } };

/** Walks the whole chain in pages and names the first row that does not fit, or the tail that was cut. */
export async function verifyChain(db: DbOrTx, workspaceId: string): Promise<ChainReport> {
  // The tip is read first: rows that are appended meanwhile make the chain longer than it, never shorter.
  const [tip] = await db.select().from(auditTips).where(eq(auditTips.workspaceId, workspaceId));
  let atTip = tip?.seq === 0 ? GENESIS_HASH : null;
  let last = { seq: 0, hash: GENESIS_HASH };
  for (;;) {
    const page = await db
      .select()
      .from(audit)
      .where(and(eq(audit.workspaceId, workspaceId), gt(audit.seq, last.seq)))
      .orderBy(asc(audit.seq))
      .limit(2000);
    for (const row of page) {
      const problem = checkLink(last, { ...row, at: row.at.toISOString() });
      if (problem) return { rows: last.seq, problem, tip: last };
      last = { seq: row.seq, hash: row.hash };
      if (row.seq === tip?.seq) atTip = row.hash;
    }
    if (page.length < 2000) break;
  }
  const cut = !tip || tip.hash !== atTip;
  return {
    rows: last.seq,
    problem: cut
      ? { seq: last.seq + 1, problem: `the chain should end at row ${tip?.seq ?? '?'}: rows are missing at its end` }
      : null,
    tip: last,
  };
}
