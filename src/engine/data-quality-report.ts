import { createReadStream } from 'node:fs';
import { dateOf } from '../core/data-quality/contradictions.ts';
import type { QualityLead } from '../core/data-quality/lead-quality.ts';
import { type QualityReport, qualityReport } from '../core/data-quality/quality-report.ts';
import { knownColumns, REJECT_COLUMNS } from '../core/lead-columns.ts';
import { leadFields } from '../core/lead.ts';
import { fieldsOf } from '../core/workflow/lead-fields.ts';
import type { LeadRow } from '../db/leads.ts';
import type { Context } from './context.ts';
import { everyLead } from './every-lead.ts';
import { lastHeardOf } from './last-heard-of.ts';
import { openLeadFile } from './lead-file.ts';

/** A report keeps all cells in memory: so many rows are read, and the report says when there were more. */
const MOST_ROWS = 250_000;

export type FileQuality = QualityReport & { truncated: boolean };

/**
 * The state of a file of leads before anybody imports it; writes nothing and needs no database.
 *
 * @throws ImportRefused when the file can't be read.
 */
export async function fileQuality(path: string, now: Date): Promise<FileQuality> {
  const bytes = createReadStream(path);
  try {
    const file = await openLeadFile(bytes);
    const { header, fields } = knownColumns(file.header);
    const shown = header.flatMap((name, i) =>
      (REJECT_COLUMNS as readonly string[]).includes(name) ? [] : [{ name, i }],
    );
    const columns = new Map<string, string[]>(shown.map(({ name }) => [name, []]));
    const fieldAt = new Map([...fields].map(([field, column]) => [column, field]));
    const leads: QualityLead[] = [];
    let truncated = false;
    for await (const { line, cells } of file.rows) {
      if (cells.every((cell) => cell.trim() === '')) continue;
      if (leads.length === MOST_ROWS) {
        truncated = true;
        break;
      }
      const values: Record<string, string> = {};
      for (const { name, i } of shown) {
        const cell = cells[i] ?? '';
        columns.get(name)?.push(cell);
        values[fieldAt.get(i) ?? name] = cell;
      }
      const email = fields.has('email') ? (values['email'] ?? '') : '';
      leads.push({
        ref: `line ${line}`,
        email: email.trim() === '' ? null : email,
        values,
        lastChange: newest(values, now),
      });
    }
    return { ...qualityReport({ leads, columns, has: new Set<string>(fields.keys()), now }), truncated };
  } finally {
    bytes.destroy();
  }
}

const CHANGE_COLUMN = /(?:^|[ _-])(?:last|modified|updated|created|signed[ _-]?up|downloaded|submitted)/i;

/** The latest moment that a row names of itself; null where it names none. */
function newest(values: Readonly<Record<string, string>>, now: Date): Date | null {
  let last: Date | null = null;
  for (const [name, raw] of Object.entries(values)) {
    const at = CHANGE_COLUMN.test(name) ? dateOf(raw) : null;
    if (at !== null && at <= now && (last === null || at > last)) last = at;
  }
  return last;
}

/** The state of all leads there are. */
export async function leadsQuality(ctx: Context): Promise<QualityReport & { truncated: boolean }> {
  const now = ctx.clock.now();
  const found: QualityLead[] = [];
  let truncated = false;
  for await (const page of everyLead(ctx.db, ctx.workspaceId)) {
    if (found.length + page.length > MOST_ROWS) {
      truncated = true;
      break;
    }
    const heard = await lastHeardOf(
      ctx.db,
      page.map(({ id }) => id),
    );
    for (const lead of page) found.push(qualityLead(lead, heard.get(lead.id) ?? null));
  }
  const names = new Set(found.flatMap(({ values }) => Object.keys(values)));
  const columns = new Map([...names].map((name) => [name, found.map(({ values }) => values[name] ?? '')]));
  const has = new Set<string>(leadFields);
  return { ...qualityReport({ leads: found, columns, has, now }), truncated };
}

/** A lead of the database as the core sees it. `heard`: the last thing it did, as far as it is known. */
function qualityLead(lead: LeadRow, heard: Date | null): QualityLead {
  const { email: _email, ...values } = fieldsOf(lead);
  return {
    ref: lead.email ?? lead.id,
    email: lead.email,
    values,
    lastChange: heard !== null && heard > lead.updatedAt ? heard : lead.updatedAt,
  };
}
