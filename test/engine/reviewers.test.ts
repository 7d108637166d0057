import { eq, ne } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { newPolicyState } from '../../src/core/autonomy/policy-state.ts';
import { policyOf } from '../../src/core/autonomy/policy-config.ts';
import { replay } from '../../src/core/autonomy/policy.ts';
import { cellEvents, ensureCell, listCells } from '../../src/db/cells.ts';
import { transact } from '../../src/db/client.ts';
import { decisions, policyEvents, reviewChecks, slackPosts, verdicts } from '../../src/db/schema.ts';
import { pauseSuggestion, reviewerNumbers } from '../../src/engine/reviewer-numbers.ts';
import { seedChecks } from '../../src/engine/seed-checks.ts';
import { watchEvidence } from '../../src/engine/watch-evidence.ts';
import { DAY, engineWorld, HOUR, MINUTE, oneMail } from './engine-world.ts';
import { answered, checkOn, decided, quietMail, READ, rejection, verdictOn } from './reviews-world.ts';

const approval = { verdict: 'approve' as const };

describe('what checks say of the team', () => {
  const at = engineWorld('pglite');
  const standings = async () => (await listCells(at.ctx.db, at.ctx.workspaceId)).map(({ standing }) => standing);
  const eventsOf = (type: string) => at.ctx.db.select().from(policyEvents).where(eq(policyEvents.type, type));
  /** Checks that were answered before: rows as the door writes them, half a minute apart. */
  const past = async (signs: string, by = 'U0ANA') => {
    const source = await decided(at);
    for (const sign of signs) {
      const check = await checkOn(at, source);
      at.world.passTime(READ);
      await at.decide(check.id, sign === '+' ? rejection() : approval, by);
    }
  };

  test('is unknown before twelve checks, and then the lower bound in every cell of the kind, in the answer’s own transaction', async () => {
    await past('+++++++++++');
    expect(await standings()).toMatchObject([{ catchRate: null, brakes: [] }]);
    await transact(at.ctx.db, (tx) =>
      ensureCell(tx, {
        id: at.ctx.ids.id(),
        workspaceId: at.ctx.workspaceId,
        kind: 'email_draft',
        workflow: 'another',
        step: 'mail',
        now: at.world.now,
      }),
    );
    await past('+');
    for (const { catchRate } of await standings()) expect(catchRate).toBeCloseTo(0.779, 3);
    expect(await eventsOf('catch_rate_set')).toHaveLength(2);
    // One that is let through lowers it; nothing else is written by it.
    await past('-');
    for (const { catchRate } of await standings()) expect(catchRate).toBeLessThan(0.7);
    expect(await eventsOf('brake_set')).toEqual([]);
  });

  test('the standing of a cell stays the replay of its events, bit for bit', async () => {
    await past('+--+-+--+--+-');
    await watchEvidence(at.ctx);
    const [cell] = await listCells(at.ctx.db, at.ctx.workspaceId);
    if (!cell) throw new Error('there is no cell');
    const replayed = replay(await cellEvents(at.ctx.db, cell.id), policyOf(cell.kind), newPolicyState());
    expect(replayed).toEqual(cell.standing);
    expect(cell.standing.brakes).toEqual(['catch_rate']);
  });

  test('below one half nothing is raised, people are told without numbers, and it ends when it is better', async () => {
    await past('+--+-+--+--+');
    expect(await standings()).toMatchObject([{ brakes: ['catch_rate'] }]);
    const notices = await at.notices();
    expect(notices).toHaveLength(1);
    expect(JSON.stringify(notices[0]?.payload)).toContain('fewer than half');
    await past('++');
    expect(await standings()).toMatchObject([{ brakes: [] }]);
    expect((await eventsOf('brake_set')).map(({ payload }) => payload['on'])).toEqual([true, false]);
  });

  test('whoever rejected a draft themselves is not measured by it', async () => {
    await past('++++++++++++', 'U0BEN');
    expect(await standings()).toMatchObject([{ catchRate: null }]);
    expect((await reviewerNumbers(at.ctx, 'U0BEN')).own.checks).toMatchObject({ bad: 0 });
  });

  test('approvals of somebody who lets nearly all through do not count until five in a row are caught; rejections always do', async () => {
    const label = async (request: object = approval) => {
      const { id } = await decided(at, request, { by: 'U0ANA', ago: 0 });
      return verdictOn(at, id);
    };
    await past('-------');
    expect(await label()).toMatchObject({ loss: 0, noLabel: null });
    await past('-');
    expect(await label()).toMatchObject({ loss: null, noLabel: 'untrusted_reviewer' });
    expect(await label(rejection())).toMatchObject({ loss: 1, noLabel: null });
    expect(await reviewerNumbers(at.ctx, 'U0ANA')).toMatchObject({ own: { trusted: false } });
    // What they approve goes out as before: it is only no proof.
    expect(at.world.mails).toHaveLength(2);
    await past('++++');
    expect(await label()).toMatchObject({ noLabel: 'untrusted_reviewer' });
    await past('+');
    expect(await label()).toMatchObject({ loss: 0, noLabel: null });
    const { id } = await decided(at, approval, { by: 'U0BEN', ago: 0 });
    expect(await verdictOn(at, id)).toMatchObject({ loss: 0, noLabel: null });
  });

  test('an answer is known to whoever gave it: their numbers are theirs, and the team’s are nobody’s', async () => {
    await past('+-');
    expect(await reviewerNumbers(at.ctx, 'U0ANA')).toMatchObject({
      own: { verdicts: 2, checks: { bad: 2, caught: 1 }, trusted: true },
      team: null,
      isAdmin: false,
    });
    expect(await reviewerNumbers(at.ctx, 'U0BEN')).toMatchObject({ own: { checks: { bad: 0 } } });
    const admin = { ...at.ctx, directory: { ...at.ctx.directory, person: async () => boss } };
    expect(await reviewerNumbers(admin, 'U0BOSS')).toMatchObject({ isAdmin: true, team: null });
  });

  const boss = {
    id: 'U0BOSS',
    name: 'Boss',
    isBot: false,
    isGuest: false,
    isDeleted: false,
    isOurs: true,
    isAdmin: true,
  };

  test('an admin sees the team from five people on', async () => {
    const five = ['U0ANA', 'U0C', 'U0D', 'U0E', 'U0F'];
    for (const person of five) at.world.people.add(person);
    const all = oneMail({
      approvers: { lead_score: [], email_draft: ['U0BEN', ...five] },
      reviews: { seeded: 0, second: 0 },
    });
    const source = await decided(at, rejection(), { workflow: all });
    const admin = { ...at.ctx, directory: { ...at.ctx.directory, person: async () => boss } };
    for (const [i, person] of five.entries()) {
      const check = await checkOn(at, source);
      at.world.passTime(READ);
      expect(await at.decide(check.id, i < 4 ? rejection() : approval, person)).toMatchObject({ ok: true });
      expect((await reviewerNumbers(admin, 'U0BOSS')).team).toEqual(
        i < 4
          ? null
          : {
              checks: { bad: 5, caught: 4, good: 0, stopped: 0, people: 5 },
              caught: expect.objectContaining({ lo: expect.any(Number) }),
              dPrime: null,
            },
      );
    }
  });
});

