import { and, eq } from 'drizzle-orm';
import { bounceVerdict, type BounceVerdict, type DeliveryReport, refusesContent } from '../core/delivery-status.ts';
import { DELAYED, REFUSED_CONTENT } from '../core/outcome.ts';
import type { AuditEvent } from '../db/audit.ts';
import type { Tx } from '../db/client.ts';
import { softBouncesSince } from '../db/outcomes.ts';
import { messages } from '../db/schema.ts';
import { touchPost } from '../db/slack-posts.ts';
import { addressHash } from '../db/suppressions.ts';
import type { Context } from './context.ts';
import type { OurMessage } from './match-mail.ts';
import { recordOutcome } from './record-outcome.ts';
import { settleByEvidence } from './settle-by-evidence.ts';
import { suppressLead } from './suppress.ts';
import type { TakenMail } from './taken-mail.ts';

/** So many mails that came back within this time, each for a while only, are an address that does not work. */
const SOFT_BOUNCES = 3;
const SOFT_WITHIN_MS = 30 * 86_400_000;

type Bounce = { verdict: BounceVerdict; reasons: string[]; report: DeliveryReport };

/**
 * A mail server says what became of a mail. An address that is gone is never mailed again; what is only delayed, full or refused
 * by policy is kept, and counts when it goes on.
 */
export async function takeBounce(
  ctx: Context,
  tx: Tx,
  taken: TakenMail,
  message: OurMessage,
  reports: readonly DeliveryReport[],
): Promise<AuditEvent[]> {
  const { lead, now, key } = taken;
  const bounce = judge(ctx, taken, reports);
  if (bounce.verdict === 'delivered') {
    const because = 'a mail server reports that it was delivered';
    return settleByEvidence(ctx, tx, { messageId: message.id, status: 'sent', because, actor: 'system:mail' });
  }
  const earlier = await softBouncesSince(tx, lead.id, message.id, new Date(now.getTime() - SOFT_WITHIN_MS));
  const again = bounce.verdict === 'soft' && earlier + 1 >= SOFT_BOUNCES;
  const suppressed =
    bounce.verdict === 'hard' || again
      ? await suppressLead(ctx, tx, {
          leadId: lead.id,
          reason: 'bounced',
          source: 'mail',
          suppressionId: ctx.ids.id(),
          exitReason: again ? `${earlier + 1} mails to the lead came back` : 'the address bounced',
        })
      : null;
  const outcome = await recordOutcome(ctx, tx, {
    id: ctx.ids.id(),
    leadId: lead.id,
    messageId: message.id,
    decisionId: message.decisionId,
    type: 'bounced',
    classification: bounce.verdict === 'hard' ? 'human' : 'unknown',
    reasons: [...bounce.reasons, ...(again ? ['came_back_again_and_again'] : [])],
    source: 'mail',
    dedupeKey: key,
    raw: lead.email === null ? null : { diagnostic: bounce.report.diagnostic, action: bounce.report.action },
    occurredAt: now,
  });
  await mark(ctx, tx, message, bounce, now);
  return [...(suppressed?.events ?? []), ...outcome.events];
}

/** Of a report about several recipients, the part about this lead. */
function judge(ctx: Context, { lead }: TakenMail, reports: readonly DeliveryReport[]): Bounce {
  const concerns = (address: string | null): boolean =>
    address !== null && addressHash(ctx.secrets.addressKey, address) === lead.emailHash;
  const about = reports.find((each) => concerns(each.finalRecipient) || concerns(each.originalRecipient));
  const unnamed = reports.find((each) => each.finalRecipient === null && each.originalRecipient === null);
  const report = about ?? unnamed ?? reports[0];
  if (!report) throw new Error(`a delivery status for lead ${lead.id} has no report`);
  const { verdict, because } = bounceVerdict(report);
  const reasons = [
    verdict === 'delayed' ? DELAYED : verdict,
    because,
    ...(refusesContent(report) ? [REFUSED_CONTENT] : []),
  ];
  if (about || unnamed) return { verdict, reasons, report };
  // The lead's mailbox passes its mail on to an address that does not work: that says nothing against the lead's own.
  return {
    verdict: verdict === 'hard' ? 'soft' : verdict,
    reasons: [verdict === 'hard' ? 'soft' : verdict, ...reasons.slice(1), 'about_another_address'],
    report,
  };
}

/** The mail did leave, and its row says so; what came of it stands beside it. */
async function mark(ctx: Context, tx: Tx, message: OurMessage, { verdict, report }: Bounce, now: Date): Promise<void> {
  const code = report.status ?? 'no code';
  const words = {
    hard: `it came back: the address does not work (${code})`,
    soft: `it came back (${code})`,
    delayed: `it is held up on its way (${code})`,
    delivered: '',
  }[verdict];
  const marked = await tx
    .update(messages)
    .set({ statusReason: words })
    .where(and(eq(messages.id, message.id), eq(messages.status, 'sent')))
    .returning({ id: messages.id });
  if (marked.length > 0)
    await touchPost(
      tx,
      ctx.workspaceId,
      { purpose: 'card', subjectType: 'decision', subjectId: message.decisionId },
      now,
    );
}
