import { afterEach, beforeEach, expect, test } from 'vitest';
import { eq } from 'drizzle-orm';
import { decisions, enrollments, slackPosts } from '../../src/db/schema.ts';
import { claimInstallation, InstallationMismatch } from '../../src/engine/installation.ts';
import { lastMoment, showAnew } from '../../src/engine/new-slack.ts';
import { pause, resume } from '../../src/engine/pause.ts';
import { settleDecision } from '../../src/engine/settle.ts';
import { testContext, type TestWorld } from '../support/context.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { enrolled, testWorkflow } from '../support/fixtures.ts';

const DAY = 86_400_000;
const ANA = { type: 'person', id: 'U0ANA' } as const;

let database: TestDatabase;
let world: TestWorld;
beforeEach(async () => {
  database = await testDatabase();
  world = await testContext(database);
});
afterEach(() => database.close());

const claim = (addressKey: string, kind: 'slack' | 'sandbox' | null) =>
  claimInstallation(world.ctx.db, { workspaceId: world.ctx.workspaceId, addressKey, world: kind, now: world.now });

test('a database is opened only with the key it was made with, since another would not know who opted out', async () => {
  await claim('key', 'slack');
  await claim('key', 'slack');
  await claim('key', null);
  await expect(claim('another', 'slack')).rejects.toThrow(/another SECRET_KEY/);
  await expect(claim('another', null)).rejects.toThrow(InstallationMismatch);
});

test('the sandbox is refused on a team’s database, and the team on the sandbox’s', async () => {
  await claim('key', null);
  await claim('key', 'slack');
  await expect(claim('key', 'sandbox')).rejects.toThrow(/the sandbox would swallow its mails/);
});

const pending = async () => {
  const [decision] = await world.ctx.db.select().from(decisions).where(eq(decisions.status, 'pending'));
  if (!decision) throw new Error('nothing is pending');
  return decision;
};
const approve = async () => {
  const { id, proposalHash: hash } = await pending();
  return settleDecision(world.ctx, {
    decisionId: id,
    actor: ANA,
    via: 'button',
    request: { verdict: 'approve', version: 1, hash },
  });
};

test('in a new Slack what still asks is shown again, once, and what is over is not', async () => {
  await enrolled(world, testWorkflow(), [{ email: 'lee@acme.example' }]);
  await world.drain();
  await approve();
  await world.drain();
  world.passTime(DAY);
  await world.drain();
  const draft = await pending();
  expect(world.posted).toHaveLength(2);
  await showAnew(world.ctx);
  await world.drain();
  expect(world.posted).toHaveLength(3);
  const card = await world.ctx.db.select().from(slackPosts).where(eq(slackPosts.subjectId, draft.id));
  expect(card).toMatchObject([{ status: 'posted', ts: '3.0' }]);
  expect(await lastMoment(world.ctx)).toEqual(world.now);
});

test('a pause takes nobody’s time to decide: it can be decided within it, and nothing expires by resuming', async () => {
  await enrolled(world, testWorkflow({ deadline: '3d' }), [{ email: 'lee@acme.example' }]);
  await world.drain();
  const before = (await pending()).deadlineAt;
  world.passTime(DAY);
  await pause(world.ctx, { name: 'whitepaper-nurture', actor: ANA });
  world.passTime(10 * DAY);
  await world.drain();
  await resume(world.ctx, { name: 'whitepaper-nurture', actor: ANA });
  await world.drain();
  const decision = await pending();
  expect(decision.deadlineAt).toEqual(new Date(before.getTime() + 10 * DAY));
  const [enrollment] = await world.ctx.db.select().from(enrollments);
  expect(enrollment?.dueAt).toEqual(decision.deadlineAt);
  await pause(world.ctx, { name: 'all', actor: ANA });
  world.passTime(5 * DAY);
  expect(await approve()).toMatchObject({ ok: true, status: 'approved' });
});

test('a workflow that was paused by itself within a pause of everything loses no time either', async () => {
  await enrolled(world, testWorkflow({ deadline: '3d' }), [{ email: 'lee@acme.example' }]);
  await world.drain();
  const before = (await pending()).deadlineAt;
  await pause(world.ctx, { name: 'all', actor: ANA });
  world.passTime(4 * DAY);
  await pause(world.ctx, { name: 'whitepaper-nurture', actor: ANA });
  world.passTime(DAY);
  await resume(world.ctx, { name: 'all', actor: ANA });
  world.passTime(2 * DAY);
  await resume(world.ctx, { name: 'whitepaper-nurture', actor: ANA });
  await world.drain();
  expect((await pending()).deadlineAt).toEqual(new Date(before.getTime() + 7 * DAY));
});
