import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import type { PolicyEvent } from '../../src/core/autonomy/policy-event.ts';
import type { SettleRequest } from '../../src/core/decision.ts';
import { decideStep, type Workflow } from '../../src/core/workflow.ts';
import { transact } from '../../src/db/client.ts';
import { cells, decisions } from '../../src/db/schema.ts';
import { versionById } from '../../src/db/workflows.ts';
import { answerRaise } from '../../src/engine/answer-raise.ts';
import { blameMail } from '../../src/engine/blame-mail.ts';
import { gatherInputs } from '../../src/engine/gather-inputs.ts';
import { publishWorkflow } from '../../src/engine/publish-workflow.ts';
import { recordOutcome } from '../../src/engine/record-outcome.ts';
import { recordProposal } from '../../src/engine/record-proposal.ts';
import { settleDecision } from '../../src/engine/settle.ts';
import { templateVersionOf } from '../../src/engine/template-version.ts';
import { enrolled } from '../support/fixtures.ts';
import {
  decisionsMade,
  earnFirstRung,
  eventsOf,
  labels,
  mailCell,
  oneLabel,
  replayed,
  standing,
  tell,
} from './cell-fixtures.ts';
import { DAY, engineWorld, MINUTE, oneMail } from './engine-world.ts';
import { answered, rejection } from './reviews-world.ts';

const first = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => ({
    email: `lee${from + i}@acme${from + i}.example`,
    firstName: 'Lee',
    company: 'Acme',
  }));

describe('between the gate and the autopilot', () => {
  const at = engineWorld('pglite');

  /** Decisions that the gate would let through, written and not yet settled, as if the process had died there. */
  async function gatedOnly(count: number): Promise<Array<{ id: string; hash: string }>> {
    const found: Array<{ id: string; hash: string }> = [];
    for (const leadId of await enrolled(at.world, oneMail(), first(count))) {
      const enrollment = await at.enrollmentOf(leadId);
      const { definition: workflow, version: workflowVersion } = await versionById(
        at.ctx.db,
        enrollment.workflowVersionId,
      );
      const step = decideStep(workflow, enrollment.step);
      const place = { enrollment, workflow, workflowVersion, step };
      const { id: enrollmentId, workflowId } = enrollment;
      const gathered = await gatherInputs(at.ctx.db, {
        ...place,
        enrollmentId,
        leadId,
        workflowId,
        now: at.ctx.clock.now(),
      });
      if (gathered === null) throw new Error('the lead is there');
      const answer = await at.ctx.model.propose(step.decide, gathered.inputs);
      const automatic = await recordProposal(at.ctx, place, gathered, answer);
      if (automatic !== null) found.push(automatic);
    }
    return found;
  }

  const autopilot = ({ id, hash }: { id: string; hash: string }) =>
    settleDecision(at.ctx, {
      decisionId: id,
      actor: { type: 'autopilot', id: 'autopilot' },
      via: 'gate',
      request: { verdict: 'approve', version: 1, hash },
    });

  async function oneThatGoesThrough(): Promise<{ id: string; hash: string }> {
    await enrolled(at.world, oneMail(), first(1, 900));
    await at.world.drain();
    at.world.passTime(12 * MINUTE);
    const [known] = await at.ctx.db.select().from(decisions);
    await at.decide(known?.id ?? '');
    await at.world.drain();
    await earnFirstRung(at.ctx);
    const [one] = await gatedOnly(8);
    if (!one) throw new Error('one of eight should be automatic');
    return one;
  }

  test.for<[string, Partial<Workflow>]>([
    ['puts the kind on the never list', { never_automatic: ['email_draft'] }],
    ['asks for another tone', { tone: 'quite another tone' }],
  ])('a workflow that is published anew and %s leaves the decision with people', async ([, change]) => {
    const one = await oneThatGoesThrough();
    await publishWorkflow(at.ctx, oneMail(change), 'test');
    expect(await autopilot(one)).toMatchObject({ ok: false });
    expect(await at.decision(one.id)).toMatchObject({ status: 'pending' });
  });

  test('one that is published anew with what does not concern the step lets it through', async () => {
    const one = await oneThatGoesThrough();
    await publishWorkflow(at.ctx, oneMail({ description: 'The same, said otherwise.' }), 'test');
    expect(await autopilot(one)).toMatchObject({ ok: true });
  });

  test('what the model is shown of a lead belongs to what makes the proposals', () => {
    const workflow = oneMail();
    const step = decideStep(workflow, 'first-mail');
    const hash = (lead_fields: string[]) =>
      templateVersionOf(at.ctx, { ...workflow, lead_fields }, step, { ok: true, model: 'm' });
    expect(hash(['notes', 'industry'])).not.toBe(hash([]));
  });

  test('a draft that was rewritten from scratch does not make its template known', async () => {
    await enrolled(at.world, oneMail(), first(1, 900));
    await at.world.drain();
    at.world.passTime(12 * MINUTE);
    const [draft] = await at.ctx.db.select().from(decisions);
    const words = 'we saw that you read our paper and wondered what you made of it. '.repeat(3);
    const content = { subject: 'Written by Ana', body: `Hello Lee,\n\n${words}\n\nNora`, subjectVariants: [] };
    const edit: Partial<SettleRequest> = { verdict: 'edit', content };
    expect(await at.decide(draft?.id ?? '', edit)).toMatchObject({ ok: true });
    await at.world.drain();
    await tell(at.ctx, () => [...decisionsMade(at.ctx), ...labels(at.ctx, 150)]);
    expect((await standing(at.ctx)).rung).toBeGreaterThan(0);
    await enrolled(at.world, oneMail(), first(8));
    await at.world.drain();
    expect(await at.ctx.db.select().from(decisions).where(eq(decisions.settledByType, 'autopilot'))).toEqual([]);
  });
});

