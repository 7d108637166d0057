import { and, eq, inArray, type SQL, sql } from 'drizzle-orm';
import { type ExistingLead, type LeadValues, mergedValues } from '../core/lead.ts';
import { insertStagedAccounts } from './accounts.ts';
import { type DbOrTx, rows, type Tx } from './client.ts';
import { leadEvents, leads, suppressions } from './schema.ts';

export type LeadRow = typeof leads.$inferSelect;

const COLUMNS: Record<(typeof mergedValues)[number], string> = {
  firstName: 'first_name',
  lastName: 'last_name',
  company: 'company',
  title: 'title',
  country: 'country',
  language: 'language',
  timezone: 'timezone',
};

/** What the rule of merging looks at. `updated_at` is when the import began that set the values last; scoring leaves it alone. */
export function existingLead(row: LeadRow): ExistingLead {
  const { firstName, lastName, company, title, country, language, timezone, source, fields } = row;
  return { firstName, lastName, company, title, country, language, timezone, source, fields, valuesAt: row.updatedAt };
}

export async function leadsByHash(
  db: DbOrTx,
  workspaceId: string,
  emailHashes: readonly string[],
): Promise<Map<string, LeadRow>> {
  const found = await db
    .select()
    .from(leads)
    .where(and(eq(leads.workspaceId, workspaceId), inArray(leads.emailHash, [...emailHashes])));
  return new Map(found.map((row) => [row.emailHash, row]));
}

/** How many of these addresses may not be mailed. */
export async function countSuppressed(
  db: DbOrTx,
  workspaceId: string,
  emailHashes: readonly string[],
): Promise<number> {
  return db.$count(
    suppressions,
    and(
      eq(suppressions.workspaceId, workspaceId),
      eq(suppressions.scope, 'address'),
      inArray(suppressions.keyHash, [...emailHashes]),
    ),
  );
}

/** The lead of an address, locked until the transaction ends. */
export async function lockLeadByHash(tx: Tx, workspaceId: string, emailHash: string): Promise<LeadRow | null> {
  const [row] = await tx
    .select()
    .from(leads)
    .where(and(eq(leads.workspaceId, workspaceId), eq(leads.emailHash, emailHash)))
    .for('update');
  return row ?? null;
}

export type NewLead = LeadValues & {
  id: string;
  workspaceId: string;
  accountId: string | null;
  email: string;
  emailHash: string;
  at: Date;
};

/** False when the address has a lead already, perhaps since a moment. */
export async function insertLead(tx: Tx, { at, ...lead }: NewLead): Promise<boolean> {
  const inserted = await tx
    .insert(leads)
    .values({ ...lead, createdAt: at, updatedAt: at })
    .onConflictDoNothing()
    .returning({ id: leads.id });
  return inserted.length === 1;
}

/** Writes merged values. The time only moves forward: an older import that filled gaps does not make the rest older. */
export async function setLeadValues(tx: Tx, lead: LeadRow, values: LeadValues, at: Date): Promise<void> {
  const updatedAt = at.getTime() > lead.updatedAt.getTime() ? at : lead.updatedAt;
  await tx
    .update(leads)
    .set({ ...values, updatedAt })
    .where(eq(leads.id, lead.id));
}

type Batch = { id: string; workspaceId: string; at: Date };

/**
 * Brings a staged batch into the leads, set by set, and notes on each of its rows what it did and what it replaced. Leads
 * are locked in the order of their ids, new ones inserted in the order of their hashes. Runs again over the rows that lost
 * a race with another import or a webhook: what these made is then there to be merged with.
 */
export async function mergeStagedLeads(tx: Tx, batch: Batch): Promise<void> {
  for (let round = 1; ; round++) {
    await lockStagedLeads(tx, batch);
    await updateStagedLeads(tx, batch);
    await insertStagedAccounts(tx, batch);
    await insertStagedLeads(tx, batch);
    const [left] = await rows<{ count: number }>(
      tx,
      sql`select count(*)::int as count from import_rows where batch_id = ${batch.id}::uuid and action is null`,
    );
    if (left?.count === 0) return;
    if (round === 5)
      throw new Error(`import ${batch.id}: ${left?.count ?? '?'} of its leads were neither inserted nor found`);
  }
}

async function lockStagedLeads(tx: Tx, batch: Batch): Promise<void> {
  await tx.execute(sql`
    select count(*)::int from (
      select l.id from import_rows r
      join leads l on l.workspace_id = r.workspace_id and l.email_hash = r.email_hash
      where r.batch_id = ${batch.id}::uuid and r.action is null
      order by l.id
      for update of l
    ) as locked`);
}

