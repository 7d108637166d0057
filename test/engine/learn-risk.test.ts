import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { featureCodes, FEATURES_VERSION } from '../../src/core/risk-features.ts';
import { seededUniform } from '../../src/core/statistics/seeded-uniform.ts';
import { verifyChain } from '../../src/db/audit.ts';
import { decisions, policyEvents, riskModels, verdicts } from '../../src/db/schema.ts';
import { learnRisks, retrainRisk } from '../../src/engine/learn-risk.ts';
import { noticeFacts } from '../../src/engine/notice.ts';
import { renderNotice } from '../../src/slack/messages/notice-message.ts';
import { enrolled } from '../support/fixtures.ts';
import { decisionsMade, earnFirstRung, labels, mailCell, replayed, standing, tell } from './cell-fixtures.ts';
import { DAY, engineWorld, type EngineWorld, MINUTE, oneMail } from './engine-world.ts';

type Decision = typeof decisions.$inferSelect;

/** Copies of a decision that people judged, one an hour: what the model doubted tells nothing, known leads are let through. */
async function judge(at: EngineWorld, like: Decision, count: number, seed = 3): Promise<void> {
  const uniform = seededUniform(seed);
  const start = at.world.now.getTime() - count * 60 * MINUTE;
  const made = Array.from({ length: count }, (_, i) => {
    const id = at.ctx.ids.id();
    const [doubt, first] = [uniform(), uniform() < 0.5 ? 1 : 0];
    const values = featureCodes.map((code) => (code === 'model_doubt' ? doubt : code === 'first_touch' ? first : 0));
    const bad = uniform() < (first === 1 ? 0.4 : 0.04);
    const settledAt = new Date(start + i * 60 * MINUTE);
    const riskFeatures = { version: FEATURES_VERSION, values, prior: 0.1 + 0.5 * doubt };
    return { id, bad, settledAt, riskFeatures };
  });
  await at.ctx.db.insert(decisions).values(
    made.map(({ id, bad, settledAt, riskFeatures }) => ({
      ...like,
      id,
      subjectId: id,
      status: bad ? ('rejected' as const) : ('approved' as const),
      settledAt,
      settledByType: 'person' as const,
      settledBy: 'U0ANA',
      riskFeatures,
      createdAt: settledAt,
    })),
  );
  await at.ctx.db.insert(verdicts).values(
    made.map(({ id, bad, settledAt }) => ({
      id: at.ctx.ids.id(),
      workspaceId: at.ctx.workspaceId,
      decisionId: id,
      purpose: 'settle' as const,
      verdict: bad ? ('reject' as const) : ('approve' as const),
      actorType: 'person' as const,
      actor: 'U0ANA',
      via: 'button',
      proposalVersion: 1,
      proposalHash: like.proposalHash,
      reasons: [],
      loss: bad ? 1 : 0,
      decidedAt: settledAt,
    })),
  );
}

const trained = (at: EngineWorld) => at.ctx.db.select().from(riskModels).orderBy(riskModels.trainedAt, riskModels.id);
const newest = async (at: EngineWorld): Promise<Decision> => {
  await enrolled(at.world, oneMail(), [
    { email: `lee${at.ctx.ids.id()}@acme.example`, firstName: 'Lee', company: 'Acme' },
  ]);
  await at.world.drain();
  const [decision] = await at.ctx.db.select().from(decisions).orderBy(sql`created_at desc, id desc`).limit(1);
  if (!decision) throw new Error('nothing was decided');
  return decision;
};

