import { and, eq, isNull, sql } from 'drizzle-orm';
import { type DbOrTx, rows, type Tx } from './client.ts';
import { accounts } from './schema.ts';

/** The account of a domain, made when it is new. A company's name is taken when none was known. Answers with its id. */
export async function ensureAccount(
  tx: Tx,
  account: { id: string; workspaceId: string; domain: string; name: string | null; now: Date },
): Promise<string> {
  const { id, workspaceId, domain, name, now } = account;
  await tx.insert(accounts).values({ id, workspaceId, domain, name, createdAt: now }).onConflictDoNothing();
  const place = and(eq(accounts.workspaceId, workspaceId), eq(accounts.domain, domain));
  if (name !== null)
    await tx
      .update(accounts)
      .set({ name })
      .where(and(place, isNull(accounts.name)));
  const [found] = await tx.select({ id: accounts.id }).from(accounts).where(place);
  if (!found) throw new Error(`the account ${id} was neither inserted nor found`);
  return found.id;
}

/** The accounts of a batch's new leads, in the order of their domains, so that two imports never wait for each other in a ring. */
export async function insertStagedAccounts(
  tx: Tx,
  batch: { id: string; workspaceId: string; at: Date },
): Promise<void> {
  const at = batch.at.toISOString();
  await tx.execute(sql`
    insert into accounts (id, workspace_id, domain, name, created_at)
    select distinct on (r."values"->>'domain')
      (r."values"->>'accountId')::uuid, r.workspace_id, r."values"->>'domain', r."values"->>'company', ${at}::timestamptz
    from import_rows r
    where r.batch_id = ${batch.id}::uuid and r.action is null and r."values"->>'domain' is not null
    order by r."values"->>'domain', r."values"->>'company' is null, r.line
    on conflict (workspace_id, domain) do nothing`);
}

/** The time zone of accounts, by id: the one that most of their leads name. Accounts of which no lead names one are left out. */
export async function accountZones(db: DbOrTx, accountIds: ReadonlyArray<string | null>): Promise<Map<string, string>> {
  const ids = [...new Set(accountIds)].filter((id): id is string => id !== null);
  if (ids.length === 0) return new Map();
  const found = await rows<{ accountId: string; zone: string }>(
    db,
    sql`select distinct on (account_id) account_id as "accountId", timezone as zone from leads
        where account_id in (${sql.join(
          ids.map((id) => sql`${id}::uuid`),
          sql`, `,
        )}) and timezone is not null
        group by account_id, timezone order by account_id, count(*) desc, timezone`,
  );
  return new Map(found.map(({ accountId, zone }) => [accountId, zone]));
}

/** The time zone of a lead's account, where the lead itself names none. */
export async function accountZoneOf(
  db: DbOrTx,
  lead: { timezone: string | null; accountId: string | null },
): Promise<string | null> {
  if (lead.timezone !== null || lead.accountId === null) return null;
  return (await accountZones(db, [lead.accountId])).get(lead.accountId) ?? null;
}
