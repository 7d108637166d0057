import { and, count, eq, ne } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import type { ReasonCode } from '../../src/core/decision.ts';
import { transact } from '../../src/db/client.ts';
import {
  audit,
  clockRuns,
  decisions,
  leads,
  messages,
  policyEvents,
  proposalVersions,
  reviewChecks,
  slackPosts,
  unsubscribeLinks,
} from '../../src/db/schema.ts';
import { cardFacts } from '../../src/engine/card.ts';
import { pause, resume } from '../../src/engine/pause.ts';
import { publishWorkflow } from '../../src/engine/publish-workflow.ts';
import { relabel } from '../../src/engine/relabel.ts';
import { digestNow } from '../../src/engine/report.ts';
import { seedChecks } from '../../src/engine/seed-checks.ts';
import { workflowStatus } from '../../src/engine/status.ts';
import { undoApproval } from '../../src/engine/undo.ts';
import { weekFacts } from '../../src/engine/week-facts.ts';
import { renderCard } from '../../src/slack/cards/card.ts';
import { ANA, DAY, engineWorld, HOUR, oneMail } from './engine-world.ts';
import { checkOn, decided, quietMail, READ, rejection, verdictOn } from './reviews-world.ts';

const words = 'we saw that you read our paper and wondered what you made of it. '.repeat(3);
const rewritten = {
  subject: 'Quite another subject',
  subjectVariants: [],
  body: `Dear Lee,\n\nthis is another text altogether, of which nothing stood there before.\n\n${words}\n\nNora`,
};

