import { and, asc, eq, gt, isNull } from 'drizzle-orm';
import type { DbOrTx } from '../db/client.ts';
import type { LeadRow } from '../db/leads.ts';
import { leads } from '../db/schema.ts';

const PAGE = 500;

/** All leads whose data was not erased, in the order of their ids, a page at a time; memory stays flat. */
export async function* everyLead(db: DbOrTx, workspaceId: string): AsyncGenerator<LeadRow[], undefined> {
  for (let after: string | null = null; ; ) {
    const page: LeadRow[] = await db
      .select()
      .from(leads)
      .where(
        and(
          eq(leads.workspaceId, workspaceId),
          isNull(leads.erasedAt),
          after === null ? undefined : gt(leads.id, after),
        ),
      )
      .orderBy(asc(leads.id))
      .limit(PAGE);
    const last = page.at(-1);
    if (last === undefined) return undefined;
    yield page;
    after = last.id;
  }
}