/** core/lead.ts mergeLead, for all leads of a batch at once; a test holds the two together. An erased lead stays empty. */
async function updateStagedLeads(tx: Tx, batch: Batch): Promise<void> {
  const at = batch.at.toISOString();
  const now = sql.join(
    [
      ...mergedValues.map((name) => pair(name, sql`l.${sql.identifier(COLUMNS[name])}`)),
      pair('source', sql`l.source`),
      pair('fields', sql`l.fields`),
    ],
    sql`, `,
  );
  const set = sql.join(
    mergedValues.map((name) => sql`${sql.identifier(COLUMNS[name])} = m.after->>${name}::text`),
    sql`, `,
  );
  await tx.execute(sql`
    with found as materialized (
      select r.line, l.id, l.erased_at is not null as erased, l.updated_at <= ${at}::timestamptz as newer,
        r."values" - array['email', 'domain', 'accountId', 'event', 'fields'] as brought, r."values"->'fields' as fields,
        jsonb_build_object(${now}) as before
      from import_rows r
      join leads l on l.workspace_id = r.workspace_id and l.email_hash = r.email_hash
      where r.batch_id = ${batch.id}::uuid and r.action is null
    ), merged as materialized (
      select line, id, erased, before,
        case
          when erased then before
          when newer then before || brought || jsonb_build_object('fields', (before->'fields') || fields, 'source', coalesce(before->>'source', brought->>'source'))
          else before || brought || jsonb_strip_nulls(before) || jsonb_build_object('fields', fields || (before->'fields'))
        end as after
      from found
    ), compared as materialized (
      select line, id, erased, after,
        (select jsonb_object_agg(name, m.before->name) from jsonb_object_keys(m.before) as name where m.before->name is distinct from m.after->name) as replaced
      from merged m
    ), noted as (
      update import_rows r set
        lead_id = m.id,
        action = case when m.replaced is null then 'unchanged' else 'merged' end,
        before = m.replaced,
        "values" = case when m.erased then null else r."values" end
      from compared m
      where r.batch_id = ${batch.id}::uuid and r.line = m.line
    )
    update leads l set ${set}, source = m.after->>'source', fields = m.after->'fields', updated_at = greatest(l.updated_at, ${at}::timestamptz)
    from compared m
    where l.id = m.id and m.replaced is not null`);
}

function pair(name: string, value: SQL): SQL {
  return sql`${name}::text, ${value}`;
}

async function insertStagedLeads(tx: Tx, batch: Batch): Promise<void> {
  const at = batch.at.toISOString();
  const columns = sql.join(
    mergedValues.map((name) => sql.identifier(COLUMNS[name])),
    sql`, `,
  );
  const values = sql.join(
    mergedValues.map((name) => sql`r."values"->>${name}::text`),
    sql`, `,
  );
  await tx.execute(sql`
    with made as (
      insert into leads (id, workspace_id, account_id, email, email_hash, ${columns}, source, fields, import_batch_id, created_at, updated_at)
      select r.lead_id, r.workspace_id, a.id, r."values"->>'email', r.email_hash, ${values}, r."values"->>'source', r."values"->'fields',
        r.batch_id, ${at}::timestamptz, ${at}::timestamptz
      from import_rows r
      left join accounts a on a.workspace_id = r.workspace_id and a.domain = r."values"->>'domain'
      where r.batch_id = ${batch.id}::uuid and r.action is null
      order by r.email_hash
      on conflict (workspace_id, email_hash) do nothing
      returning id
    )
    update import_rows r set action = 'created' from made where r.batch_id = ${batch.id}::uuid and r.lead_id = made.id`);
}

/** What the leads of a batch did before they came; a repeated import finds it there already. */
export async function insertStagedEvents(tx: Tx, batch: Batch): Promise<void> {
  await tx.execute(sql`
    insert into lead_events (id, workspace_id, lead_id, type, source, external_id, occurred_at, received_at)
    select (r."values"->'event'->>'id')::uuid, r.workspace_id, r.lead_id, r."values"->'event'->>'type', 'import',
      r.email_hash || ':' || (r."values"->'event'->>'type') || ':' || (r."values"->'event'->>'at'),
      (r."values"->'event'->>'at')::timestamptz, ${batch.at.toISOString()}::timestamptz
    from import_rows r
    where r.batch_id = ${batch.id}::uuid and r."values"->'event' is not null
    order by r.line
    on conflict (workspace_id, source, external_id) do nothing`);
}

/** One thing a lead did elsewhere; false when it was known. */
export async function insertLeadEvent(tx: Tx, event: typeof leadEvents.$inferInsert): Promise<boolean> {
  const inserted = await tx.insert(leadEvents).values(event).onConflictDoNothing().returning({ id: leadEvents.id });
  return inserted.length === 1;
}