describe('a check', () => {
  const at = engineWorld('pglite');
  const facts = async (id: string) => {
    const found = await cardFacts(at.ctx, id);
    if (found === null) throw new Error('there is no card');
    return found;
  };
  const counted = async (table: typeof messages | typeof policyEvents) =>
    (await at.ctx.db.select({ count: count() }).from(table))[0]?.count;

  test('looks like the card that it shows again, to the last word and button', async () => {
    const { id } = await at.pendingDecision(quietMail());
    const first = await facts(id);
    at.world.passTime(READ);
    await at.decide(id, rejection(), 'U0BEN');
    at.world.passTime(8 * DAY);
    await at.world.drain();
    const check = await checkOn(at, await at.decision(id));
    const again = await facts(check.id);
    const shown = (card: typeof first) =>
      JSON.stringify(renderCard(card).blocks)
        .replaceAll(card.decisionId, 'ID')
        .replaceAll(card.proposalHash.slice(0, 16), 'HASH')
        .replaceAll(/\/u\/[\w-]{22}/g, '/u/TOKEN')
        .replaceAll(String(card.deadlineAt.getTime() / 1000), 'DEADLINE')
        .replaceAll(card.deadlineAt.toISOString().slice(0, 16).replace('T', ' '), 'DEADLINE');
    expect(shown(again)).toBe(shown(first));
    expect(shown(again)).toContain('Approve');
    expect(again.check).toBeUndefined();
    expect(again.settled).toBeNull();
    expect(again.deadlineAt.getTime() - at.world.now.getTime()).toBe(3 * DAY);
    expect(at.world.posted.at(-1)?.channel).toBe(at.world.posted[0]?.channel);
  });

  test('is about the same lead, and shows what was known then, later mails left out', async () => {
    const source = await decided(at);
    const [first] = await at.ctx.db.select().from(proposalVersions).where(eq(proposalVersions.decisionId, source.id));
    if (!first?.inputs) throw new Error('there are no inputs');
    const mail = { step: 'earlier', subject: 'What was said before', sentAt: null, status: 'sent' };
    await at.ctx.db
      .update(proposalVersions)
      .set({ inputs: { ...first.inputs, priorMails: [mail] } })
      .where(eq(proposalVersions.decisionId, source.id));
    const check = await checkOn(at, source);
    expect(check).toMatchObject({
      leadId: source.leadId,
      enrollmentId: null,
      purpose: 'seeded_check',
      step: source.step,
    });
    const before = await at.ctx.db.select().from(proposalVersions).where(eq(proposalVersions.decisionId, source.id));
    const now = await at.ctx.db.select().from(proposalVersions).where(eq(proposalVersions.decisionId, check.id));
    expect(now[0]?.inputs).toEqual(before[0]?.inputs);
    expect(now[0]?.content).toEqual(before[0]?.content);
    expect((await facts(check.id)).priorMails).toEqual([mail]);
    const links = await at.ctx.db
      .select()
      .from(unsubscribeLinks)
      .where(eq(unsubscribeLinks.leadId, source.leadId ?? ''));
    expect(new Set(links.map(({ token }) => token)).size).toBe(2);
  });

  test.for([
    ['approved', { verdict: 'approve' as const }, 'let_through', 0],
    ['rejected', rejection(['too_long'], ''), 'stopped', 1],
    ['edited beyond recognition', { verdict: 'edit' as const, content: rewritten }, 'stopped', 1],
  ] as const)(
    'that is %s sends nothing, moves nothing and teaches the AI nothing',
    async ([, request, answer, loss]) => {
      const source = await decided(at);
      const check = await checkOn(at, source);
      const before = { mails: await counted(messages), events: await counted(policyEvents) };
      const enrollment = await at.enrollmentOf(source.leadId ?? '');
      at.world.passTime(READ);
      const result = await at.decide(check.id, request);
      expect(result).toMatchObject({
        ok: true,
        messageId: null,
        check: { type: 'known_bad', answer, reasons: ['wrong_tone'], note: 'Far too pushy.' },
      });
      at.world.passTime(8 * DAY);
      await at.world.drain();
      expect(at.world.mails).toEqual([]);
      expect({ mails: await counted(messages), events: await counted(policyEvents) }).toEqual(before);
      expect(await at.enrollmentOf(source.leadId ?? '')).toEqual(enrollment);
      expect(await verdictOn(at, check.id)).toMatchObject({
        purpose: 'seeded',
        loss,
        noLabel: 'seeded_check',
        actor: 'U0ANA',
      });
      expect(
        (await at.ctx.db.select().from(proposalVersions).where(eq(proposalVersions.decisionId, check.id))).length,
      ).toBe(1);
      expect(await undoApproval(at.ctx, { decisionId: check.id, actor: ANA })).toMatchObject({ ok: false });
    },
  );

  test('of a lead score sets no score', async () => {
    const workflow = oneMail({ reviews: { seeded: 0, second: 0 } });
    const scoring = { ...workflow, steps: [{ id: 'score', decide: 'lead_score' as const, brief: 'How likely?' }] };
    const source = await decided(at, rejection(['wrong_fact']), { workflow: scoring });
    const check = await checkOn(at, source);
    at.world.passTime(READ);
    expect(await at.decide(check.id)).toMatchObject({ ok: true, check: { answer: 'let_through' } });
    expect(await at.lead(source.leadId ?? '')).toMatchObject({ score: null, scoredAt: null });
  });

  test('says on its card what it was and what was wrong, but never who answered or how', async () => {
    const cards: string[] = [];
    for (const request of [{ verdict: 'approve' as const }, rejection(['legal'], 'My own words')]) {
      const check = await checkOn(at, await decided(at));
      at.world.passTime(READ);
      await at.decide(check.id, request);
      const card = renderCard(await facts(check.id));
      const text = `${card.text} ${JSON.stringify(card.blocks)}`;
      expect(text).toContain('This was a check. Nothing was sent.');
      expect(text).toContain('Far too pushy.');
      expect(text).not.toMatch(/U0ANA|U0BEN|My own words|Legal|Approve/);
      cards.push(JSON.stringify(card.blocks).replaceAll(/Lee\d*|lee\d+@acme\.example/g, 'Lee'));
      // Nor is whoever comes second told.
      expect(await at.decide(check.id, {}, 'U0BEN')).toMatchObject({
        ok: false,
        refusal: { code: 'already_settled' },
        settledBy: null,
      });
    }
    expect(cards[0]).toBe(cards[1]);
    const log = await at.ctx.db.select().from(audit).where(eq(audit.action, 'check.ended'));
    expect(log.length).toBeGreaterThan(1);
    expect(JSON.stringify(log)).not.toMatch(/U0ANA|approve|reject/);
  });

  test('is counted nowhere as work: not waiting, not decided, not in the digest, not before the next lead', async () => {
    const check = await checkOn(at, await decided(at));
    const [status] = (await workflowStatus(at.ctx)).workflows;
    expect(status?.waiting).toEqual([]);
    at.world.passTime(READ);
    await at.decide(check.id);
    expect(
      (await weekFacts(at.ctx, new Date(at.world.now.getTime() - HOUR), new Date(at.world.now.getTime() + 1)))
        .decisions,
    ).toBe(0);
    await digestNow(at.ctx);
    const [digest] = await at.ctx.db.select().from(slackPosts).where(eq(slackPosts.purpose, 'digest'));
    expect(digest?.payload?.['kinds']).toEqual([]);
    expect(digest?.payload?.['reasons']).toEqual([]);
  });

  test('takes no place from a lead who waits for people', async () => {
    const one = oneMail({ max_pending: 1, reviews: { seeded: 0, second: 0 } });
    const check = await checkOn(at, await decided(at, rejection(), { workflow: one }));
    expect(check.status).toBe('pending');
    expect(await at.pendingDecision(one)).toMatchObject({ purpose: 'live' });
  });

  test('is answered by approvers alone, like everything', async () => {
    const check = await checkOn(at, await decided(at));
    at.world.people.add('U0EVE');
    expect(await at.decide(check.id, {}, 'U0EVE')).toMatchObject({ ok: false, refusal: { code: 'not_allowed' } });
    expect(await at.decision(check.id)).toMatchObject({ status: 'pending' });
  });

  test('that nobody answers ends at its deadline, quietly: no verdict, no notice, no catch', async () => {
    const check = await checkOn(at, await decided(at));
    at.world.passTime(3 * DAY - 1);
    await seedChecks(at.ctx);
    expect(await at.decision(check.id)).toMatchObject({ status: 'pending' });
    at.world.passTime(HOUR);
    expect(await at.decide(check.id)).toMatchObject({ ok: false, refusal: { code: 'past_deadline' } });
    expect(await seedChecks(at.ctx)).toBe(1);
    expect(await at.decision(check.id)).toMatchObject({ status: 'expired', settledByType: 'clock' });
    expect(await verdictOn(at, check.id)).toBeUndefined();
    expect(await at.notices()).toEqual([]);
    expect(renderCard(await facts(check.id)).text).toContain('This was a check.');
  });

  test('of an erased lead is gone: nothing of it is shown, and none is made', async () => {
    const source = await decided(at);
    const check = await checkOn(at, source);
    const erase = async (decisionId: string) =>
      at.ctx.db
        .update(proposalVersions)
        .set({ content: null, inputs: null })
        .where(eq(proposalVersions.decisionId, decisionId));
    await at.ctx.db
      .update(leads)
      .set({ email: null, erasedAt: at.world.now })
      .where(eq(leads.id, source.leadId ?? ''));
    const of = await at.ctx.db
      .select({ id: decisions.id })
      .from(decisions)
      .where(eq(decisions.leadId, source.leadId ?? ''));
    expect(of.map(({ id }) => id)).toContain(check.id);
    for (const { id } of of) await erase(id);
    expect(await cardFacts(at.ctx, check.id)).toBeNull();
    expect(await at.decide(check.id)).toMatchObject({ ok: false });
    await expect(checkOn(at, source)).rejects.toThrow('no check was made');
  });
});

