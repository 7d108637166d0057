import type { AuditEvent } from '../db/audit.ts';
import type { Tx } from '../db/client.ts';
import { wantPost } from '../db/slack-posts.ts';
import { currentVersion } from '../db/workflows.ts';
import type { Context } from './context.ts';
import type { OurMessage } from './match-mail.ts';
import { recordOutcome } from './record-outcome.ts';
import { suppressLead } from './suppress.ts';
import type { TakenMail } from './taken-mail.ts';

/** Somebody pressed “spam”: never mailed again, and people hear of it, since one in a thousand is already too many. */
export async function takeComplaint(
  ctx: Context,
  tx: Tx,
  { lead, key, now }: TakenMail,
  message: OurMessage,
  feedback: string,
): Promise<AuditEvent[]> {
  const suppressed = await suppressLead(ctx, tx, {
    leadId: lead.id,
    reason: 'complained',
    source: 'mail',
    suppressionId: ctx.ids.id(),
    exitReason: 'the lead complained about a mail',
  });
  const outcome = await recordOutcome(ctx, tx, {
    id: ctx.ids.id(),
    leadId: lead.id,
    messageId: message.id,
    decisionId: message.decisionId,
    type: 'complained',
    classification: 'human',
    reasons: [feedback],
    source: 'mail',
    dedupeKey: key,
    raw: null,
    occurredAt: now,
  });
  const { channels } = (await currentVersion(tx, message.workflowId)).definition;
  await wantPost(tx, {
    id: ctx.ids.id(),
    workspaceId: ctx.workspaceId,
    purpose: 'notice',
    subjectType: 'workspace',
    subjectId: `mail:${key}`,
    channel: channels.email_draft,
    payload: {
      type: 'lead_complained',
      leadId: lead.id,
      messageId: message.id,
      workflowId: message.workflowId,
      stopped: suppressed.stopped,
    },
    now,
  });
  return [...suppressed.events, ...outcome.events];
}