describe('second reviews', () => {
  const at = engineWorld('pglite');
  const twice = () => oneMail({ reviews: { seeded: 0, second: 0.5 }, max_pending: 500 });

  test('show one decision to somebody else days later, as it was, and change nothing of it', async () => {
    const source = await decided(at, approval, { workflow: twice(), by: 'U0ANA', ago: 0 });
    await decided(at, approval, { workflow: twice(), by: 'U0BEN', ago: 0 });
    await at.pendingDecision(twice());
    const made = () => at.ctx.db.select().from(reviewChecks);
    await seedChecks(at.ctx);
    expect(await made()).toEqual([]);
    for (let i = 0; i < 4; i++) {
      at.world.passTime(DAY);
      await at.pendingDecision(twice());
      await seedChecks(at.ctx);
    }
    const [check, ...more] = await made();
    expect(more).toEqual([]);
    expect(check).toMatchObject({ type: 'second' });
    const mails = at.world.mails.length;
    const first = await verdictOn(at, check?.sourceId ?? '');
    const other = first?.actor === 'U0ANA' ? 'U0BEN' : 'U0ANA';
    at.world.passTime(READ);
    const result = await at.decide(check?.decisionId ?? '', rejection(), other);
    expect(result).toMatchObject({ ok: true, messageId: null, check: { type: 'second', first: 'as_is', reasons: [] } });
    expect(await at.decision(source.id)).toMatchObject({ status: 'approved' });
    expect(at.world.mails).toHaveLength(mails);
    expect(await verdictOn(at, check?.decisionId ?? '')).toMatchObject({ purpose: 'second', verdict: 'reject' });
    expect((await reviewerNumbers(at.ctx, other)).own.doubles).toEqual({ judged: 1, agreed: 0 });
    expect((await reviewerNumbers(at.ctx, first?.actor ?? '')).own.doubles).toEqual({ judged: 1, agreed: 0 });
  });

  test('say nothing where the same person answers twice', async () => {
    const source = await decided(at, approval, { by: 'U0ANA', ago: 2 * DAY });
    const check = await checkOn(at, source, 'second');
    at.world.passTime(READ);
    expect(await at.decide(check.id, approval, 'U0ANA')).toMatchObject({ ok: true });
    expect((await reviewerNumbers(at.ctx, 'U0ANA')).own.doubles).toEqual({ judged: 0, agreed: 0 });
  });

  test('pause raises where two people disagree too often, and no longer than that', async () => {
    const source = await decided(at, approval, { by: 'U0BEN', ago: 2 * DAY });
    const first = await checkOn(at, source, 'second');
    at.world.passTime(READ);
    await at.decide(first.id, rejection(), 'U0ANA');
    const copies = async (count: number, verdict: 'approve' | 'reject') => {
      for (let i = 0; i < count; i++) {
        const [check] = await at.ctx.db.select().from(decisions).where(eq(decisions.id, first.id));
        const [answer] = await at.ctx.db.select().from(verdicts).where(eq(verdicts.decisionId, first.id));
        if (!check || !answer) throw new Error('there is nothing to copy');
        const id = at.ctx.ids.id();
        await at.ctx.db.insert(decisions).values({ ...check, id, subjectId: id });
        await at.ctx.db.insert(verdicts).values({ ...answer, id: at.ctx.ids.id(), decisionId: id, verdict });
        await at.ctx.db.insert(reviewChecks).values({
          decisionId: id,
          workspaceId: at.ctx.workspaceId,
          type: 'second',
          sourceId: source.id,
          createdAt: at.world.now,
        });
      }
    };
    await copies(48, 'approve');
    await watchEvidence(at.ctx);
    const brakes = async () => (await listCells(at.ctx.db, at.ctx.workspaceId))[0]?.standing.brakes;
    expect(await brakes()).toEqual([]);
    await copies(1, 'reject');
    at.world.passTime(DAY);
    await watchEvidence(at.ctx);
    expect(await brakes()).toEqual(['agreement']);
    await at.ctx.db.delete(reviewChecks).where(eq(reviewChecks.type, 'second'));
    at.world.passTime(DAY);
    await watchEvidence(at.ctx);
    expect(await brakes()).toEqual([]);
  });
});

