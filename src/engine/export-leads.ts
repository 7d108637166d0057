import { sql } from 'drizzle-orm';
import { BOM, csvLine } from '../core/csv-text.ts';
import { leadFields } from '../core/lead.ts';
import { fieldsOf } from '../core/workflow/lead-fields.ts';
import { rows } from '../db/client.ts';
import { appendAudit } from '../db/audit.ts';
import { transact } from '../db/client.ts';
import type { LeadRow } from '../db/leads.ts';
import { findSegment } from '../db/segments.ts';
import type { Context } from './context.ts';
import { everyLead } from './every-lead.ts';
import { leadsIn } from './segments.ts';

export type ExportInput = {
  /** Only the leads of this segment; null: all. */
  segment: string | null;
  /** `person:U0ANA`. */
  by: string;
  /** Text of the file, its header first. */
  write: (csv: string) => Promise<void> | void;
};
export type ExportResult = { ok: true; leads: number } | { ok: false; text: string };

/**
 * Writes leads as CSV: known values under the names that an import knows, further columns under their own, then tags and
 * score. Cells that a spreadsheet would run get an apostrophe in front. Erased leads are not in it. Leaves an audit row.
 */
export async function exportLeads(ctx: Context, { segment, by, write }: ExportInput): Promise<ExportResult> {
  const found = segment === null ? null : await findSegment(ctx.db, ctx.workspaceId, segment);
  if (segment !== null && found === null) return { ok: false, text: `There is no segment “${segment}”.` };
  const further = await furtherColumns(ctx);
  const header = [...leadFields.filter((name) => name !== 'created_at'), ...further, 'tags', 'score', 'created_at'];
  await write(BOM + csvLine(header, ','));
  let leads = 0;
  for await (const page of segment === null ? everyLead(ctx.db, ctx.workspaceId) : leadsIn(ctx, segment)) {
    if (page.length === 0) continue;
    leads += page.length;
    await write(page.map((lead) => csvLine(cellsOf(lead, further), ',')).join(''));
  }
  await transact(ctx.db, (tx) =>
    appendAudit(tx, ctx.workspaceId, [
      {
        at: ctx.clock.now(),
        actor: by,
        action: 'leads.exported',
        subjectType: found === null ? 'workspace' : 'segment',
        subjectId: found?.id ?? ctx.workspaceId,
        data: { leads },
      },
    ]),
  );
  return { ok: true, leads };
}

function cellsOf(lead: LeadRow, further: readonly string[]): string[] {
  const values = fieldsOf(lead);
  const known = leadFields.filter((name) => name !== 'created_at').map((name) => values[name] ?? '');
  return [
    ...known,
    ...further.map((name) => (Object.hasOwn(lead.fields, name) ? (lead.fields[name] ?? '') : '')),
    lead.tags.join('; '),
    lead.score === null ? '' : String(lead.score),
    lead.createdAt.toISOString(),
  ];
}

/** Every further column that any lead has, sorted. */
async function furtherColumns(ctx: Context): Promise<string[]> {
  const found = await rows<{ name: string }>(
    ctx.db,
    sql`select distinct name from leads, jsonb_object_keys(fields) as name
        where workspace_id = ${ctx.workspaceId}::uuid and erased_at is null order by name`,
  );
  return found.map(({ name }) => name);
}
