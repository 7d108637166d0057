import { and, eq, inArray, type SQL, sql } from 'drizzle-orm';
import { type ExistingLead, type LeadValues, mergedValues } from '../core/lead.ts';
import type { Plan, ValueSources } from '../core/merge-policy.ts';
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

/** What the rule of merging looks at. Of a lead from before sources were kept only the time of the last change is known. */
export function existingLead(row: LeadRow): ExistingLead & { sources: ValueSources } {
  const { firstName, lastName, company, title, country, language, timezone, source, fields } = row;
  const sources = row.valueSources ?? { '*': { by: 'import', at: row.updatedAt.toISOString() } };
  return {
    ...{ firstName, lastName, company, title, country, language, timezone, source, fields },
    valuesAt: row.createdAt,
    sources,
  };
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
  /** Left out: the values came with an import. */
  valueSources?: ValueSources;
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
export async function setLeadValues(
  tx: Tx,
  lead: LeadRow,
  { values, sources }: { values: LeadValues; sources: ValueSources },
  at: Date,
): Promise<void> {
  const updatedAt = at.getTime() > lead.updatedAt.getTime() ? at : lead.updatedAt;
  await tx
    .update(leads)
    .set({ ...values, valueSources: { ...existingLead(lead).sources, ...sources }, updatedAt })
    .where(eq(leads.id, lead.id));
}

/** `plans`: what each value of a file may replace (core/merge-policy.ts). */
type Batch = { id: string; workspaceId: string; at: Date; plans: Record<string, Plan> };
type CommittedBatch = Pick<Batch, 'id' | 'workspaceId' | 'at'>;

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
    with plans as materialized (select ${JSON.stringify(batch.plans)}::text::jsonb as plans),
    found as materialized (
      select r.line, l.id, l.erased_at is not null as erased, l.created_at as came_at,
        coalesce(l.value_sources, jsonb_build_object('*', jsonb_build_object('by', 'import', 'at', l.updated_at))) as sources,
        r."values" - array['email', 'domain', 'accountId', 'event', 'fields', 'source'] as brought, r."values"->'fields' as fields,
        r."values"->'source' as source, jsonb_build_object(${now}) as before
      from import_rows r
      join leads l on l.workspace_id = r.workspace_id and l.email_hash = r.email_hash
      where r.batch_id = ${batch.id}::uuid and r.action is null
    ), brought as materialized (
      select f.line, 'known' as part, k.key as name, k.key as place, f.before->>k.key as old, k.value as new
      from found f, jsonb_each_text(f.brought) k where not f.erased
      union all
      select f.line, 'further', k.key, 'fields.' || k.key, f.before->'fields'->>k.key, k.value
      from found f, jsonb_each_text(f.fields) k where not f.erased
    ), differing as materialized (
      select b.*, f.came_at, f.sources->b.place as own, coalesce(f.sources->b.place, f.sources->'*') as source,
        coalesce(p.plans->b.place, p.plans->'*') as plan
      from brought b join found f on f.line = b.line cross join plans p
      where b.new is distinct from b.old
    ), judged as materialized (
      select d.*, coalesce(split_part(d.source->>'by', ':', 1), 'import') as kind,
        coalesce((d.source->>'at')::timestamptz, d.came_at) <= ${at}::timestamptz as newer
      from differing d
    ), taken as materialized (
      select line,
        coalesce(jsonb_object_agg(name, new) filter (where part = 'known'), '{}') as known,
        coalesce(jsonb_object_agg(name, new) filter (where part = 'further'), '{}') as further,
        jsonb_object_agg(place, jsonb_build_object('by', ${`import:${batch.id}`}::text, 'at', ${at}::text)) as sources,
        jsonb_object_agg(place, own) as sources_before
      from judged
      where old is null or (not (plan->>'gapsOnly')::boolean
        and (plan->'beats' @> to_jsonb(kind) or (not plan->'yields' @> to_jsonb(kind) and newer)))
      group by line
    ), merged as materialized (
      select f.line, f.id, f.erased, f.before, f.sources || coalesce(t.sources, '{}') as sources, t.sources_before,
        case when f.erased then f.before else f.before || coalesce(t.known, '{}') || jsonb_build_object(
          'fields', (f.before->'fields') || coalesce(t.further, '{}'),
          'source', case when f.before->>'source' is null then coalesce(f.source, 'null') else f.before->'source' end) end as after
      from found f left join taken t on t.line = f.line
    ), compared as materialized (
      select m.*, (select jsonb_object_agg(name, m.before->name) from jsonb_object_keys(m.before) as name where m.before->name is distinct from m.after->name) as replaced
      from merged m
    ), noted as (
      update import_rows r set
        lead_id = m.id,
        action = case when m.replaced is null then 'unchanged' else 'merged' end,
        before = m.replaced || jsonb_build_object('sources', coalesce(m.sources_before, '{}')),
        "values" = case when m.erased then null else r."values" end
      from compared m
      where r.batch_id = ${batch.id}::uuid and r.line = m.line
    )
    update leads l set ${set}, source = m.after->>'source', fields = m.after->'fields', value_sources = m.sources,
      updated_at = greatest(l.updated_at, ${at}::timestamptz)
    from compared m
    where l.id = m.id and m.replaced is not null`);
}

function pair(name: string, value: SQL): SQL {
  return sql`${name}::text, ${value}`;
}

async function insertStagedLeads(tx: Tx, batch: CommittedBatch): Promise<void> {
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
export async function insertStagedEvents(tx: Tx, batch: CommittedBatch): Promise<void> {
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