describe('watching the evidence', () => {
  const at = engineWorld('pglite');
  const cell = async () => {
    const [first] = await listCells(at.ctx.db, at.ctx.workspaceId);
    if (!first) throw new Error('there is no cell');
    return first;
  };
  const tomorrow = async () => {
    at.world.passTime(DAY);
    return watchEvidence(at.ctx);
  };
  /** Decisions of the cell like the one that is there, without a lead behind them. */
  const copies = async (count: number, change: (i: number) => Partial<typeof decisions.$inferInsert>) => {
    const [like] = await at.ctx.db.select().from(decisions).limit(1);
    if (!like) throw new Error('there is no decision');
    const rows = Array.from({ length: count }, (_, i) => {
      const id = at.ctx.ids.id();
      return { ...like, id, subjectId: id, enrollmentId: null, leadId: null, ...change(i) };
    });
    await at.ctx.db.insert(decisions).values(rows);
    return rows;
  };
  const spot = (status: 'expired' | 'rejected') => ({
    route: 'spot_check' as const,
    status,
    settledAt: at.world.now,
    settledByType: status === 'expired' ? ('clock' as const) : ('person' as const),
    settledBy: 'x',
  });

  test('too many spot checks that nobody answers put the brake on, once, and a better month takes it off', async () => {
    await at.pendingDecision(quietMail());
    await copies(8, () => spot('rejected'));
    await copies(2, () => spot('expired'));
    expect(await tomorrow()).toBe(0);
    await copies(1, () => spot('expired'));
    expect(await tomorrow()).toBe(1);
    expect((await cell()).standing.brakes).toEqual(['timeouts']);
    expect(await tomorrow()).toBe(0);
    const events = await at.ctx.db.select().from(policyEvents).where(eq(policyEvents.type, 'brake_set'));
    expect(events.map(({ payload, actor }) => [payload['on'], payload['reason'], actor])).toEqual([
      [true, '3 of 11 in 30 days', 'system:watch'],
    ]);
    at.world.passTime(31 * DAY);
    expect(await watchEvidence(at.ctx)).toBe(1);
    expect((await cell()).standing.brakes).toEqual([]);
  });

  test('risks that have moved away from those the ladder was drawn from are drift', async () => {
    const { gate } = await at.pendingDecision(quietMail());
    await copies(120, (i) => ({ risk: i / 300, createdAt: at.world.now }));
    at.world.passTime(40 * DAY);
    await copies(120, (i) => ({ risk: i / 300, createdAt: at.world.now }));
    await watchEvidence(at.ctx);
    expect((await cell()).standing.brakes).toEqual([]);
    await copies(120, (i) => ({ risk: 0.5 + i / 300, createdAt: at.world.now }));
    await tomorrow();
    expect((await cell()).standing.brakes).toEqual(['drift']);
    // Another epoch begins with risks of its own.
    await at.ctx.db
      .update(decisions)
      .set({ gate: { ...gate, epoch: 99 } })
      .where(ne(decisions.status, 'withdrawn'));
    await tomorrow();
    expect((await cell()).standing.brakes).toEqual([]);
  });

  test('a spent error budget stops raises, late harm included', async () => {
    const { gate } = await at.pendingDecision(quietMail());
    await copies(30, () => ({ route: 'auto', gate: { ...gate, route: 'auto', q: 0.5 } }));
    const checked = await copies(2, () => ({ ...spot('rejected'), gate: { ...gate, route: 'spot_check', q: 0.5 } }));
    const [verdict] = [
      {
        workspaceId: at.ctx.workspaceId,
        purpose: 'settle' as const,
        verdict: 'approve' as const,
        actorType: 'person' as const,
        actor: 'U0ANA',
        via: 'button',
        proposalVersion: 1,
        proposalHash: 'x',
        reasons: [],
        loss: 0,
        decidedAt: at.world.now,
      },
    ];
    for (const { id } of checked)
      await at.ctx.db.insert(verdicts).values({ ...verdict, id: at.ctx.ids.id(), decisionId: id });
    await watchEvidence(at.ctx);
    expect((await cell()).standing.brakes).toEqual([]);
    await at.ctx.db.insert(policyEvents).values({
      cellId: (await cell()).id,
      seq: 1_000,
      workspaceId: at.ctx.workspaceId,
      type: 'relabelled',
      decisionId: checked[0]?.id ?? null,
      epoch: 1,
      actor: 'test',
      payload: { loss: 1 },
      at: at.world.now,
    });
    await tomorrow();
    expect((await cell()).standing.brakes).toEqual(['error_budget']);
  });

  test('looks once a day, whoever asks', async () => {
    await at.pendingDecision(quietMail());
    await copies(10, () => spot('expired'));
    const changed = await Promise.all([1, 2, 3].map(() => watchEvidence(at.ctx)));
    expect(changed.reduce((sum, one) => sum + one, 0)).toBe(1);
  });

  test('forgets how long anybody looked after 90 days, and who answered a check after half a year', async () => {
    const result = await answered(at);
    const { id } = await decided(at, approval, { ago: 0 });
    const shown = async () => (await at.ctx.db.select().from(verdicts)).map(({ shownAt }) => shownAt !== null);
    expect(await shown()).toEqual([true, true, true]);
    at.world.passTime(91 * DAY);
    await watchEvidence(at.ctx);
    expect(await shown()).toEqual([false, false, false]);
    expect(
      (await at.ctx.db.select().from(slackPosts).where(eq(slackPosts.purpose, 'card'))).every(
        ({ firstShownAt }) => firstShownAt === null,
      ),
    ).toBe(true);
    at.world.passTime(90 * DAY);
    await watchEvidence(at.ctx);
    const named = await at.ctx.db.select().from(verdicts).where(eq(verdicts.actor, 'U0ANA'));
    expect(named).toEqual([]);
    expect(await at.decision(result.ok ? result.decisionId : '')).toMatchObject({ settledBy: 'forgotten' });
    // Who decided about a lead stays: that is what the log is for.
    expect(await verdictOn(at, id)).toMatchObject({ actor: 'U0BEN' });
  });

  test('a pause is suggested once, at the twenty-fifth card of a sitting, where the card stands', async () => {
    const { id } = await decided(at, approval, { by: 'U0ANA', ago: 0 });
    const [given] = await at.ctx.db.select().from(verdicts).where(eq(verdicts.decisionId, id));
    if (!given) throw new Error('there is no verdict');
    const asked = () => pauseSuggestion(at.ctx, { decisionId: id, userId: 'U0ANA' });
    const more = async (count: number, apart: number) => {
      for (let i = 0; i < count; i++) {
        at.world.passTime(apart);
        await at.ctx.db
          .insert(verdicts)
          .values({ ...given, id: at.ctx.ids.id(), purpose: 'second', decidedAt: at.world.now });
      }
    };
    await more(23, MINUTE);
    expect(await asked()).toBeNull();
    await more(1, MINUTE);
    expect(await asked()).toEqual({ channel: 'C_#nurture-emails' });
    expect(await pauseSuggestion(at.ctx, { decisionId: id, userId: 'U0BEN' })).toBeNull();
    await more(1, MINUTE);
    expect(await asked()).toBeNull();
    await more(1, HOUR);
    expect(await asked()).toBeNull();
  });
});
