import { type Fallback, fallbackOf } from '../core/workflow/next-step.ts';
import { appendAudit, type AuditEvent } from '../db/audit.ts';
import { transact, type Tx } from '../db/client.ts';
import { suppressionOf } from '../db/suppressions.ts';
import { versionById, type WorkflowVersionRow } from '../db/workflows.ts';
import type { Context, ModelFailure } from './context.ts';
import { enrollmentFacts } from './enrollment-facts.ts';
import type { Lead } from './gather-inputs.ts';
import type { ProposePlace } from './judge-proposal.ts';
import { type Enrollment, placeEnrollment } from './place-enrollment.ts';
import { lockForDecision } from './record-proposal.ts';
import { sendFixed } from './send-fixed.ts';

/**
 * What the step does instead of asking people for what the model did not give: a fixed mail, or going on elsewhere. False when
 * it asks people, and then nothing was done.
 */
export async function fallBack(ctx: Context, place: ProposePlace, failure: ModelFailure): Promise<boolean> {
  const { enrollment: claimed, workflow, step } = place;
  const why = failure.problem === 'budget' ? 'on_budget' : 'on_model_failure';
  const fallback = fallbackOf(workflow, step.id, why);
  if (fallback.do === 'ask') return false;
  const version = await versionById(ctx.db, claimed.workflowVersionId);
  await transact(ctx.db, async (tx) => {
    const locked = await lockForDecision(tx, claimed);
    if (locked === null) return;
    const { lead, enrollment } = locked;
    const now = ctx.clock.now();
    const sent =
      fallback.do === 'send'
        ? await sendInstead(ctx, tx, { enrollment, lead, version, step: step.id, fallback })
        : null;
    const moved = await placeEnrollment(ctx, tx, {
      enrollment,
      workflow,
      facts: null,
      to: fallback.do === 'send' ? fallback.then : fallback.to,
      history: [
        { step: step.id, did: 'fell_back', to: null, why: failure.detail.slice(0, 300) },
        ...(sent?.history ?? []),
      ],
    });
    await appendAudit(tx, ctx.workspaceId, [
      {
        at: now,
        actor: 'system:propose',
        action: 'enrollment.fell_back',
        subjectType: 'enrollment',
        subjectId: enrollment.id,
        data: { at: step.id, because: why, problem: failure.problem },
      },
      ...(sent?.events ?? []),
      ...moved,
    ]);
  });
  ctx.log.warn({ enrollment: claimed.id, step: step.id, detail: failure.detail }, 'a step fell back');
  ctx.queue.wake();
  return true;
}

export type Instead = {
  enrollment: Enrollment;
  lead: Lead;
  version: WorkflowVersionRow;
  step: string;
  fallback: Extract<Fallback, { do: 'send' }>;
};

/** The fixed mail that a decide step sends instead of a decided one; nothing to somebody who may not be mailed. */
export async function sendInstead(
  ctx: Context,
  tx: Tx,
  { enrollment, lead, version, step, fallback }: Instead,
): Promise<{ history: Parameters<typeof placeEnrollment>[2]['history']; events: AuditEvent[] }> {
  const workflow = version.definition;
  if (lead.email === null || (await suppressionOf(tx, lead, ctx.secrets.addressKey)) !== null)
    return { history: [], events: [] };
  const now = ctx.clock.now();
  const facts = await enrollmentFacts(tx, { lead, enrollment, workflow, now, all: true });
  const sent = await sendFixed(ctx, tx, { enrollment, lead, version, workflow, step, mail: fallback.mail, facts });
  return { history: [sent.history], events: sent.events };
}
