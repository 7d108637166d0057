import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { seededUniform } from '../../src/core/statistics/seeded-uniform.ts';
import { verifyChain } from '../../src/db/audit.ts';
import { decisions, leadEvents, leads, leadScoreModels, outcomes, proposalVersions } from '../../src/db/schema.ts';
import { cardFacts } from '../../src/engine/card.ts';
import { learnLeadScores, retrainLeadScore } from '../../src/engine/learn-lead-score.ts';
import { noticeFacts } from '../../src/engine/notice.ts';
import { scoredFacts, scoreLead } from '../../src/engine/score-lead.ts';
import { renderNotice } from '../../src/slack/messages/notice-message.ts';
import { enrolled, testWorkflow } from '../support/fixtures.ts';
import { DAY, engineWorld, type EngineWorld } from './engine-world.ts';

/** Leads that came `ago` days and less ago, one an hour: miners and those who click buy, `soldAfter` days after they came. */
async function history(at: EngineWorld, count: number, ago = 150, soldAfter = 30): Promise<void> {
  const uniform = seededUniform(3);
  const made = Array.from({ length: count }, (_, i) => {
    const createdAt = new Date(at.world.now.getTime() - ago * DAY + i * 3_600_000);
    const mining = uniform() < 0.4;
    const clicked = uniform() < 0.4;
    const converted = uniform() < (mining ? 0.65 : 0.05) + (clicked ? 0.25 : 0);
    return { id: at.ctx.ids.id(), createdAt, mining, clicked, converted };
  });
  const { workspaceId } = at.ctx;
  await at.ctx.db.insert(leads).values(
    made.map(({ id, createdAt, mining, converted }) => ({
      id,
      workspaceId,
      email: `${id}@acme.example`,
      emailHash: id,
      source: 'webinar',
      fields: {
        industry: mining ? 'mining' : 'retail',
        ...(converted ? { contract: 'signed' } : { contract: 'none' }),
      },
      valueSources: { contract: { by: 'crm', at: new Date(createdAt.getTime() + 40 * DAY).toISOString() } },
      createdAt,
      updatedAt: createdAt,
    })),
  );
  await at.ctx.db.insert(leadEvents).values(
    made
      .filter(({ clicked }) => clicked)
      .map(({ id, createdAt }) => ({
        id: at.ctx.ids.id(),
        workspaceId,
        leadId: id,
        type: 'link_clicked',
        source: 'site',
        occurredAt: new Date(createdAt.getTime() + 2 * DAY),
        receivedAt: createdAt,
      })),
  );
  await at.ctx.db.insert(outcomes).values(
    made
      .filter(({ converted }) => converted)
      .map(({ id, createdAt }) => ({
        id: at.ctx.ids.id(),
        workspaceId,
        leadId: id,
        type: 'converted' as const,
        classification: 'human' as const,
        reasons: [],
        source: 'crm',
        dedupeKey: id,
        occurredAt: new Date(createdAt.getTime() + soldAfter * DAY),
        receivedAt: createdAt,
      })),
  );
}

const models = (at: EngineWorld) => at.ctx.db.select().from(leadScoreModels).orderBy(leadScoreModels.trainedAt);

