import { and, desc, eq, isNotNull, sql } from 'drizzle-orm';
import { contentHash } from '../core/canonical-json.ts';
import { USER_ID } from '../core/identify-traits.ts';
import { leads } from '../db/schema.ts';
import type { Context } from './context.ts';
import { type LeadEvent, recordEvent, type RecordEventResult } from './record-event.ts';

export type TrackInput = Omit<LeadEvent, 'email' | 'inbound' | 'id'> & {
  /** The person by address, or by the id that `identify` told. */
  who: { email: string } | { userId: string };
  /** The call's own id; without it the very same call is taken once. */
  messageId: string | null;
};

/** Records what another program saw a person do. */
export async function track(ctx: Context, { who, messageId, ...event }: TrackInput): Promise<RecordEventResult> {
  const email = 'email' in who ? who.email : await addressOf(ctx, who.userId);
  if (email === null) return { result: 'unknown_lead' };
  const externalId =
    messageId ?? `content:${contentHash({ ...event, who, occurredAt: event.occurredAt.toISOString() })}`;
  return recordEvent(ctx, { ...event, email, id: null, inbound: { source: 'api:track', externalId } });
}

/** Two leads of one id are one person at two addresses: the one heard of last. */
async function addressOf(ctx: Context, userId: string): Promise<string | null> {
  const [lead] = await ctx.db
    .select({ email: leads.email })
    .from(leads)
    .where(
      and(
        eq(leads.workspaceId, ctx.workspaceId),
        eq(sql`${leads.fields} ->> ${sql.raw(`'${USER_ID}'`)}`, userId),
        isNotNull(leads.email),
      ),
    )
    .orderBy(desc(leads.updatedAt), desc(leads.id))
    .limit(1);
  return lead?.email ?? null;
}