describe('when checks are made', () => {
  const at = engineWorld('pglite');
  const often = (seeded = 0.2) => oneMail({ reviews: { seeded, second: 0 }, max_pending: 500 });
  const BOTH = ['U0ANA', 'U0BEN'];

  /** So many cards come at once, and the programme looks an hour later; what was made up to now. */
  const look = async (cards = 30, later = HOUR) => {
    const [like] = await at.ctx.db
      .select()
      .from(decisions)
      .where(and(eq(decisions.status, 'pending'), eq(decisions.purpose, 'live')))
      .limit(1);
    if (!like) throw new Error('nothing waits for people');
    const rows = Array.from({ length: cards }, () => {
      const id = at.ctx.ids.id();
      return { ...like, id, subjectId: id, enrollmentId: null, leadId: null, createdAt: at.world.now };
    });
    await at.ctx.db.insert(decisions).values(rows);
    at.world.passTime(later);
    await seedChecks(at.ctx);
    return at.ctx.db.select().from(decisions).where(ne(decisions.purpose, 'live')).orderBy(decisions.id);
  };
  /** Somebody else than the one who rejected decides here too. */
  const twoReviewers = async (workflow = often()) => {
    for (const by of BOTH) await decided(at, { verdict: 'approve' }, { ago: 0, by, workflow });
    await at.pendingDecision(workflow);
  };

  test('they come from really rejected drafts, by the clock, and at most one waits at a time', async () => {
    const source = await decided(at, rejection(), { workflow: often() });
    await decided(at, rejection(), { workflow: often() });
    await twoReviewers();
    expect(await look()).toHaveLength(1);
    expect(await look()).toHaveLength(1);
    const [check] = await at.ctx.db.select().from(reviewChecks);
    expect(check?.type).toBe('known_bad');
    expect(await at.decision(check?.sourceId ?? '')).toMatchObject({ status: 'rejected' });
    expect(source.status).toBe('rejected');
    expect((await at.ctx.db.select().from(audit).where(eq(audit.action, 'check.made'))).length).toBe(1);
  });

  test('nobody meets two in a day, and none is shown twice', async () => {
    for (let i = 0; i < 3; i++) await decided(at, rejection(), { workflow: often() });
    await twoReviewers();
    const made: Date[] = [];
    for (let i = 0; i < 24; i++) {
      for (const { id, status, createdAt } of await look(8, 5 * HOUR)) {
        if (status !== 'pending') continue;
        made.push(createdAt);
        await at.decide(id, rejection());
      }
    }
    expect(made.length).toBeGreaterThan(1);
    for (const [i, moment] of made.entries())
      if (i > 0) expect(moment.getTime() - (made[i - 1]?.getTime() ?? 0)).toBeGreaterThanOrEqual(DAY);
    const sources = await at.ctx.db.select({ id: reviewChecks.sourceId }).from(reviewChecks);
    expect(new Set(sources.map(({ id }) => id)).size).toBe(sources.length);
  });

  test.for<[string, () => Promise<unknown>]>([
    [
      'nobody but the one who rejected them decides here',
      async () => {
        await decided(at, rejection(), { workflow: often() });
        await at.pendingDecision(often());
      },
    ],
    [
      'they were rejected for what the card does not show',
      async () => {
        await decided(at, rejection(['wrong_timing'] satisfies ReasonCode[]), { workflow: often() });
        await twoReviewers();
      },
    ],
    [
      'they were rejected this week',
      async () => {
        await decided(at, rejection(), { workflow: often(), ago: 4 * DAY });
        await twoReviewers();
      },
    ],
    [
      'something else waits for the same lead',
      async () => {
        const source = await decided(at, rejection(), { workflow: often() });
        await twoReviewers();
        const other = await at.pendingDecision(often());
        await at.ctx.db.update(decisions).set({ leadId: source.leadId }).where(eq(decisions.id, other.id));
      },
    ],
    ['nothing was rejected at all', async () => twoReviewers()],
  ])('none is made where %s', async ([, given]) => {
    await given();
    expect(await look()).toEqual([]);
  });

  test('none is made while everything is paused, or where the workflow has switched them off', async () => {
    await decided(at, rejection(), { workflow: often() });
    await twoReviewers();
    await publishWorkflow(at.ctx, quietMail(), 'test');
    expect(await look()).toEqual([]);
    await publishWorkflow(at.ctx, often(), 'test');
    await pause(at.ctx, { name: 'all', actor: ANA });
    expect(await look()).toEqual([]);
    await resume(at.ctx, { name: 'all', actor: ANA });
    expect(await look()).toHaveLength(1);
  });

  test('one process looks once, however many ask', async () => {
    await decided(at);
    expect((await Promise.all([1, 2, 3].map(() => seedChecks(at.ctx)))).length).toBe(3);
    await seedChecks(at.ctx);
    const looks = () =>
      at.ctx.db
        .select()
        .from(clockRuns)
        .where(and(eq(clockRuns.job, 'review-checks')));
    expect(await looks()).toHaveLength(1);
    at.world.passTime(30 * DAY);
    await seedChecks(at.ctx);
    expect(await looks()).toHaveLength(1);
  });

  const approved = () => decided(at, { verdict: 'approve' }, { workflow: often(), by: 'U0BEN' });

  test.for<[string, boolean, (id: string) => Promise<unknown>]>([
    ['is among them', true, async () => undefined],
    [
      'that was undone is not',
      false,
      (id) => at.ctx.db.update(decisions).set({ undoneAt: at.world.now }).where(eq(decisions.id, id)),
    ],
    [
      'that did harm later is not',
      false,
      (decisionId) =>
        transact(at.ctx.db, (tx) =>
          relabel(at.ctx, tx, { decisionId, reason: 'a complaint', critical: false, actor: 'test' }),
        ),
    ],
  ])('a good draft %s', async ([, shown, happened]) => {
    const good = await approved();
    await happened(good.id);
    await twoReviewers();
    for (let i = 0; i < 90; i++) await look(5);
    const made = await at.ctx.db.select().from(reviewChecks);
    const found = new Set(made.map(({ type, sourceId }) => `${type} ${sourceId}`));
    expect([...found]).toEqual(shown ? [`known_good ${good.id}`] : []);
  });
});
