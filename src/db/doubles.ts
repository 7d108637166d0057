import { sql } from 'drizzle-orm';
import { type Graded, gradeOf } from '../core/reviewers/check.ts';
import type { Double } from '../core/reviewers/agreement.ts';
import { type DbOrTx, rows } from './client.ts';

type Row = {
  verdict: Graded['verdict'];
  effort: number | null;
  fields: string[] | null;
  ok: boolean | null;
  verdict2: Graded['verdict'];
  effort2: number | null;
  fields2: string[] | null;
  ok2: boolean | null;
};

/**
 * Drafts that two different people judged, the first one's answer before the second one's; newest first. Of one cell, or those of
 * one person, whichever of the two they were.
 */
export async function listDoubles(
  db: DbOrTx,
  workspaceId: string,
  of: ({ cellId: string } | { actor: string }) & { since: Date; most: number },
): Promise<Double[]> {
  const which = 'cellId' in of ? sql`source.cell_id = ${of.cellId}::uuid` : sql`${of.actor} in (v1.actor, v2.actor)`;
  const found = await rows<Row>(
    db,
    sql`select v1.verdict, v1.edit_effort as effort, v1.major_fields as fields, v1.original_ok as ok,
          v2.verdict as verdict2, v2.edit_effort as effort2, v2.major_fields as fields2, v2.original_ok as ok2
        from review_checks c
        join decisions source on source.id = c.source_id
        join verdicts v1 on v1.decision_id = c.source_id and v1.purpose = 'settle' and v1.actor_type = 'person'
        join verdicts v2 on v2.decision_id = c.decision_id and v2.purpose = 'second' and v2.actor_type = 'person'
        where c.workspace_id = ${workspaceId}::uuid and c.type = 'second' and v1.actor <> v2.actor
          and v2.decided_at >= ${of.since.toISOString()}::timestamptz and ${which}
        order by v2.decided_at desc, v2.id desc limit ${of.most}`,
  );
  return found.map((row) => [
    gradeOf({ verdict: row.verdict, change: changeOf(row.effort, row.fields), originalOk: row.ok }),
    gradeOf({ verdict: row.verdict2, change: changeOf(row.effort2, row.fields2), originalOk: row.ok2 }),
  ]);
}

function changeOf(effort: number | null, fields: string[] | null): Graded['change'] {
  return effort === null ? null : { effort, majorFields: fields ?? [] };
}
