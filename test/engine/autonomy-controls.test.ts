import { desc, eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { thresholdOf } from '../../src/core/autonomy/policy-state.ts';
import type { ControlOrder } from '../../src/core/autonomy-order.ts';
import { verifyChain } from '../../src/db/audit.ts';
import { audit, cells, policyEvents, slackPosts } from '../../src/db/schema.ts';
import { answerRaise, type RaiseAnswer } from '../../src/engine/answer-raise.ts';
import { type ControlActor, type ControlAnswer, controlAutonomy } from '../../src/engine/autonomy-controls.ts';
import { spokenPlain } from '../../src/engine/autonomy-speech.ts';
import { autonomyStatus } from '../../src/engine/autonomy-status.ts';
import { noticeFacts } from '../../src/engine/notice.ts';
import { replayLogs } from '../../src/engine/replay-log.ts';
import { syncCards } from '../../src/engine/sync-cards.ts';
import { publishWorkflow } from '../../src/engine/publish-workflow.ts';
import { type Engine } from '../support/database.ts';
import { testWorkflow } from '../support/fixtures.ts';
import { decisionsMade, earnFirstRung, labels, mailCell, replayed, standing, tell } from './cell-fixtures.ts';
import { engineWorld } from './engine-world.ts';

const PLACE = 'whitepaper-nurture/first-mail';
const WHY = { place: PLACE, reason: 'a quiet quarter' };
const CLI: ControlActor = { type: 'cli' };
/** Dora runs the workspace and approves nothing. */
const directory = {
  person: async (id: string) =>
    ['U0ANA', 'U0BEN', 'U0CARLA', 'U0DORA'].includes(id)
      ? { id, name: id, isBot: false, isGuest: false, isDeleted: false, isOurs: true, isAdmin: id === 'U0DORA' }
      : null,
  groupMembers: async () => [],
};

function orders(engine: Engine) {
  const at = engineWorld(engine, { directory });
  const order = (request: ControlOrder, actor: ControlActor = { type: 'person', id: 'U0DORA' }) =>
    controlAutonomy(at.ctx, { order: request, actor });
  const lastRaise = async () => {
    const cell = await mailCell(at.ctx);
    const posts = (await at.notices()).filter(({ payload }) => ['raised', 'proposed'].includes(effectType(payload)));
    const newest = posts.toSorted((a, b) => Number(a.payload?.['seq']) - Number(b.payload?.['seq'])).at(-1);
    return { cellId: cell.id, seq: Number(newest?.payload?.['seq']) };
  };
  const answer = async (pressed: RaiseAnswer, userId: string) =>
    answerRaise(at.ctx, { ...(await lastRaise()), answer: pressed, userId });
  const published = () => publishWorkflow(at.ctx, testWorkflow(), 'test');
  /** What the notice of the newest raise shows now. */
  const notice = async () => {
    const { seq } = await lastRaise();
    const post = (await at.notices()).find(
      ({ payload }) => payload?.['seq'] === seq && ['raised', 'proposed'].includes(effectType(payload)),
    );
    const facts = post && (await noticeFacts(at.ctx, post));
    if (facts?.type !== 'autonomy' || facts.raise === null) throw new Error('no notice of a raise');
    return { ...facts, raise: facts.raise };
  };
  return { at, order, answer, published, notice, lastRaise };
}

const effectType = (payload: Record<string, unknown> | null): string =>
  (payload?.['effect'] as { type: string } | undefined)?.type ?? '';
const said = (answer: ControlAnswer): string => spokenPlain(answer.text);

describe('steering a step', () => {
  const { at, order, published } = orders('pglite');
  const lastAudit = async () =>
    (await at.ctx.db.select().from(audit).orderBy(desc(audit.seq)).limit(1)).map(({ action, actor }) => ({
      action,
      actor,
    }))[0];

  test('a cap lowers at once, is kept with who and why, and is told in the channel', async () => {
    await published();
    await earnFirstRung(at.ctx);
    const answer = await order({ verb: 'cap', ...WHY, tau: 0.2 });
    expect(answer.ok).toBe(true);
    expect(said(answer)).toBe(
      `${PLACE}: Capped at risk 0.2 by U0DORA (a quiet quarter): nothing above it is approved without asking. ` +
        'Lowered by U0DORA (a quiet quarter): people are asked about all drafts now (was 36 %).',
    );
    expect(await standing(at.ctx)).toMatchObject({
      rung: 0,
      cap: { tau: 0.2, by: 'U0DORA', reason: 'a quiet quarter' },
    });
    expect(await lastAudit()).toEqual({ action: 'autonomy.lowered', actor: 'person:U0DORA' });
    const effects = (await at.notices()).map(({ payload }) => effectType(payload));
    expect(effects.toSorted()).toEqual(['capped', 'lowered', 'raised']);
    expect(await verifyChain(at.ctx.db, at.ctx.workspaceId)).toMatchObject({ problem: null });
  });

  test('“here” caps at the threshold of now and lowers nothing; uncap takes it away, once', async () => {
    await published();
    await earnFirstRung(at.ctx);
    await order({ verb: 'cap', ...WHY, tau: 'here' });
    expect(await standing(at.ctx)).toMatchObject({ rung: 1, cap: { tau: 0.3 } });
    expect(said(await order({ verb: 'uncap', ...WHY }))).toContain('The cap was taken away by U0DORA');
    expect(said(await order({ verb: 'uncap', ...WHY }))).toBe(`${PLACE}: it has no cap.`);
    expect((await standing(at.ctx)).cap).toBeNull();
  });

  test('freeze, unfreeze, reset and mode do what they say', async () => {
    await published();
    await earnFirstRung(at.ctx);
    await order({ verb: 'freeze', ...WHY });
    expect(await standing(at.ctx)).toMatchObject({ rung: 1, frozen: { by: 'U0DORA' } });
    expect(said(await order({ verb: 'freeze', ...WHY }))).toBe(`${PLACE}: It is so already.`);
    await order({ verb: 'unfreeze', ...WHY });
    await order({ verb: 'mode', ...WHY, proposeOnly: true });
    expect(await standing(at.ctx)).toMatchObject({ rung: 1, frozen: null, proposeOnly: true });
    await order({ verb: 'reset', ...WHY });
    expect(await standing(at.ctx)).toMatchObject({ epoch: 2, rung: 0, proposeOnly: true });
  });

  test('restoring a rung is shown as set by a person; what stands in the way comes with the way out', async () => {
    await published();
    await earnFirstRung(at.ctx);
    expect(said(await order({ verb: 'restore', ...WHY, rung: 3 }))).toContain('Set by U0DORA, not earned');
    expect(await standing(at.ctx)).toMatchObject({ rung: 3, restored: { by: 'U0DORA', reason: 'a quiet quarter' } });
    expect(await order({ verb: 'restore', ...WHY, rung: 9 })).toMatchObject({
      ok: false,
      text: `${PLACE}: Its ladder has no such rung. It has rungs 0 to 5.`,
      remedy: `restore ${PLACE} RUNG WHY`,
    });
    await order({ verb: 'cap', ...WHY, tau: 'here' });
    expect(await order({ verb: 'restore', ...WHY, rung: 4 })).toMatchObject({
      ok: false,
      remedy: `uncap ${PLACE} WHY`,
    });
    await order({ verb: 'freeze', ...WHY });
    expect(await order({ verb: 'restore', ...WHY, rung: 4 })).toMatchObject({
      ok: false,
      remedy: `unfreeze ${PLACE} WHY`,
    });
    expect((await standing(at.ctx)).rung).toBe(3);
  });

  test('a step at which nothing was decided yet can be steered', async () => {
    await published();
    expect(
      said(await order({ verb: 'cap', place: 'whitepaper-nurture/follow-up', reason: 'not yet', tau: 0 })),
    ).toContain('Capped at risk 0');
    const status = await autonomyStatus(at.ctx);
    if (!status.ok) throw new Error(status.text);
    expect(status.facts.cells.find(({ step }) => step === 'follow-up')?.held.map(spokenPlain)).toEqual([
      'Capped at risk 0 by U0DORA (not yet).',
    ]);
  });

  test.for(['U0ANA', 'U0CARLA', 'U0NOBODY'])('%s, who is no admin, changes nothing', async (id) => {
    await published();
    await earnFirstRung(at.ctx);
    const before = await standing(at.ctx);
    const answer = await order({ verb: 'reset', ...WHY }, { type: 'person', id });
    expect(answer).toMatchObject({ ok: false, code: 'not_allowed' });
    expect(await standing(at.ctx)).toEqual(before);
  });

  test('while Slack does not say who somebody is, nobody may', async () => {
    await published();
    const silent = { ...at.ctx, directory: { ...directory, person: () => Promise.reject(new Error('down')) } };
    const answer = await controlAutonomy(silent, {
      order: { verb: 'reset', ...WHY },
      actor: { type: 'person', id: 'U0DORA' },
    });
    expect(answer).toMatchObject({ ok: false, code: 'not_allowed' });
  });

  test.for([
    ['whitepaper-nurture/frist-mail', `Did you mean ${PLACE}?`],
    ['first-mail', `Did you mean ${PLACE}?`],
    ['whitepaper-nurture', 'Which one of “whitepaper-nurture”?'],
    ['xyzzy', 'There is no step “xyzzy”. There is '],
  ] as const)('“%s” is answered with “%s”', async ([place, words]) => {
    await published();
    const answer = await order({ verb: 'freeze', place, reason: 'x' });
    expect(answer).toMatchObject({ ok: false, code: 'unknown_place' });
    expect(said(answer)).toContain(words);
  });

  test('from the terminal it is the command line’s doing', async () => {
    await published();
    expect(said(await order({ verb: 'freeze', ...WHY }, CLI))).toContain(
      'Frozen by the command line (a quiet quarter)',
    );
    expect(await lastAudit()).toEqual({ action: 'autonomy.frozen', actor: 'cli:cli' });
  });

  test('what is stored is the replay of its log, refused orders included, and a changed row is found', async () => {
    await published();
    await earnFirstRung(at.ctx);
    await order({ verb: 'restore', ...WHY, rung: 9 });
    await order({ verb: 'cap', ...WHY, tau: 0.45 });
    await order({ verb: 'restore', ...WHY, rung: 2 });
    const cell = await mailCell(at.ctx);
    expect(await replayed(at.ctx, cell)).toEqual(cell.standing);
    expect(await replayLogs(at.ctx)).toEqual([{ address: PLACE, events: 122, differences: [] }]);
    await at.ctx.db.execute(`update cells set standing = jsonb_set(standing, '{rung}', '4')`);
    expect((await replayLogs(at.ctx))[0]?.differences).toEqual([{ field: 'rung', stored: '4', replayed: '2' }]);
  });
});

describe('answering a raise', () => {
  const { at, order, answer, published, notice } = orders('pglite');

  test('undo goes back to the rung before; the notice loses its buttons and says who did it', async () => {
    await published();
    await earnFirstRung(at.ctx);
    expect((await notice()).raise).toMatchObject({ open: true, since: null });
    expect((await answer('undo', 'U0ANA')).ok).toBe(true);
    expect(await standing(at.ctx)).toMatchObject({ rung: 0, epoch: 1 });
    const after = await notice();
    expect(after.raise.open).toBe(false);
    expect(spokenPlain(after.raise.since ?? '')).toBe(
      'Lowered by U0ANA (the raise was undone): people are asked about all drafts now (was 36 %).',
    );
  });

  test('a second undo is told what happened, and lowers nothing', async () => {
    await published();
    await earnFirstRung(at.ctx);
    await answer('undo', 'U0ANA');
    const second = await answer('undo', 'U0BEN');
    expect(second).toMatchObject({ ok: false, code: 'refused' });
    expect(said(second)).toContain('Lowered by U0ANA');
  });

  test('cap here keeps the rung and lets it rise no further', async () => {
    await published();
    await earnFirstRung(at.ctx);
    await answer('cap_here', 'U0DORA');
    expect(await standing(at.ctx)).toMatchObject({ rung: 1, cap: { tau: 0.3, by: 'U0DORA' } });
    const { raise } = await notice();
    expect(raise.open).toBe(false);
    expect(spokenPlain(raise.since ?? '')).toContain('Capped at risk 0.3 by U0DORA');
  });

  test('a cap above it, or a freeze, leaves the buttons where they are', async () => {
    await published();
    await earnFirstRung(at.ctx);
    await order({ verb: 'cap', ...WHY, tau: 0.6 });
    await order({ verb: 'freeze', ...WHY });
    expect((await notice()).raise.open).toBe(true);
  });

  test('whoever is neither approver nor admin changes nothing', async () => {
    await published();
    await earnFirstRung(at.ctx);
    for (const pressed of ['undo', 'cap_here'] as const)
      expect(await answer(pressed, 'U0CARLA')).toMatchObject({ ok: false, code: 'not_allowed' });
    expect(await standing(at.ctx)).toMatchObject({ rung: 1, cap: null });
  });

  test('after an alarm the raise is over, and its notice says so', async () => {
    await published();
    await earnFirstRung(at.ctx);
    await tell(at.ctx, () => labels(at.ctx, 2, { loss: 1, q: 0.5, reason: 'Wrong price' }));
    expect(thresholdOf(await standing(at.ctx))).toBe(0);
    expect((await notice()).raise).toMatchObject({
      open: false,
      since: expect.stringContaining('Back to asking every time'),
    });
    expect(await answer('undo', 'U0ANA')).toMatchObject({ ok: false, code: 'refused' });
  });

  const proposed = async () => {
    await published();
    await order({ verb: 'mode', ...WHY, proposeOnly: true });
    await earnFirstRung(at.ctx);
    expect(await standing(at.ctx)).toMatchObject({ rung: 0, proposal: { rung: 1 } });
  };

  test('a proposed raise needs two different approvers', async () => {
    await proposed();
    expect(said(await answer('agree', 'U0ANA'))).toBe(`${PLACE}: Your agreement counts; one more person has to agree.`);
    expect((await notice()).raise).toMatchObject({ open: true, agreedBy: 'U0ANA' });
    expect(said(await answer('agree', 'U0ANA'))).toContain('it takes a second person');
    expect((await standing(at.ctx)).rung).toBe(0);
    expect((await answer('agree', 'U0BEN')).ok).toBe(true);
    expect((await standing(at.ctx)).rung).toBe(1);
    const raised = (await at.notices()).find(({ payload }) => effectType(payload) === 'raised');
    expect(raised?.payload).toMatchObject({ effect: { confirmedBy: ['U0ANA', 'U0BEN'] } });
  });

  test('an admin who approves nothing has no say in it', async () => {
    await proposed();
    expect(await answer('agree', 'U0DORA')).toMatchObject({ ok: false, code: 'not_allowed' });
    expect((await standing(at.ctx)).proposal).toMatchObject({ confirmedBy: null });
  });

  test('one no is enough, and the notice says whose', async () => {
    await proposed();
    await answer('agree', 'U0ANA');
    await answer('not_now', 'U0BEN');
    expect(await standing(at.ctx)).toMatchObject({ rung: 0, proposal: null });
    const { raise } = await notice();
    expect(raise.open).toBe(false);
    expect(spokenPlain(raise.since ?? '')).toBe('The proposed raise was taken back by U0BEN.');
    expect(await answer('agree', 'U0BEN')).toMatchObject({ ok: false, code: 'refused' });
  });

  test('what is asked of a notice that has no such button does nothing', async () => {
    await proposed();
    expect(await answer('undo', 'U0ANA')).toMatchObject({ ok: false, code: 'unknown_notice' });
    const { id } = await mailCell(at.ctx);
    expect(await answerRaise(at.ctx, { cellId: id, seq: 1, answer: 'agree', userId: 'U0ANA' })).toMatchObject({
      ok: false,
    });
    expect((await standing(at.ctx)).proposal).toMatchObject({ confirmedBy: null });
  });

  test('after it was used, Slack follows: the notice is shown again', async () => {
    await published();
    await earnFirstRung(at.ctx);
    await syncCards(at.ctx);
    await answer('undo', 'U0ANA');
    const posts = (await at.notices()).filter(({ payload }) => effectType(payload) === 'raised');
    expect(posts).toMatchObject([{ status: 'posted', revision: 2, shownRevision: 1 }]);
    await syncCards(at.ctx);
    const [shown] = await at.ctx.db
      .select()
      .from(slackPosts)
      .where(eq(slackPosts.id, posts[0]?.id ?? ''));
    expect(shown?.shownRevision).toBe(2);
  });
});

describe('the standing of every step', () => {
  const { at, published } = orders('pglite');

  test('steps without a decision stand there too, and each says what it needs', async () => {
    await published();
    await tell(at.ctx, () => [...decisionsMade(at.ctx), ...labels(at.ctx, 54)]);
    const status = await autonomyStatus(at.ctx);
    if (!status.ok) throw new Error(status.text);
    const mail = status.facts.cells.find(({ step }) => step === 'first-mail');
    expect(mail).toMatchObject({
      rung: 0,
      rungs: 5,
      next: '54 of at least 69 clean checks needed.',
      checkRate: null,
      leak: null,
    });
    expect(mail?.progress).toEqual({ labels: 54, atLeast: 69 });
    expect(status.facts.cells.map(({ address }) => address)).toContain('whitepaper-nurture/score');
    expect(await autonomyStatus(at.ctx, 'whitepaper')).toEqual({
      ok: false,
      text: 'There is no workflow “whitepaper”. Did you mean whitepaper-nurture?',
    });
  });

  test('rung, share and the rate of checks come from the state', async () => {
    await published();
    await earnFirstRung(at.ctx);
    const status = await autonomyStatus(at.ctx, 'whitepaper-nurture');
    if (!status.ok) throw new Error(status.text);
    expect(status.facts.cells.find(({ step }) => step === 'first-mail')).toMatchObject({
      rung: 1,
      tau: 0.3,
      share: 0.36,
      checkRate: { least: 0.5, most: 0.5 },
      lastChange: at.world.now,
      setByPerson: false,
    });
  });
});

/** Only PostgreSQL has two connections, and so two things that happen at once. */
describe('at the same moment', () => {
  const { at, order, answer, published } = orders('postgres');
  const events = async (type: string) => at.ctx.db.select().from(policyEvents).where(eq(policyEvents.type, type));
  const warm = () => Promise.all(Array.from({ length: 6 }, () => at.ctx.db.execute('select pg_sleep(0.02)')));

  test('two orders: both hold, one after the other, and the log gives what is stored', async () => {
    await published();
    await earnFirstRung(at.ctx);
    await warm();
    await Promise.all([
      order({ verb: 'cap', ...WHY, tau: 0.2 }),
      order({ verb: 'freeze', ...WHY }),
      order({ verb: 'restore', ...WHY, rung: 2 }),
      order({ verb: 'cap', ...WHY, tau: 0.45 }),
    ]);
    const cell = await mailCell(at.ctx);
    expect(cell.standing).toMatchObject({ frozen: { by: 'U0DORA' } });
    expect((await events('capped')).length + (await events('frozen')).length + (await events('restored')).length).toBe(
      4,
    );
    expect(await replayed(at.ctx, cell)).toEqual(cell.standing);
    expect(await verifyChain(at.ctx.db, at.ctx.workspaceId)).toMatchObject({ problem: null });
  });

  test('two people undo at once: it is undone once', async () => {
    await published();
    await earnFirstRung(at.ctx);
    await warm();
    const both = await Promise.all([answer('undo', 'U0ANA'), answer('undo', 'U0BEN'), answer('undo', 'U0DORA')]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await events('restored')).toHaveLength(1);
    expect((await standing(at.ctx)).rung).toBe(0);
  });

  test('one person agrees twice at once: it counts once; two people: it is raised by one rung', async () => {
    await published();
    await order({ verb: 'mode', ...WHY, proposeOnly: true });
    await earnFirstRung(at.ctx);
    await warm();
    const twice = await Promise.all([answer('agree', 'U0ANA'), answer('agree', 'U0ANA')]);
    expect(twice.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await standing(at.ctx)).toMatchObject({ rung: 0, proposal: { confirmedBy: 'U0ANA' } });
    const rest = await Promise.all([answer('agree', 'U0BEN'), answer('agree', 'U0BEN'), answer('agree', 'U0ANA')]);
    expect(rest.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await standing(at.ctx)).toMatchObject({ rung: 1, proposal: null });
  });

  test('a step nobody has seen yet, steered by two at once, is one cell', async () => {
    await published();
    await warm();
    const place = 'whitepaper-nurture/follow-up';
    await Promise.all([1, 2, 3].map((i) => order({ verb: 'freeze', place, reason: `reason ${i}` })));
    expect(await at.ctx.db.$count(cells, eq(cells.step, 'follow-up'))).toBe(1);
  });
});
