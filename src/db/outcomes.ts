import { and, countDistinct, desc, eq, gte, isNotNull, lte, ne, sql } from 'drizzle-orm';
import { DELAYED } from '../core/outcome.ts';
import type { DbOrTx, Tx } from './client.ts';
import { messages, outcomes } from './schema.ts';

/** False when this was recorded before. */
export async function insertOutcome(tx: Tx, row: typeof outcomes.$inferInsert): Promise<boolean> {
  const inserted = await tx.insert(outcomes).values(row).onConflictDoNothing().returning({ id: outcomes.id });
  return inserted.length === 1;
}

/** How many of a lead's other mails came back without its address being gone, since then; a delay is none. */
export async function softBouncesSince(db: DbOrTx, leadId: string, besides: string, since: Date): Promise<number> {
  const [row] = await db
    .select({ mails: countDistinct(outcomes.messageId) })
    .from(outcomes)
    .where(
      and(
        eq(outcomes.leadId, leadId),
        eq(outcomes.type, 'bounced'),
        eq(outcomes.classification, 'unknown'),
        ne(outcomes.messageId, besides),
        gte(outcomes.occurredAt, since),
        sql`not ${outcomes.reasons} ? ${DELAYED}`,
      ),
    );
  return row?.mails ?? 0;
}

/** The mail that a conversion is put down to: the last one that left in this span. */
export async function lastSent(
  db: DbOrTx,
  leadId: string,
  from: Date,
  to: Date,
): Promise<{ id: string; decisionId: string } | null> {
  const [row] = await db
    .select({ id: messages.id, decisionId: messages.decisionId })
    .from(messages)
    .where(
      and(
        eq(messages.leadId, leadId),
        eq(messages.status, 'sent'),
        isNotNull(messages.sentAt),
        gte(messages.sentAt, from),
        lte(messages.sentAt, to),
      ),
    )
    .orderBy(desc(messages.sentAt), desc(messages.id))
    .limit(1);
  return row ?? null;
}