describe('learning the risk', () => {
  const at = engineWorld('pglite');

  test('each proposal keeps what a risk can be learned from: numbers, no text', async () => {
    const decision = await at.pendingDecision();
    expect(decision.riskScorer).toBe('prior-1');
    expect(decision.riskFeatures).toEqual({
      version: FEATURES_VERSION,
      values: expect.arrayContaining([0.1]),
      prior: decision.risk,
    });
    const named = new Map(featureCodes.map((code, i) => [code, decision.riskFeatures?.values[i]]));
    expect([named.get('first_of_step'), named.get('new_segment'), named.get('thin_record')]).toEqual([1, 1, 1]);
    at.world.passTime(10 * MINUTE);
    await at.decide(decision.id);
    const next = await newest(at);
    const then = new Map(featureCodes.map((code, i) => [code, next.riskFeatures?.values[i]]));
    expect([then.get('unlike_approved'), then.get('first_of_step'), then.get('new_segment')]).toEqual([0, 0, 0]);
  });

  test('once there is enough it is learned, and the next draft is scored by it in a new epoch', async () => {
    const like = await at.pendingDecision();
    await judge(at, like, 300);
    expect(await learnRisks(at.ctx)).toBe(1);
    const [row] = await trained(at);
    expect(row).toMatchObject({
      kind: 'email_draft',
      status: 'in_use',
      actor: 'system:clock',
      report: { labels: 300, tested: { labels: 60 } },
    });
    expect(row?.report?.after.logLoss).toBeLessThan(row?.report?.before.logLoss ?? 0);
    expect(await standing(at.ctx)).toMatchObject({ epoch: 1 });
    const next = await newest(at);
    expect(next.riskScorer).toBe(row?.name);
    expect(next.risk).toBeGreaterThan(0.25);
    expect(next.riskReasons.length).toBeLessThanOrEqual(3);
    expect(next.riskReasons[0]).toMatchObject({
      code: 'first_touch',
      text: 'Riskier: nothing was sent to this lead before.',
    });
    expect(next).toMatchObject({ route: 'review', gate: { epoch: 2, rung: 0 } });
    const cell = await mailCell(at.ctx);
    expect(cell.standing).toMatchObject({ epoch: 2, ladder: null, versions: { scorer: row?.name } });
    expect(await replayed(at.ctx, cell)).toStrictEqual(cell.standing);
    expect(await verifyChain(at.ctx.db, at.ctx.workspaceId)).toMatchObject({ problem: null });
  });

  test('what was learned is announced where the digest goes, with the numbers before and after', async () => {
    const like = await at.pendingDecision();
    await judge(at, like, 300);
    await learnRisks(at.ctx);
    const posts = (await at.notices()).filter(({ payload }) => payload?.['type'] === 'learned');
    expect(posts.map(({ channel }) => channel)).toEqual([oneMail().channels.digest]);
    const [post] = posts;
    const facts = post ? await noticeFacts(at.ctx, post) : null;
    if (facts === null) throw new Error('nothing was announced');
    const { text } = renderNotice(facts);
    expect(text).toContain('The risk of each e-mail draft is learned anew');
    expect(text).toMatch(/AUC 0\.\d\d before, 0\.\d\d after .*Brier score 0\.\d{3} before, 0\.\d{3} after/);
    expect(text).toContain('What changed: the scorer is new; what moves it most: first touch');
  });

  test('not with fewer than two hundred judged ones, and nothing is written', async () => {
    const like = await at.pendingDecision();
    await judge(at, like, 190);
    expect(await learnRisks(at.ctx)).toBe(0);
    expect(await trained(at)).toEqual([]);
    // Somebody who asks too early does not put it off for four weeks.
    await retrainRisk(at.ctx, { kind: 'email_draft', actor: { type: 'cli' } });
    await judge(at, like, 300);
    at.world.passTime(DAY);
    expect(await learnRisks(at.ctx)).toBe(1);
  });

  test('once a day at most it is looked at, and once in four weeks it is learned', async () => {
    const like = await at.pendingDecision();
    await judge(at, like, 300);
    expect(await learnRisks(at.ctx)).toBe(1);
    expect(await learnRisks(at.ctx)).toBe(0);
    at.world.passTime(27 * DAY);
    expect(await learnRisks(at.ctx)).toBe(0);
    expect(await trained(at)).toHaveLength(1);
    at.world.passTime(DAY);
    // Nothing new was judged: what is in use can't be beaten, and stays.
    expect(await learnRisks(at.ctx)).toBe(0);
    expect((await trained(at)).map(({ status, because }) => [status, because])).toEqual([
      ['in_use', null],
      ['not_learned', 'not_better'],
    ]);
  });

  test('not while a step of the kind has something to lose, unless an admin says so', async () => {
    const like = await at.pendingDecision();
    await judge(at, like, 300);
    await earnFirstRung(at.ctx);
    expect(await learnRisks(at.ctx)).toBe(0);
    expect(await trained(at)).toEqual([]);
    expect(await retrainRisk(at.ctx, { kind: 'email_draft', actor: { type: 'person', id: 'U0ANA' } })).toMatchObject({
      ok: false,
      code: 'not_allowed',
    });
    expect(await trained(at)).toEqual([]);
    const answer = await retrainRisk(at.ctx, { kind: 'email_draft', actor: { type: 'cli' } });
    expect(answer).toMatchObject({ ok: true, learning: { ok: true } });
    expect(answer.text).toMatch(/AUC 0\.\d\d before, 0\.\d\d after/);
    expect(answer.text).toContain('One step that approved without asking will ask again.');
    expect(await trained(at)).toMatchObject([{ status: 'in_use', actor: 'cli' }]);
    expect((await newest(at)).gate).toMatchObject({ epoch: 2, rung: 0 });
  });

  test('not while a step of the kind has half of the clean checks that its first rung takes', async () => {
    const like = await at.pendingDecision();
    await judge(at, like, 300);
    await tell(at.ctx, () => [...decisionsMade(at.ctx), ...labels(at.ctx, 35)]);
    expect(await learnRisks(at.ctx)).toBe(0);
    expect(await trained(at)).toEqual([]);
  });

  test('with less than half of them it is learned', async () => {
    const like = await at.pendingDecision();
    await judge(at, like, 300);
    await tell(at.ctx, () => [...decisionsMade(at.ctx), ...labels(at.ctx, 34)]);
    expect(await learnRisks(at.ctx)).toBe(1);
  });

  test('not while a raise waits for people’s word', async () => {
    const like = await at.pendingDecision();
    await judge(at, like, 300);
    const order = { by: 'U0ADM', reason: 'ask us', at: at.world.now.getTime() };
    await tell(at.ctx, () => [{ type: 'mode_set', id: 'm', ...order, proposeOnly: true }]);
    await earnFirstRung(at.ctx);
    expect((await standing(at.ctx)).proposal).not.toBeNull();
    expect(await learnRisks(at.ctx)).toBe(0);
    expect(await trained(at)).toEqual([]);
  });

  test('an approval that did harm later is learned as what it was', async () => {
    const like = await at.pendingDecision();
    await judge(at, like, 300);
    const approved = await at.ctx.db.select().from(decisions).where(eq(decisions.status, 'approved')).limit(5);
    const failures = (await at.ctx.db.select().from(verdicts).where(eq(verdicts.loss, 1))).length;
    await at.ctx.db.insert(policyEvents).values(
      approved.map(({ id, cellId, workspaceId }, i) => ({
        cellId: cellId ?? '',
        seq: 1_000 + i,
        workspaceId,
        type: 'relabelled',
        decisionId: id,
        epoch: 1,
        actor: 'system:mail',
        payload: {},
        at: at.world.now,
      })),
    );
    await retrainRisk(at.ctx, { kind: 'email_draft', actor: { type: 'cli' } });
    const [row] = await trained(at);
    expect(row?.report?.failures).toBe(failures + 5);
  });

  test('a model that was learned on other features is not asked', async () => {
    const like = await at.pendingDecision();
    await judge(at, like, 300);
    expect(await learnRisks(at.ctx)).toBe(1);
    await at.ctx.db.update(riskModels).set({ model: sql`jsonb_set(model, '{features}', '"features-0"')` });
    expect((await newest(at)).riskScorer).toBe('prior-1');
    expect(await standing(at.ctx)).toMatchObject({ epoch: 1 });
  });
});
