import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { SettleRequest } from '../../src/core/decision.ts';
import { decisions, policyEvents, slackPosts } from '../../src/db/schema.ts';
import { autonomyDigest } from '../../src/engine/autonomy-digest.ts';
import { leakFacts } from '../../src/engine/leak-facts.ts';
import { digestNow } from '../../src/engine/report.ts';
import { wentOut } from '../../src/engine/went-out.ts';
import { messageLink, wouldHaveSent } from '../../src/engine/would-have-sent.ts';
import { mailCell } from './cell-fixtures.ts';
import { DAY, engineWorld, HOUR } from './engine-world.ts';

const at = engineWorld('pglite');
const reject: Partial<SettleRequest> = { verdict: 'reject', reasons: ['wrong_fact'], note: '' };
const body = `Hello there,\n\n${'something else altogether stands here, which nobody had proposed before. '.repeat(3)}\n\nBest wishes\nNora`;
const rewrite: Partial<SettleRequest> = {
  verdict: 'edit',
  content: { subject: 'Another one', body, subjectVariants: [] },
};

type Change = Partial<
  Pick<typeof decisions.$inferSelect, 'risk' | 'route' | 'tainted' | 'findings' | 'templateVersion' | 'createdAt'>
>;

/** A decision that went to people because of the threshold alone, unless told otherwise. */
async function made(risk: number, change: Change = {}): Promise<string> {
  const { id } = await at.pendingDecision();
  await at.ctx.db.execute(
    sql`update decisions set gate = jsonb_set(gate, '{because}', '[{"code":"rung_0","text":"x"}]'::jsonb) where id = ${id}::uuid`,
  );
  await at.ctx.db
    .update(decisions)
    .set({ risk, findings: [], ...change })
    .where(eq(decisions.id, id));
  return id;
}

const replayAt = async (tau: number) => {
  const { id } = await mailCell(at.ctx);
  return wouldHaveSent(at.ctx, { cellId: id, seq: 1_000, tau, at: at.world.now });
};

test('counts what people were asked about only because of the threshold, and what they stopped of it', async () => {
  await at.decide(await made(0.1));
  await at.decide(await made(0.3), reject);
  await at.decide(await made(0.2), rewrite);
  await made(0.25);
  await at.decide(await made(0.31), reject);
  expect(await replayAt(0.3)).toMatchObject({ days: 30, would: 4, rejected: 1, changed: 1, harmed: 0 });
  expect(await replayAt(0.31)).toMatchObject({ would: 5, rejected: 2 });
});

test('leaves out what would have gone to people anyway, what was automatic, and what another system made', async () => {
  await made(0.1, { tainted: ['company'] });
  await made(0.1, { findings: [{ code: 'x', severity: 'look', text: 'x' }] });
  await made(0.1, { route: 'spot_check' });
  await made(0.1, { route: 'auto' });
  await made(0.1, { templateVersion: 'another' });
  const first = await made(0.1);
  await at.ctx.db.execute(
    sql`update decisions set gate = jsonb_set(gate, '{because}', '[{"code":"first_from_template","text":"x"}]'::jsonb) where id = ${first}::uuid`,
  );
  expect(await replayAt(0.5)).toMatchObject({ would: 0, bad: [] });
  await made(0.1);
  expect(await replayAt(0.5)).toMatchObject({ would: 1 });
});

test('looks back 30 days, and does not know what was decided later', async () => {
  await made(0.1);
  at.world.passTime(30 * DAY);
  const young = await made(0.1);
  expect(await replayAt(0.5)).toMatchObject({ would: 1 });
  const then = at.world.now;
  at.world.passTime(HOUR);
  await at.decide(young, reject);
  const { id } = await mailCell(at.ctx);
  expect(await wouldHaveSent(at.ctx, { cellId: id, seq: 1_000, tau: 0.5, at: then })).toMatchObject({
    would: 1,
    rejected: 0,
  });
  expect(await replayAt(0.5)).toMatchObject({ would: 1, rejected: 1 });
});

test('names at most ten that were stopped, newest first, with the way to their cards', async () => {
  for (let i = 0; i < 11; i++) {
    await at.decide(await made(0.1), reject);
    at.world.passTime(HOUR);
  }
  const { rejected, bad } = await replayAt(0.5);
  expect([rejected, bad.length]).toEqual([11, 10]);
  expect(bad[0]).toMatchObject({
    what: 'rejected',
    reasons: ['wrong_fact'],
    at: new Date(at.world.now.getTime() - HOUR),
  });
  const [card] = await at.ctx.db
    .select()
    .from(slackPosts)
    .where(eq(slackPosts.purpose, 'card'))
    .orderBy(sql`created_at desc`)
    .limit(1);
  expect(bad[0]?.link).toBe(messageLink(card?.postedChannel ?? '', card?.ts ?? ''));
});

