import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AuditEntry, type AuditRow, auditHash, checkLink, GENESIS_HASH } from '../../src/core/audit-chain.ts';

function chain(length: number): AuditRow[] {
  const rows: AuditRow[] = [];
  let prevHash = GENESIS_HASH;
  for (let seq = 1; seq <= length; seq += 1) {
    const entry: AuditEntry = {
      at: new Date(seq * 1000).toISOString(),
      actor: 'person:U0ANA',
      action: 'decision.approved',
      subjectType: 'decision',
      subjectId: `d-${seq}`,
      data: { version: seq, ids: [`m-${seq}`], note: null },
    };
    const hash = auditHash(seq, prevHash, entry);
    rows.push({ ...entry, seq, prevHash, hash });
    prevHash = hash;
  }
  return rows;
}

function firstProblem(rows: readonly AuditRow[]): number | null {
  let last = { seq: 0, hash: GENESIS_HASH };
  for (const row of rows) {
    const problem = checkLink(last, row);
    if (problem) return problem.seq;
    last = row;
  }
  return null;
}

test('an untouched chain has no problem', () => {
  expect(firstProblem(chain(50))).toBeNull();
});

const at = fc.integer({ min: 0, max: 48 });

test('a changed field of any row is found at that row', () => {
  const changes: Array<(row: AuditRow) => AuditRow> = [
    (row) => ({ ...row, at: '2026-01-01T00:00:00.000Z' }),
    (row) => ({ ...row, actor: 'person:U0EVE' }),
    (row) => ({ ...row, action: 'decision.rejected' }),
    (row) => ({ ...row, subjectType: 'message' }),
    (row) => ({ ...row, subjectId: 'x' }),
    (row) => ({ ...row, data: { ...row.data, version: -1 } }),
    (row) => ({ ...row, data: {} }),
    (row) => ({ ...row, prevHash: GENESIS_HASH.replace('0', '1') }),
    (row) => ({ ...row, hash: GENESIS_HASH.replace('0', '1') }),
  ];
  fc.assert(
    fc.property(at, fc.constantFrom(...changes), (index, change) => {
      const rows = chain(50).map((row, i) => (i === index ? change(row) : row));
      expect(firstProblem(rows)).toBe(index + 1);
    }),
    { seed: 7, numRuns: 200 },
  );
});

test('a flipped character of the stored text of a row is found', () => {
  fc.assert(
    fc.property(at, fc.nat(), (index, place) => {
      const rows = chain(50);
      const row = rows[index];
      if (!row) throw new Error(`no row ${index}`);
      const text = row.subjectId + row.actor;
      const position = place % text.length;
      const flipped =
        text.slice(0, position) + String.fromCharCode(text.charCodeAt(position) ^ 1) + text.slice(position + 1);
      rows[index] = {
        ...row,
        subjectId: flipped.slice(0, row.subjectId.length),
        actor: flipped.slice(row.subjectId.length),
      };
      expect(firstProblem(rows)).toBe(index + 1);
    }),
    { seed: 8, numRuns: 200 },
  );
});

test('a dropped, inserted, doubled or reordered row is found; only a cut tail needs an anchor outside', () => {
  fc.assert(
    fc.property(at, (index) => {
      const rows = chain(50);
      expect(firstProblem(rows.toSpliced(index, 1))).toBe(index + 2);
      const row = rows[index];
      if (!row) throw new Error(`no row ${index}`);
      expect(firstProblem(rows.toSpliced(index, 0, row))).not.toBeNull();
      expect(firstProblem(rows.toSpliced(index, 2, ...rows.slice(index, index + 2).toReversed()))).not.toBeNull();
      expect(firstProblem(rows.slice(0, index))).toBeNull();
    }),
    { seed: 9, numRuns: 60 },
  );
});

test('a row that was rewritten with a fitting hash of its own breaks at the next', () => {
  const rows = chain(5);
  const row = rows[2];
  if (!row) throw new Error('no row 3');
  const forged = { ...row, actor: 'person:U0EVE' };
  rows[2] = { ...forged, hash: auditHash(forged.seq, forged.prevHash, forged) };
  expect(firstProblem(rows)).toBe(4);
});
