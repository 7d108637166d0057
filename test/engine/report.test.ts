import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { decisions, messages, slackPosts, workspaces } from '../../src/db/schema.ts';
import type { DigestFacts } from '../../src/engine/card-facts.ts';
import { nextDigestAt, weeklyDigest } from '../../src/engine/report.ts';
import { engines } from '../support/database.ts';
import { enrolled } from '../support/fixtures.ts';
import { DAY, engineWorld, HOUR, oneMail } from './engine-world.ts';

describe.each(engines)('the weekly digest on %s', (engine) => {
  const at = engineWorld(engine);
  const digests = () => at.ctx.db.select().from(slackPosts).where(eq(slackPosts.purpose, 'digest'));
  const monday = new Date('2026-03-16T09:00:00.000Z');

  test('comes once a week, at nine on Monday, whoever asks and however often', async () => {
    await enrolled(at.world, oneMail(), []);
    expect(await weeklyDigest(at.ctx)).toBe(false);
    expect(await nextDigestAt(at.ctx)).toEqual(monday);
    at.world.now = monday;
    const both = await Promise.all([weeklyDigest(at.ctx), weeklyDigest(at.ctx)]);
    expect(both.filter(Boolean)).toHaveLength(1);
    at.world.passTime(6 * DAY + 23 * HOUR);
    expect(await weeklyDigest(at.ctx)).toBe(false);
    expect(await digests()).toHaveLength(1);
  });

  test('a machine that was off over Monday makes up for the last week, once', async () => {
    await enrolled(at.world, oneMail(), []);
    at.world.now = new Date('2026-03-26T15:00:00.000Z');
    expect(await weeklyDigest(at.ctx)).toBe(true);
    expect(await weeklyDigest(at.ctx)).toBe(false);
    const [digest] = await digests();
    expect(digest?.payload).toMatchObject({ from: '2026-03-16T09:00:00.000Z', to: '2026-03-23T09:00:00.000Z' });
  });

  test('nine o’clock is that of the team, also across a change of the clocks', async () => {
    await at.ctx.db.update(workspaces).set({ timezone: 'Europe/Berlin' });
    await enrolled(at.world, oneMail(), []);
    at.world.now = new Date('2026-03-30T06:59:59.000Z');
    await weeklyDigest(at.ctx);
    at.world.passTime(1000);
    expect(await weeklyDigest(at.ctx)).toBe(true);
    const [, second] = (await digests()).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    expect(second?.payload).toMatchObject({ from: '2026-03-23T08:00:00.000Z', to: '2026-03-30T07:00:00.000Z' });
  });

  test('every decision that was settled in the week stands in exactly one column, and mails add up', async () => {
    await enrolled(
      at.world,
      oneMail({ cap: { mails: 50, within: '1d' } }),
      Array.from({ length: 8 }, (_, i) => ({ email: `lee${i}@acme.example` })),
    );
    await at.world.drain();
    const all = await at.ctx.db.select().from(decisions).orderBy(decisions.id);
    const [approved, edited, rejected, twice, withdrawn, automatic] = all.map(({ id }) => id);
    const body = `Hello there,\n\n${'we saw that you read our paper and wondered about it. '.repeat(3)}\n\nNora`;
    await at.decide(approved ?? '');
    await at.decide(edited ?? '', { verdict: 'edit', content: { subject: 'Mine', body, subjectVariants: [] } });
    await at.decide(rejected ?? '', { verdict: 'reject', reasons: ['wrong_tone', 'too_long'], note: '' });
    await at.decide(twice ?? '', { verdict: 'reject', reasons: ['wrong_tone'], note: '' });
    const ended = { settledAt: at.world.now, settledBy: 'test' };
    await at.ctx.db
      .update(decisions)
      .set({ ...ended, status: 'withdrawn', settledByType: 'system' })
      .where(eq(decisions.id, withdrawn ?? ''));
    await at.ctx.db
      .update(decisions)
      .set({ ...ended, status: 'approved', settledByType: 'autopilot' })
      .where(eq(decisions.id, automatic ?? ''));
    await at.world.drain();
    at.world.passTime(3 * DAY);
    await at.world.drain();
    at.world.now = monday;
    await weeklyDigest(at.ctx);
    const [digest] = await digests();
    const facts = digest?.payload as unknown as DigestFacts;
    expect(facts.kinds).toEqual([
      {
        kind: 'email_draft',
        decisions: 8,
        approved: 1,
        edited: 1,
        rejected: 2,
        expired: 2,
        withdrawn: 1,
        automatic: 1,
        byPeople: 4,
        withoutProposal: 0,
      },
    ]);
    for (const row of facts.kinds) {
      expect(row.approved + row.edited + row.rejected + row.expired + row.withdrawn + row.automatic).toBe(
        row.decisions,
      );
      expect(row.approved + row.edited + row.rejected).toBe(row.byPeople);
    }
    expect(facts.reasons).toEqual([
      { reason: 'wrong_tone', count: 2 },
      { reason: 'too_long', count: 1 },
    ]);
    expect(facts.waiting).toEqual([]);
    const sent = await at.ctx.db.select().from(messages).where(eq(messages.status, 'sent'));
    expect(facts.mails).toMatchObject({ sent: sent.length, uncertain: 0, failed: 0 });
    expect(facts.mails.sent).toBe(2);
    expect(facts.leads.added).toBe(8);
  });

  test('what is settled at the very end of a week belongs to the next one, and to it alone', async () => {
    const { id } = await at.pendingDecision(oneMail({ deadline: '9d' }));
    at.world.now = monday;
    await at.decide(id, { verdict: 'reject', reasons: ['other'], note: '' });
    await weeklyDigest(at.ctx);
    at.world.passTime(7 * DAY);
    await weeklyDigest(at.ctx);
    const counts = (await digests())
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map(({ payload }) => (payload as unknown as DigestFacts).kinds.map(({ rejected }) => rejected));
    expect(counts).toEqual([[], [1]]);
  });
});
