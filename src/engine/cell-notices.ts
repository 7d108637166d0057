import { and, eq, like, sql } from 'drizzle-orm';
import type { PolicyEffect } from '../core/autonomy/policy-effect.ts';
import { type DbOrTx, rows, type Tx } from '../db/client.ts';
import { slackPosts } from '../db/schema.ts';

/** What a notice about a cell was posted for. `seq` is the last event of its batch in the cell's log, `place` its own place among what that did. */
export type ToldEffect = { seq: number; place: number; effect: PolicyEffect };

/** How many of the newest notices with buttons can still have some: an older one stands behind a newer raise. */
const WITH_BUTTONS = 3;

/** What was told about a cell, in the order of its log. */
export async function toldAbout(db: DbOrTx, cellId: string): Promise<ToldEffect[]> {
  const found = await db
    .select({ subjectId: slackPosts.subjectId, payload: slackPosts.payload })
    .from(slackPosts)
    .where(
      and(
        eq(slackPosts.purpose, 'notice'),
        eq(slackPosts.subjectType, 'cell'),
        like(slackPosts.subjectId, `${cellId}:%`),
      ),
    );
  return found
    .flatMap(({ subjectId, payload }) => {
      if (payload?.['type'] !== 'autonomy') return [];
      const [, seq, place] = subjectId.split(':');
      return [{ seq: Number(seq), place: Number(place), effect: payload['effect'] as PolicyEffect }];
    })
    .toSorted((a, b) => a.seq - b.seq || a.place - b.place);
}

/** Whether it can take the buttons from a notice, or change what stands beside them. */
export function movesButtons({ type }: PolicyEffect): boolean {
  return MOVING.has(type);
}

const MOVING: ReadonlySet<PolicyEffect['type']> = new Set([
  'raised',
  'lowered',
  'restarted',
  'restored',
  'capped',
  'proposal_confirmed_once',
  'proposal_withdrawn',
]);

/** The cell moved on: the notices that may still offer buttons are looked at again. */
export async function touchButtons(tx: Tx, cellId: string, now: Date): Promise<void> {
  await rows(
    tx,
    sql`update slack_posts set revision = revision + 1, due_at = greatest(due_at, ${now.toISOString()}::timestamptz)
        where id in (select id from slack_posts where purpose = 'notice' and subject_type = 'cell' and subject_id like ${`${cellId}:%`}
          and payload->>'type' = 'autonomy' and payload->'effect'->>'type' in ('raised', 'proposed')
          order by created_at desc, id desc limit ${WITH_BUTTONS})`,
  );
}
