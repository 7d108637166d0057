import { contentHash } from './canonical-json.ts';

/** One audit row without its place in the chain. Ids and keyed hashes only: never a name, an address or a text. */
export type AuditEntry = {
  at: string;
  actor: string;
  action: string;
  subjectType: string;
  subjectId: string;
  data: Record<string, unknown>;
};

export type AuditRow = AuditEntry & { seq: number; prevHash: string; hash: string };

export const GENESIS_HASH = '0'.repeat(64);

/** hash = SHA-256(canonical JSON of seq, previous hash and the entry). */
export function auditHash(seq: number, prevHash: string, entry: AuditEntry): string {
  const { at, actor, action, subjectType, subjectId, data } = entry;
  return contentHash({ seq, prevHash, at, actor, action, subjectType, subjectId, data });
}

export type ChainProblem = { seq: number; problem: string };

/** Checks one more row after (seq, hash) = `last`; null when it fits. Fed in order of seq. */
export function checkLink(last: { seq: number; hash: string }, row: AuditRow): ChainProblem | null {
  if (row.seq !== last.seq + 1) return { seq: row.seq, problem: `row ${last.seq + 1} is missing` };
  if (row.prevHash !== last.hash) return { seq: row.seq, problem: 'it does not follow the row before it' };
  if (auditHash(row.seq, row.prevHash, row) !== row.hash) return { seq: row.seq, problem: 'its content was changed' };
  return null;
}