describe('learning the lead score', () => {
  const at = engineWorld('pglite');

  test('once there are enough own outcomes it is learned, put in use, announced and audited', async () => {
    await enrolled(at.world, testWorkflow(), []);
    await history(at, 400);
    expect(await learnLeadScores(at.ctx)).toBe(1);
    const [row] = await models(at);
    expect(row).toMatchObject({ version: 1, status: 'in_use', actor: 'system:clock', report: { leads: 400 } });
    expect(row?.report?.after.auc).toBeGreaterThan(row?.report?.before.auc ?? 1);
    // Set after the sale: no column to score by, and told so.
    expect(row?.report?.leaking).toMatchObject([{ column: 'contract', sign: 'set_after' }]);
    const [notice] = await at.notices();
    if (!notice) throw new Error('nothing was announced');
    expect(notice.channel).toBe(testWorkflow().channels.digest);
    const facts = await noticeFacts(at.ctx, notice);
    if (facts === null) throw new Error('the notice says nothing');
    const { text } = renderNotice(facts);
    expect(text).toContain('The lead score is learned anew (version 1)');
    expect(text).toMatch(/AUC 0\.\d\d before, 0\.\d\d after/);
    expect(text).toMatch(/Brier score 0\.\d{3} before, 0\.\d{3} after/);
    expect(await verifyChain(at.ctx.db, at.ctx.workspaceId)).toMatchObject({ problem: null });
  });

  test('model and reviewers are told what was learned of a lead, by columns that the workflow shows', async () => {
    const workflow = testWorkflow({ lead_fields: ['industry'] });
    await history(at, 400);
    await learnLeadScores(at.ctx);
    const [leadId = ''] = await enrolled(at.world, workflow, [{ email: 'lee@acme.example', company: 'Acme' }]);
    await at.ctx.db
      .update(leads)
      .set({ fields: { industry: 'mining' } })
      .where(eq(leads.id, leadId));
    await at.world.drain();
    const [decision] = await at.ctx.db.select().from(decisions).where(eq(decisions.leadId, leadId));
    if (decision?.kind !== 'lead_score') throw new Error('no score was proposed');
    const [proposal] = await at.ctx.db
      .select()
      .from(proposalVersions)
      .where(eq(proposalVersions.decisionId, decision.id));
    const told = proposal?.inputs?.learnedScore;
    expect(told?.scorer).toMatch(/^learned-/);
    expect(told?.reasons[0]?.text).toMatch(/^“industry”: mining/);
    expect(told?.chance).toBeGreaterThan(0.3);
    const card = await cardFacts(at.ctx, decision.id);
    expect(card?.learned).toEqual(told);
    const [lead] = await at.ctx.db.select().from(leads).where(eq(leads.id, leadId));
    if (!lead) throw new Error('the lead is gone');
    const hidden = await scoredFacts(at.ctx.db, lead, [], at.world.now);
    expect(hidden.score).toBe(told?.score);
    expect(JSON.stringify(hidden.reasons)).not.toContain('industry');
  });

  test('until then leads are scored by the rules', async () => {
    const [leadId = ''] = await enrolled(at.world, testWorkflow(), [{ email: 'lee@acme.example', company: 'Acme' }]);
    const [lead] = await at.ctx.db.select().from(leads).where(eq(leads.id, leadId));
    if (!lead) throw new Error('the lead is gone');
    expect(await scoreLead(at.ctx.db, lead, at.world.now)).toMatchObject({ scorer: 'rules-1', chance: null });
  });

  test('a lead whose time is not over is no outcome yet: nothing is learned from it, and nothing is written', async () => {
    await history(at, 400, 60);
    expect(await learnLeadScores(at.ctx)).toBe(0);
    expect(await models(at)).toEqual([]);
  });

  test.for([
    [5, 'before it is looked at: there is nothing left to foresee'],
    [70, 'after its sixty days: too late to count'],
  ] as const)('a sale %d days after the lead came is no conversion to learn from, %s', async ([soldAfter]) => {
    await history(at, 400, 150, soldAfter);
    expect(await learnLeadScores(at.ctx)).toBe(0);
    const { learning } = await retrainLeadScore(at.ctx, 'cli');
    expect(learning).toMatchObject({ ok: false, because: 'too_few_conversions' });
  });

  test('once a day it is looked at, once in four weeks it is tried, and one that is no better stays out', async () => {
    await history(at, 400);
    expect(await learnLeadScores(at.ctx)).toBe(1);
    expect(await learnLeadScores(at.ctx)).toBe(0);
    at.world.passTime(27 * DAY);
    expect(await learnLeadScores(at.ctx)).toBe(0);
    expect(await models(at)).toHaveLength(1);
    at.world.passTime(DAY);
    expect(await learnLeadScores(at.ctx)).toBe(0);
    expect((await models(at)).map(({ status, because, version }) => [status, because, version])).toEqual([
      ['in_use', null, 1],
      ['not_learned', 'not_better', null],
    ]);
  });

  test('somebody who asks too early is told why, which puts nothing off', async () => {
    const { lines } = await retrainLeadScore(at.ctx, 'cli');
    expect(lines).toEqual(['Leads are scored as before: to learn it takes 200 leads whose outcome is known.']);
    await history(at, 400);
    expect(await learnLeadScores(at.ctx)).toBe(1);
    expect((await models(at)).map(({ status }) => status).toSorted()).toEqual(['in_use', 'not_learned']);
  });

  test('a better one takes the place of the one in use, with the next version', async () => {
    await history(at, 400);
    await learnLeadScores(at.ctx);
    const [first] = await models(at);
    if (!first?.model) throw new Error('nothing was learned');
    // What it holds against its leads is turned round, as if the market had.
    const { weights } = first.model.model.logistic;
    const turned = { ...first.model.model.logistic, weights: weights.map((weight) => -weight) };
    await at.ctx.db
      .update(leadScoreModels)
      .set({ model: { ...first.model, model: { ...first.model.model, logistic: turned } } })
      .where(eq(leadScoreModels.id, first.id));
    const { learning } = await retrainLeadScore(at.ctx, 'cli');
    expect(learning.ok).toBe(true);
    expect((await models(at)).map(({ status, version }) => [status, version])).toEqual(
      expect.arrayContaining([
        ['retired', 1],
        ['in_use', 2],
      ]),
    );
  });
});
