import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eq } from 'drizzle-orm';
import { decisions, enrollments, leads, messages, slackPosts } from '../../src/db/schema.ts';
import { verifyChain } from '../../src/db/audit.ts';
import { settleDecision } from '../../src/engine/settle.ts';
import { testContext, type TestWorld } from '../support/context.ts';
import { engines, testDatabase, type TestDatabase } from '../support/database.ts';
import { enrolled, testWorkflow } from '../support/fixtures.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe.each(engines)('the loop on %s', (engine) => {
  let database: TestDatabase;
  let world: TestWorld;
  beforeEach(async () => {
    database = await testDatabase(engine);
    world = await testContext(database);
  });
  afterEach(() => database.close());

  const pending = () =>
    world.ctx.db.select().from(decisions).where(eq(decisions.status, 'pending')).orderBy(decisions.id);
  const approve = async () => {
    const [decision] = await pending();
    if (!decision) throw new Error('nothing is pending');
    return settleDecision(world.ctx, {
      decisionId: decision.id,
      actor: { type: 'person', id: 'U0ANA' },
      via: 'button',
      request: { verdict: 'approve', version: 1, hash: decision.proposalHash },
    });
  };

  test('a lead goes from score to mail to follow-up to the end, each by a verdict', async () => {
    await enrolled(world, testWorkflow(), [{ email: 'lee@acme.example', firstName: 'Lee', company: 'Acme' }]);
    await world.drain();
    expect((await pending()).map(({ kind }) => kind)).toEqual(['lead_score']);
    expect(world.posted).toHaveLength(1);
    expect(await approve()).toMatchObject({ ok: true, status: 'approved' });
    expect((await world.ctx.db.select().from(leads))[0]).toMatchObject({ score: 72 });
    await world.drain();
    expect(await pending()).toEqual([]);
    world.passTime(HOUR);
    await world.drain();
    expect((await pending()).map(({ kind, step }) => `${kind} ${step}`)).toEqual(['email_draft first-mail']);
    expect(await approve()).toMatchObject({ ok: true, status: 'approved' });
    await world.drain();
    expect(world.mails).toEqual([]);
    world.passTime(60_000);
    await world.drain();
    expect(world.mails.map(({ mail }) => mail.to)).toEqual(['lee@acme.example']);
    world.passTime(3 * DAY);
    await world.drain();
    expect(await approve()).toMatchObject({ ok: true });
    world.passTime(60_000);
    await world.drain();
    expect(world.mails).toHaveLength(2);
    expect((await world.ctx.db.select().from(enrollments))[0]).toMatchObject({ status: 'done' });
    expect((await world.ctx.db.select().from(messages)).map(({ status }) => status)).toEqual(['sent', 'sent']);
    expect(await verifyChain(world.ctx.db, world.ctx.workspaceId)).toMatchObject({ problem: null });
    const posts = await world.ctx.db.select().from(slackPosts);
    expect(posts.every((post) => post.status === 'posted' && post.shownRevision === post.revision)).toBe(true);
  });
});
