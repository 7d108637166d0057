import { eq } from 'drizzle-orm';
import { type CheckReveal, gradeOf, lossOf } from '../core/reviewers/check.ts';
import { appendAudit, type AuditEvent } from '../db/audit.ts';
import type { Tx } from '../db/client.ts';
import { decisions, verdicts } from '../db/schema.ts';
import { findPost, touchPost } from '../db/slack-posts.ts';
import { insertVerdict, type Outcome } from './carry-out-verdict.ts';
import { spreadCatchRate } from './catch-rates.ts';
import type { Context } from './context.ts';
import type { SettleResult } from './settlement.ts';
import { changeOf } from './take-evidence.ts';
import { whatItWas } from './what-it-was.ts';

/**
 * Writes a settled card that tests reviews: its verdict, what it says of the team, the card, the audit row. No mail, no score, no
 * lead moves, no label for the AI, and what somebody wrote in an edit is not kept. The audit log says that a check ended, not who
 * answered it or how: it is kept for ever, and such results are not.
 */
export async function carryOutCheck(ctx: Context, tx: Tx, outcome: Outcome): Promise<SettleResult> {
  const { input, locked, answer, now } = outcome;
  const { decision } = locked;
  const { actor, request } = input;
  await tx
    .update(decisions)
    .set({ status: answer.status, settledAt: now, settledByType: actor.type, settledBy: actor.id })
    .where(eq(decisions.id, decision.id));
  const isVerdict = request.verdict === 'approve' || request.verdict === 'edit' || request.verdict === 'reject';
  const taken = isVerdict ? await takeAnswer(ctx, tx, outcome) : { audit: [], reveal: null };
  await touchPost(tx, ctx.workspaceId, { purpose: 'card', subjectType: 'decision', subjectId: decision.id }, now);
  await appendAudit(tx, ctx.workspaceId, [
    ...taken.audit,
    {
      at: now,
      actor: 'system:reviews',
      action: 'check.ended',
      subjectType: 'decision',
      subjectId: decision.id,
      data: { answered: isVerdict },
    },
  ]);
  const settled = { ok: true as const, decisionId: decision.id, status: answer.status, messageId: null };
  return taken.reveal === null ? settled : { ...settled, check: taken.reveal };
}

async function takeAnswer(
  ctx: Context,
  tx: Tx,
  outcome: Outcome,
): Promise<{ audit: AuditEvent[]; reveal: CheckReveal }> {
  const { input, locked, content } = outcome;
  const { decision } = locked;
  await insertVerdict(ctx, tx, outcome);
  const { request } = input;
  if (request.verdict === 'expire' || request.verdict === 'withdraw')
    throw new Error(`${request.verdict} of check ${decision.id} is no answer`);
  const loss = lossOf(
    gradeOf({
      verdict: request.verdict,
      change: changeOf(outcome, content),
      originalOk: request.verdict === 'edit' ? (request.originalOk ?? null) : null,
    }),
  );
  await tx.update(verdicts).set({ loss, noLabel: 'seeded_check' }).where(eq(verdicts.id, input.ids.verdict));
  const was = await whatItWas(tx, decision.id);
  const card = await findPost(tx, ctx.workspaceId, {
    purpose: 'card',
    subjectType: 'decision',
    subjectId: decision.id,
  });
  const reveal: CheckReveal = {
    type: was.type,
    answer: loss === null ? 'unclear' : loss === 1 ? 'stopped' : 'let_through',
    reasons: was.reasons,
    note: was.note,
    first: was.type === 'second' ? was.first.grade : null,
    channel: card?.postedChannel ?? null,
  };
  return { audit: was.type === 'known_bad' ? await spreadCatchRate(ctx, tx, decision.kind) : [], reveal };
}
