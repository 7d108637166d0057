import { transact } from '../db/client.ts';
import { wantPost } from '../db/slack-posts.ts';
import { listWorkflows } from '../db/workflows.ts';
import type { Context } from './context.ts';

/** At most one notice an hour that the mail server is in trouble, in every workflow's mail channel. */
export async function reportSenderTrouble(ctx: Context, detail: string): Promise<void> {
  const now = ctx.clock.now();
  ctx.log.error({ detail }, 'the mail server is in trouble');
  const hour = now.toISOString().slice(0, 13);
  const channels = new Set(
    (await listWorkflows(ctx.db, ctx.workspaceId)).map(({ definition }) => definition.channels.email_draft),
  );
  await transact(ctx.db, async (tx) => {
    for (const channel of channels)
      await wantPost(tx, {
        id: ctx.ids.id(),
        workspaceId: ctx.workspaceId,
        purpose: 'notice',
        subjectType: 'workspace',
        subjectId: `sender-trouble:${hour}:${channel}`,
        channel,
        payload: { type: 'sender_trouble', detail: detail.slice(0, 300), since: now.toISOString() },
        now,
      });
  });
}