test('a link is that of Slack to the message', () => {
  expect(messageLink('C0ABC', '1741608000.000100')).toBe('https://slack.com/archives/C0ABC/p1741608000000100');
});

/** Marks decisions as drawn for a check, or as gone without asking. */
const route = async (id: string, to: 'auto' | 'spot_check', q: number) => {
  await at.ctx.db.execute(
    sql`update decisions set route = ${to}, gate = jsonb_set(gate, '{q}', ${String(q)}::jsonb) where id = ${id}::uuid`,
  );
};
const automatic = async (id: string) => {
  await at.decide(id);
  await at.ctx.db.execute(
    sql`update decisions set settled_by_type = 'autopilot', settled_by = 'gate' where id = ${id}::uuid`,
  );
};

test('the leak is estimated from the checks, each standing for as many as it was drawn from', async () => {
  const checks = [await made(0.1), await made(0.1), await made(0.1)];
  const gone = [await made(0.1), await made(0.1)];
  for (const id of checks) await route(id, 'spot_check', 0.25);
  for (const id of gone) await route(id, 'auto', 0.25);
  for (const id of gone) await automatic(id);
  at.world.passTime(HOUR);
  await at.decide(checks[0] ?? '');
  at.world.passTime(HOUR);
  await at.decide(checks[1] ?? '', reject);
  const { id } = await mailCell(at.ctx);
  // One failure at 0.25 stands for four; one of them was caught. The third check is undecided.
  expect((await leakFacts(at.ctx)).get(id)).toEqual({
    eligible: 5,
    checks: 2,
    leaked: 3,
    harmed: 0,
    upper: 5,
    confidence: 0.95,
  });
});

test('harm that came later makes a failure of a check that was passed, and a known one of what nobody looked at', async () => {
  const [check, gone] = [await made(0.1), await made(0.1)];
  await route(check, 'spot_check', 0.5);
  await route(gone, 'auto', 0.5);
  await automatic(gone);
  at.world.passTime(HOUR);
  await at.decide(check);
  const { id } = await mailCell(at.ctx);
  expect((await leakFacts(at.ctx)).get(id)).toMatchObject({ leaked: 0, harmed: 0 });
  const harm = (seq: number, decisionId: string) =>
    at.ctx.db.insert(policyEvents).values({
      cellId: id,
      seq,
      workspaceId: at.ctx.workspaceId,
      type: 'relabelled',
      decisionId,
      epoch: 1,
      actor: 'x',
      payload: {},
      at: at.world.now,
    });
  await harm(1_001, gone);
  expect((await leakFacts(at.ctx)).get(id)).toMatchObject({ leaked: 1, harmed: 1 });
  await harm(1_002, check);
  expect((await leakFacts(at.ctx)).get(id)).toMatchObject({ leaked: 1, harmed: 1, checks: 1 });
});

test('the list of what went out names what nobody looked at in the epoch that ended, newest first, and its mail', async () => {
  const [gone, later, asked] = [await made(0.1), await made(0.1), await made(0.1)];
  await automatic(gone);
  at.world.passTime(HOUR);
  await automatic(later);
  await at.decide(asked);
  await at.ctx.db.execute(
    sql`update decisions set gate = jsonb_set(gate, '{epoch}', '2'::jsonb) where id = ${asked}::uuid`,
  );
  const { id } = await mailCell(at.ctx);
  const list = await wentOut(at.ctx, { cellId: id, seq: 1 });
  expect(list).toMatchObject({ address: 'whitepaper-nurture/first-mail', kind: 'email_draft', total: 2 });
  expect(list?.items.map(({ at: when }) => when.getTime())).toEqual([
    at.world.now.getTime(),
    at.world.now.getTime() - HOUR,
  ]);
  expect(list?.items[0]).toMatchObject({ leadName: 'Lee', mail: 'approved', undone: false });
  expect(await wentOut(at.ctx, { cellId: id, seq: 99_999 })).toBeNull();
});

test('the digest says for every step what went without asking and what would raise it', async () => {
  const [gone, asked] = [await made(0.1), await made(0.1)];
  await automatic(gone);
  await at.decide(asked);
  at.world.passTime(HOUR);
  const digest = await autonomyDigest(at.ctx, new Date(at.world.now.getTime() - DAY), at.world.now);
  expect(digest.find(({ address }) => address === 'whitepaper-nurture/first-mail')).toMatchObject({
    automatic: 1,
    decisions: 2,
    rung: 0,
    leak: null,
    next: '2 of the first 50 drafts, from which its ladder is drawn.',
  });
  await digestNow(at.ctx);
  await at.world.drain();
  const [post] = await at.ctx.db.select().from(slackPosts).where(eq(slackPosts.purpose, 'digest'));
  expect(post).toMatchObject({ status: 'posted', payload: { autonomy: digest.map(({ address }) => ({ address })) } });
});