describe('what is told late', () => {
  const at = engineWorld('pglite');

  async function outcomeAfter(days: number, told: number, type: 'complained' | 'replied'): Promise<string> {
    const message = await at.approvedMail();
    await at.world.drain();
    const settledAt = at.world.now.getTime();
    at.world.passTime(told * DAY);
    const id = at.ctx.ids.id();
    await transact(at.ctx.db, (tx) =>
      recordOutcome(at.ctx, tx, {
        id,
        leadId: message.leadId,
        messageId: message.id,
        decisionId: message.decisionId,
        type,
        classification: 'human',
        reasons: [],
        source: 'mail',
        dedupeKey: 'told-late',
        raw: null,
        occurredAt: new Date(settledAt + days * DAY),
      }),
    );
    return id;
  }

  test('a complaint of day 13 that arrives on day 15 counts, one of day 15 does not', async () => {
    await outcomeAfter(13, 15, 'complained');
    expect(await eventsOf(at.ctx, 'relabelled')).toHaveLength(1);
  });

  test('a complaint of day 15 does not count', async () => {
    await outcomeAfter(15, 15, 'complained');
    expect(await eventsOf(at.ctx, 'relabelled')).toHaveLength(0);
  });

  test('a reply within the window counts also where a person reads it a day after the window', async () => {
    const outcomeId = await outcomeAfter(13.5, 13.5, 'replied');
    at.world.passTime(DAY);
    expect(await blameMail(at.ctx, { outcomeId, userId: 'U0ANA' })).toEqual({ ok: true });
  });
});

describe('who agrees, and what is known', () => {
  const at = engineWorld('pglite');

  test('the agreement of somebody who may not decide any more is void', async () => {
    const of = (who: string[]) => oneMail({ approvers: { lead_score: who, email_draft: who } });
    await publishWorkflow(at.ctx, of(['U0ANA', 'U0BEN']), 'test');
    const order = { by: 'U0ADM', reason: 'ask us', at: at.world.now.getTime() };
    await tell(at.ctx, () => [{ type: 'mode_set', id: 'm', ...order, proposeOnly: true }]);
    await earnFirstRung(at.ctx);
    const { id: cellId } = await mailCell(at.ctx);
    const seq = (await eventsOf(at.ctx)).length;
    const agree = (userId: string) => answerRaise(at.ctx, { cellId, seq, answer: 'agree', userId });
    expect(await agree('U0ANA')).toMatchObject({ ok: true });
    await publishWorkflow(at.ctx, of(['U0BEN']), 'test');
    expect(await agree('U0BEN')).toMatchObject({ ok: true });
    expect(await standing(at.ctx)).toMatchObject({ rung: 0, proposal: { confirmedBy: 'U0BEN' } });
    await publishWorkflow(at.ctx, of(['U0ANA', 'U0BEN']), 'test');
    expect(await agree('U0ANA')).toMatchObject({ ok: true });
    expect((await standing(at.ctx)).rung).toBe(1);
  });

  test('a step that nobody has met before knows from its first decision on what the team catches', async () => {
    for (let i = 0; i < 12; i++) await answered(at, i % 2 === 0 ? { verdict: 'approve' } : rejection());
    const known = (await standing(at.ctx)).catchRate;
    expect(known).toBeCloseTo(0.245, 2);
    const workflow = oneMail();
    const renamed = { ...workflow, steps: workflow.steps.map((step) => ({ ...step, id: `another-${step.id}` })) };
    await enrolled(at.world, renamed, first(1, 300));
    await at.world.drain();
    const [other] = await at.ctx.db.select().from(cells).where(eq(cells.step, 'another-first-mail'));
    expect(other?.standing.catchRate).toBe(known);
  });

  test('what was known of the team holds while too few checks are left to say otherwise', async () => {
    for (let i = 0; i < 12; i++) await answered(at, i % 2 === 0 ? { verdict: 'approve' } : rejection());
    const known = (await standing(at.ctx)).catchRate;
    at.world.passTime(200 * DAY);
    await at.world.drain();
    expect((await standing(at.ctx)).catchRate).toBe(known);
  });

  test('verdicts of one moment stand in the log one after the other, and a clock that was set back stands still', async () => {
    const now = at.world.now.getTime();
    const apart = (...events: PolicyEvent[]) => tell(at.ctx, () => events);
    await apart(...decisionsMade(at.ctx));
    await apart(oneLabel(at.ctx, { at: now, loss: 1 }));
    await apart(oneLabel(at.ctx, { at: now }));
    await apart(oneLabel(at.ctx, { at: now - DAY }));
    const times = (await eventsOf(at.ctx, 'labelled')).map(({ payload }) => Number(payload['at']) - now);
    expect(times).toEqual([1, 2, 3]);
    const cell = await mailCell(at.ctx);
    expect(await replayed(at.ctx, cell)).toStrictEqual(cell.standing);
  });
});
