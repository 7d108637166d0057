import { and, eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { thresholdOf } from '../../src/core/autonomy/policy-state.ts';
import type { SettleRequest } from '../../src/core/decision.ts';
import { saveCell, lockCell } from '../../src/db/cells.ts';
import { rows, transact } from '../../src/db/client.ts';
import { decisions, leads, messages, proposalVersions, unsubscribeLinks, verdicts } from '../../src/db/schema.ts';
import { cardFacts } from '../../src/engine/card.ts';
import type { Context } from '../../src/engine/context.ts';
import { gatherInputs } from '../../src/engine/gather-inputs.ts';
import { publishWorkflow } from '../../src/engine/publish-workflow.ts';
import { recordOutcome } from '../../src/engine/record-outcome.ts';
import { relabel } from '../../src/engine/relabel.ts';
import { recordProposal } from '../../src/engine/record-proposal.ts';
import { settleDecision } from '../../src/engine/settle.ts';
import { unsubscribeByToken } from '../../src/engine/suppress.ts';
import { undoApproval } from '../../src/engine/undo.ts';
import { decideStep } from '../../src/core/workflow.ts';
import { versionById } from '../../src/db/workflows.ts';
import { engines } from '../support/database.ts';
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
  verdictOn,
} from './cell-fixtures.ts';
import { ANA, DAY, engineWorld, type EngineWorld, HOUR, MINUTE, oneMail } from './engine-world.ts';

type Decision = typeof decisions.$inferSelect;
const AUTOPILOT = { type: 'autopilot', id: 'autopilot' } as const;
const REJECT: Partial<Extract<SettleRequest, { verdict: 'reject' }>> = {
  verdict: 'reject',
  reasons: ['wrong_tone'],
  note: '',
};

/** Leads whose first mails carry a risk of 0.2684, below the first rung of the fixtures. */
const first = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => ({
    email: `lee${from + i}@acme${from + i}.example`,
    firstName: 'Lee',
    company: 'Acme',
  }));

async function pending(at: EngineWorld): Promise<Decision[]> {
  return at.ctx.db.select().from(decisions).where(eq(decisions.status, 'pending')).orderBy(decisions.id);
}

/** So many decisions on cards that were there long enough to be read. */
async function waiting(at: EngineWorld, count: number, from = 0): Promise<Decision[]> {
  await enrolled(at.world, oneMail(), first(count, from));
  await at.world.drain();
  at.world.passTime(10 * MINUTE);
  return pending(at);
}

/** A verdict after a look of two minutes. */
async function look(at: EngineWorld, { id }: { id: string }, request: Partial<SettleRequest> = {}, who = 'U0ANA') {
  at.world.passTime(2 * MINUTE);
  const result = await at.decide(id, request, who);
  if (!result.ok) throw new Error(result.refusal.text);
  return result;
}

/** A first approval by a person, so that the prompt is known; then the evidence for a rung. */
async function onFirstRung(at: EngineWorld): Promise<void> {
  const [known] = await waiting(at, 1, 900);
  if (!known) throw new Error('nothing waits');
  await look(at, known);
  await at.world.drain();
  await earnFirstRung(at.ctx);
  expect((await standing(at.ctx)).rung).toBe(1);
}

describe.each(engines)('evidence on %s', (engine) => {
  const at = engineWorld(engine);

  test('a verdict is counted in its own transaction: on the verdict, in the log and where the cell stands', async () => {
    const [one, two, three] = await waiting(at, 3);
    if (!one || !two || !three) throw new Error('three should wait');
    expect(one).toMatchObject({ route: 'review', risk: 0.2684, findings: [], tainted: [] });
    await look(at, one);
    await look(at, two, REJECT, 'U0BEN');
    await look(at, three, { ...REJECT, reasons: ['opt_out'] });
    expect(await verdictOn(at.ctx, one.id)).toMatchObject({ loss: 0, critical: false, noLabel: null });
    expect(await verdictOn(at.ctx, two.id)).toMatchObject({ loss: 1, critical: false, noLabel: null });
    expect(await verdictOn(at.ctx, three.id)).toMatchObject({ loss: 1, critical: true, noLabel: null });
    const { early } = await standing(at.ctx);
    expect(early.filter((evidence) => evidence.labels === 1).map(({ risk, losses }) => [risk, losses])).toEqual([
      [0.2684, 0],
      [0.2684, 1],
      [0.2684, 1],
    ]);
    expect(
      (await eventsOf(at.ctx, 'labelled')).map(({ actor, reason, decisionId }) => [actor, reason, decisionId]),
    ).toEqual([
      ['person:U0ANA', null, one.id],
      ['person:U0BEN', 'Wrong tone', two.id],
      ['person:U0ANA', 'The lead does not want mail', three.id],
    ]);
  });

  test('an approval that proves nothing is written down with its reason, and changes nothing', async () => {
    const [one, two] = await waiting(at, 2);
    if (!one || !two) throw new Error('two should wait');
    await look(at, one);
    const before = await standing(at.ctx);
    at.world.passTime(1_000);
    await at.decide(two.id);
    expect(await verdictOn(at.ctx, two.id)).toMatchObject({ verdict: 'approve', loss: null, noLabel: 'hasty' });
    expect(await standing(at.ctx)).toEqual(before);
  });

  test('an edit between minor and major counts only with the reviewer’s word on the original', async () => {
    const [one, two, three] = await waiting(at, 3);
    if (!one || !two || !three) throw new Error('three should wait');
    const [proposal] = await at.ctx.db.select().from(proposalVersions).where(eq(proposalVersions.decisionId, one.id));
    const body = String(proposal?.content?.['body']).replaceAll(
      'wondered what you made',
      'asked ourselves how you liked',
    );
    const content = { ...proposal?.content, body };
    await look(at, one, { verdict: 'edit', content, originalOk: true });
    await look(at, two, { verdict: 'edit', content, originalOk: false });
    await look(at, three, { verdict: 'edit', content });
    expect(await verdictOn(at.ctx, one.id)).toMatchObject({ loss: 0, originalOk: true });
    expect((await verdictOn(at.ctx, one.id)).editEffort).toBeGreaterThan(0.1);
    expect(await verdictOn(at.ctx, two.id)).toMatchObject({ loss: 1, originalOk: false });
    expect(await verdictOn(at.ctx, three.id)).toMatchObject({
      loss: null,
      noLabel: 'original_unknown',
      originalOk: null,
    });
  });

  test('the threshold is raised by the approval that certifies it, when the click is answered, and not before', async () => {
    const [one, two] = await waiting(at, 2);
    if (!one || !two) throw new Error('two should wait');
    await tell(at.ctx, () => [...decisionsMade(at.ctx), ...labels(at.ctx, 67)]);
    await look(at, one);
    expect((await standing(at.ctx)).rung).toBe(0);
    expect(await at.notices()).toEqual([]);
    await look(at, two, {}, 'U0BEN');
    const state = await standing(at.ctx);
    expect([state.rung, state.bands[0]?.labels, thresholdOf(state)]).toEqual([1, 69, 0.3]);
    expect((await at.notices()).map(({ payload }) => payload)).toMatchObject([
      { type: 'autonomy', effect: { type: 'raised', labels: 69, losses: 0, to: { rung: 1, tau: 0.3 } } },
    ]);
  });

  test('two failures among the automatic ones, and the threshold has fallen when the second click is answered', async () => {
    const [one, two] = await waiting(at, 2);
    if (!one || !two) throw new Error('two should wait');
    await earnFirstRung(at.ctx);
    await look(at, one, REJECT);
    expect(await standing(at.ctx)).toMatchObject({ rung: 1, epoch: 1, suspicion: { failures: 1 } });
    await look(at, two, REJECT);
    expect(await standing(at.ctx)).toMatchObject({ rung: 0, epoch: 2, s: 0, frozen: null });
    const told = (await at.notices()).map(({ payload }) => payload ?? {});
    const inOrder = told.toSorted((a, b) => Number(a['seq']) - Number(b['seq']));
    expect(inOrder.map(({ effect }) => (effect as { type: string }).type)).toEqual(['raised', 'tightened', 'lowered']);
  });

  test('a serious rejection lowers and freezes at once, from any band', async () => {
    const [one] = await waiting(at, 1);
    if (!one) throw new Error('one should wait');
    await earnFirstRung(at.ctx);
    await look(at, one, { ...REJECT, critical: true });
    expect(await standing(at.ctx)).toMatchObject({ rung: 0, epoch: 2, frozen: { by: 'policy' } });
  });

  test('the log played again gives the stored standing, bit for bit', async () => {
    const [one, two, three, four] = await waiting(at, 4);
    if (!one || !two || !three || !four) throw new Error('four should wait');
    await look(at, one);
    await look(at, two, REJECT);
    await tell(at.ctx, () => [...decisionsMade(at.ctx), ...labels(at.ctx, 130)]);
    await look(at, three);
    await undoApproval(at.ctx, { decisionId: one.id, actor: ANA });
    await waiting(at, 6, 50);
    await tell(at.ctx, (state) =>
      [
        { type: 'capped', id: 'c', tau: 0.9 } as const,
        { type: 'mode_set', id: 'm', proposeOnly: true } as const,
        { type: 'restored', id: 'r', rung: Math.min(state.rung + 1, 2) } as const,
        { type: 'frozen', id: 'f' } as const,
      ].map((event) => ({ ...event, at: at.world.now.getTime(), by: 'U0ANA', reason: 'a try' })),
    );
    await look(at, four, REJECT);
    await publishWorkflow(at.ctx, oneMail({ tone: 'Dry.' }), 'test');
    await enrolled(at.world, oneMail({ tone: 'Dry.' }), first(2, 70));
    await at.world.drain();
    const cell = await mailCell(at.ctx);
    expect(cell.standing.epoch).toBeGreaterThan(1);
    expect(await replayed(at.ctx, cell)).toStrictEqual(cell.standing);
    const kinds = new Set((await eventsOf(at.ctx)).map(({ type }) => type));
    expect([...kinds]).toEqual(
      expect.arrayContaining([
        'decided',
        'labelled',
        'relabelled',
        'version_seen',
        'capped',
        'frozen',
        'restored',
        'mode_set',
      ]),
    );
  });

  test('events told together are logged in the order in which they were applied', async () => {
    const at0 = at.world.now.getTime();
    const label = (id: string, later: number, loss: number) => oneLabel(at.ctx, { id, at: at0 + later, loss });
    const id = (n: number) => `00000000-0000-7000-8000-00000000000${n}`;
    await earnFirstRung(at.ctx);
    await tell(at.ctx, () => [label(id(3), 5, 1), label(id(2), 0, 0), label(id(1), 5, 0)]);
    expect((await eventsOf(at.ctx)).slice(-3).map(({ decisionId }) => decisionId)).toEqual([id(2), id(1), id(3)]);
    const cell = await mailCell(at.ctx);
    expect(await replayed(at.ctx, cell)).toStrictEqual(cell.standing);
  });
});

describe.each(engines)('harm that comes late, on %s', (engine) => {
  const at = engineWorld(engine);
  const complain = async (decision: Decision, key: string) =>
    transact(at.ctx.db, async (tx) => {
      await tx
        .select()
        .from(leads)
        .where(eq(leads.id, decision.leadId ?? ''))
        .for('update');
      return recordOutcome(at.ctx, tx, {
        id: at.ctx.ids.id(),
        leadId: decision.leadId ?? '',
        messageId: null,
        decisionId: decision.id,
        type: 'complained',
        classification: 'unknown',
        reasons: ['abuse'],
        source: 'mail',
        dedupeKey: key,
        raw: null,
        occurredAt: at.world.now,
      });
    });
  const counts = async () => (await standing(at.ctx)).bands[0] ?? { labels: 0, losses: 0 };

  test('an undo turns the approval into a failure', async () => {
    const [one] = await waiting(at, 1);
    if (!one) throw new Error('one should wait');
    await tell(at.ctx, () => decisionsMade(at.ctx));
    await look(at, one);
    expect(await counts()).toMatchObject({ labels: 1, losses: 0 });
    expect(await undoApproval(at.ctx, { decisionId: one.id, actor: ANA })).toEqual({ ok: true });
    expect(await counts()).toMatchObject({ labels: 1, losses: 1 });
    expect((await eventsOf(at.ctx, 'relabelled')).map(({ actor, payload }) => [actor, payload])).toMatchObject([
      ['person:U0ANA', { before: 0, loss: 1, reason: 'the approval was undone' }],
    ]);
  });

  test('of several harms one counts, and the same one told twice is one', async () => {
    const [one] = await waiting(at, 1);
    if (!one) throw new Error('one should wait');
    await tell(at.ctx, () => decisionsMade(at.ctx));
    await look(at, one);
    await at.world.drain();
    const [link] = await at.ctx.db.select().from(unsubscribeLinks).where(eq(unsubscribeLinks.decisionId, one.id));
    await unsubscribeByToken(at.ctx, { token: link?.token ?? '', via: 'page' });
    await unsubscribeByToken(at.ctx, { token: link?.token ?? '', via: 'page' });
    await complain(one, 'complaint-1');
    await complain(one, 'complaint-1');
    await complain(one, 'complaint-2');
    expect(await counts()).toMatchObject({ labels: 1, losses: 1 });
    expect(await eventsOf(at.ctx, 'relabelled')).toHaveLength(1);
  });

  test('a serious harm lowers also where another one was counted before, and adds no second failure', async () => {
    const [one] = await waiting(at, 1);
    if (!one) throw new Error('one should wait');
    await look(at, one);
    await earnFirstRung(at.ctx);
    await complain(one, 'complaint-1');
    const before = await standing(at.ctx);
    expect(before).toMatchObject({ rung: 1, epoch: 1 });
    const harm = { decisionId: one.id, reason: 'it went to the wrong person', critical: true, actor: 'person:U0ANA' };
    await transact(at.ctx.db, (tx) => relabel(at.ctx, tx, harm));
    expect(await standing(at.ctx)).toMatchObject({ rung: 0, epoch: 2, frozen: expect.anything() });
    expect((await eventsOf(at.ctx, 'relabelled')).map(({ payload }) => payload)).toMatchObject([
      { before: 0, critical: false },
      { before: 1, critical: true },
    ]);
    await transact(at.ctx.db, (tx) => relabel(at.ctx, tx, harm));
    expect(await eventsOf(at.ctx, 'relabelled')).toHaveLength(2);
    const cell = await mailCell(at.ctx);
    expect(await replayed(at.ctx, cell)).toStrictEqual(cell.standing);
  });

  test('it counts for fourteen days after the decision, and not longer', async () => {
    const [one, two] = await waiting(at, 2);
    if (!one || !two) throw new Error('two should wait');
    await tell(at.ctx, () => decisionsMade(at.ctx));
    await look(at, one);
    await look(at, two);
    at.world.passTime(14 * DAY - 2 * MINUTE);
    await complain(one, 'just-in-time');
    at.world.passTime(2 * MINUTE + 1);
    await complain(two, 'too-late');
    expect(await counts()).toMatchObject({ labels: 2, losses: 1 });
  });

  test('an automatic approval that did harm gets a label that nobody gave it', async () => {
    await onFirstRung(at);
    await enrolled(at.world, oneMail(), first(8));
    await at.world.drain();
    const [sent] = await at.ctx.db.select().from(decisions).where(eq(decisions.settledByType, 'autopilot'));
    if (!sent) throw new Error('one of eight should be automatic');
    const before = await counts();
    await complain(sent, 'complaint');
    expect(await counts()).toMatchObject({ labels: before.labels + 1, losses: before.losses + 1 });
    expect(await standing(at.ctx)).toMatchObject({ leak: { harmed: 1 }, suspicion: { checks: 1, failures: 1 } });
  });

  test('what a person had rejected or rewritten is no worse for it', async () => {
    const [one, two] = await waiting(at, 2);
    if (!one || !two) throw new Error('two should wait');
    await tell(at.ctx, () => decisionsMade(at.ctx));
    await look(at, one, REJECT);
    const words = 'we saw that you read our paper and wondered what you made of it. '.repeat(3);
    const content = { subject: 'Written by Ana', body: `Hello Lee,\n\n${words}\n\nNora`, subjectVariants: [] };
    await look(at, two, { verdict: 'edit', content });
    expect(await counts()).toMatchObject({ labels: 2, losses: 2 });
    await complain(one, 'of-the-rejected');
    await complain(two, 'of-the-edited');
    expect(await counts()).toMatchObject({ labels: 2, losses: 2 });
  });
});

describe('what is no evidence, and what begins anew', () => {
  const at = engineWorld('pglite');

  test('silence gives no label: neither an expired decision nor a withdrawn one', async () => {
    const [one, two] = await waiting(at, 2);
    if (!one || !two) throw new Error('two should wait');
    const before = await standing(at.ctx);
    at.world.passTime(4 * DAY);
    await at.world.drain();
    expect(await at.decision(one.id)).toMatchObject({ status: 'expired' });
    expect(await at.ctx.db.select().from(verdicts)).toEqual([]);
    expect(await eventsOf(at.ctx, 'labelled')).toEqual([]);
    expect(await standing(at.ctx)).toEqual(before);
  });

  test('a new prompt begins a new epoch on rung 0, and its first decisions go to people', async () => {
    await onFirstRung(at);
    const changed = oneMail({ facts: ['Another fact.'] });
    await publishWorkflow(at.ctx, changed, 'test');
    await enrolled(at.world, changed, first(3));
    await at.world.drain();
    const made = await pending(at);
    expect(made).toHaveLength(3);
    for (const decision of made) {
      expect(decision).toMatchObject({ route: 'review', gate: { epoch: 2, rung: 0 } });
      expect(decision.gate.because.map(({ code }) => code)).toEqual(
        expect.arrayContaining(['first_from_template', 'rung_0']),
      );
    }
    const state = await standing(at.ctx);
    expect(state).toMatchObject({ epoch: 2, rung: 0, ladder: [0.3, 0.45, 0.6, 0.7, 0.8] });
    expect(state.bands[0]).toMatchObject({ labels: 0, decisions: 3 });
  });

  test('another scorer of the risk begins a new epoch and draws a new ladder', async () => {
    await onFirstRung(at);
    const { versions } = await standing(at.ctx);
    expect(versions?.scorer).toBe('prior-1');
    await tell(at.ctx, () => [
      {
        type: 'version_seen',
        id: 'v',
        at: at.world.now.getTime(),
        system: versions?.system ?? '',
        scorer: 'learned-1',
      },
    ]);
    expect(await standing(at.ctx)).toMatchObject({ epoch: 2, rung: 0, ladder: null, bands: [] });
  });

  test('another model that answers under the same name is another model', async () => {
    await onFirstRung(at);
    const { model } = at.ctx;
    const renamed: Context['model'] = {
      ...model,
      propose: async (kind, inputs) => ({ ...(await model.propose(kind, inputs)), model: 'test-model-of-today' }),
    };
    Object.assign(at.ctx, { model: renamed });
    await enrolled(at.world, oneMail(), first(1));
    await at.world.drain();
    expect(await standing(at.ctx)).toMatchObject({ epoch: 2, rung: 0 });
  });

  test('leads that are still on an older version of the workflow do not turn the epochs over, nor count', async () => {
    const old = oneMail();
    await enrolled(at.world, old, first(3));
    const changed = oneMail({ tone: 'Dry.' });
    await publishWorkflow(at.ctx, changed, 'test');
    await enrolled(at.world, changed, first(3, 10));
    await at.world.drain();
    const made = await pending(at);
    const outdated = made.filter(({ gate }) => gate.because.some(({ code }) => code === 'outdated'));
    expect([made.length, outdated.length]).toEqual([6, 3]);
    const before = await standing(at.ctx);
    expect(before).toMatchObject({ epoch: 1, above: 3 });
    expect(before.early).toHaveLength(3);
    at.world.passTime(10 * MINUTE);
    for (const decision of outdated) await look(at, decision);
    expect((await standing(at.ctx)).early).toEqual(before.early);
  });

  test('a change of what the step does not say, such as its approvers, leaves older leads in the running', async () => {
    await enrolled(at.world, oneMail(), first(2));
    await publishWorkflow(at.ctx, oneMail({ deadline: '2d' }), 'test');
    await at.world.drain();
    for (const { gate } of await pending(at)) expect(gate.because.map(({ code }) => code)).not.toContain('outdated');
  });

  test('a draft that the model could not make changes no epoch', async () => {
    await onFirstRung(at);
    const { model } = at.ctx;
    Object.assign(at.ctx, {
      model: {
        ...model,
        propose: async () => ({
          ok: false,
          problem: 'refused',
          detail: 'no',
          model: 'another-model',
          promptVersion: 'test-1',
          usage: { inputTokens: 0, outputTokens: 0, calls: 1 },
        }),
      },
    });
    await enrolled(at.world, oneMail(), first(1));
    await at.world.drain();
    expect(await pending(at)).toMatchObject([{ route: 'review', modelProblem: 'refused: no' }]);
    expect(await standing(at.ctx)).toMatchObject({ epoch: 1, rung: 1 });
  });

  test('test leads take no part in the shares that the rungs stand on', async () => {
    await enrolled(at.world, oneMail(), [{ email: 'qa@fieldlark.example' }, ...first(1)]);
    await at.world.drain();
    expect(await standing(at.ctx)).toMatchObject({ early: [{ decisions: 1 }], above: 0 });
  });
});

describe('what is approved without asking', () => {
  const at = engineWorld('pglite');

  async function routed(): Promise<{ automatic: Decision; spotCheck: Decision; before: number }> {
    await onFirstRung(at);
    const before = at.world.mails.length;
    await enrolled(at.world, oneMail(), first(12));
    await at.world.drain();
    const made = await at.ctx.db.select().from(decisions).where(sql`route <> 'review'`).orderBy(decisions.id);
    const automatic = made.find(({ route }) => route === 'auto');
    const spotCheck = made.find(({ route }) => route === 'spot_check');
    if (!automatic || !spotCheck) throw new Error('twelve tosses at one half should show both sides');
    return { automatic, spotCheck, before };
  }

  test('an automatic one sends its mail with no click, and says who decided and why', async () => {
    const { automatic, before } = await routed();
    expect(automatic).toMatchObject({
      status: 'approved',
      settledByType: 'autopilot',
      gate: { rung: 1, q: 0.5, threshold: 0.3 },
    });
    expect(await verdictOn(at.ctx, automatic.id)).toMatchObject({
      actorType: 'autopilot',
      via: 'gate',
      loss: null,
      noLabel: 'not_a_person',
    });
    const [message] = await at.ctx.db.select().from(messages).where(eq(messages.decisionId, automatic.id));
    expect(message).toMatchObject({ status: 'sent' });
    const mails = at.world.mails.length - before;
    expect(mails).toBe(
      await at.ctx.db.$count(decisions, and(eq(decisions.route, 'auto'), eq(decisions.status, 'approved'))),
    );
    expect(await cardFacts(at.ctx, automatic.id)).toMatchObject({
      settled: { by: AUTOPILOT, route: 'auto', risk: 0.2684 },
    });
  });

  test('a spot check waits for its person, and its card is that of any other decision', async () => {
    const { spotCheck } = await routed();
    expect(spotCheck).toMatchObject({ status: 'pending', gate: { q: 0.5 } });
    expect(await at.ctx.db.select().from(messages).where(eq(messages.decisionId, spotCheck.id))).toEqual([]);
    const shown = await cardFacts(at.ctx, spotCheck.id);
    await at.ctx.db.update(decisions).set({ route: 'review' }).where(eq(decisions.id, spotCheck.id));
    expect(await cardFacts(at.ctx, spotCheck.id)).toStrictEqual(shown);
    expect(shown).toMatchObject({ status: 'pending', settled: null });
    expect(JSON.stringify(shown)).not.toMatch(/spot_check|threshold|rung|coin|0\.2684/);
  });

  test('the coin of a spot check can be tossed again from what is stored', async () => {
    const { automatic, spotCheck } = await routed();
    expect(spotCheck.gate.coin).toBeLessThan(spotCheck.gate.q);
    expect(automatic.gate.coin).toBeGreaterThanOrEqual(automatic.gate.q);
    const checked = await eventsOf(at.ctx, 'labelled');
    at.world.passTime(10 * MINUTE);
    await look(at, spotCheck);
    expect((await eventsOf(at.ctx, 'labelled')).slice(checked.length)).toMatchObject([
      { payload: { q: 0.5, loss: 0 } },
    ]);
  });

  test('in a language that was not seen yet everything goes to people', async () => {
    await onFirstRung(at);
    const [lead] = await enrolled(at.world, oneMail(), first(1));
    await at.ctx.db
      .update(leads)
      .set({ language: 'fr' })
      .where(eq(leads.id, lead ?? ''));
    await at.world.drain();
    expect((await pending(at)).map(({ gate }) => gate.because.map(({ code }) => code))).toEqual([['new_segment']]);
  });
});

/** Up to the moment before the autopilot is asked: a decision that the gate let through, as a crash would leave it. */
async function gatedOnly(at: EngineWorld, count: number): Promise<Array<{ id: string; hash: string }>> {
  const leadIds = await enrolled(at.world, oneMail(), first(count));
  const found: Array<{ id: string; hash: string }> = [];
  for (const leadId of leadIds) {
    const enrollment = await at.enrollmentOf(leadId);
    const version = await versionById(at.ctx.db, enrollment.workflowVersionId);
    const step = decideStep(version.definition, enrollment.step);
    const place = { enrollment, workflow: version.definition, workflowVersion: version.version, step };
    const gathered = await gatherInputs(at.ctx.db, {
      ...place,
      enrollmentId: enrollment.id,
      leadId,
      workflowId: enrollment.workflowId,
      now: at.ctx.clock.now(),
    });
    if (gathered === null) throw new Error('the lead is there');
    const answer = await at.ctx.model.propose(step.decide, gathered.inputs);
    const automatic = await recordProposal(at.ctx, place, gathered, answer);
    if (automatic !== null) found.push(automatic);
  }
  return found;
}

const approveAutomatically = (ctx: Context, { id, hash }: { id: string; hash: string }) =>
  settleDecision(ctx, {
    decisionId: id,
    actor: AUTOPILOT,
    via: 'gate',
    request: { verdict: 'approve', version: 1, hash },
  });

describe('a threshold that falls between the gate and the approval', () => {
  const at = engineWorld('pglite');

  test.for(['frozen by an alarm', 'capped', 'raised'] as const)(
    '%s: the autopilot may not, and a person is asked',
    async (change) => {
      await onFirstRung(at);
      const [decision] = await gatedOnly(at, 8);
      if (!decision) throw new Error('one of eight should be let through');
      const now = at.world.now.getTime();
      if (change === 'capped')
        await tell(at.ctx, () => [{ type: 'capped', id: 'c', at: now, tau: 0, by: 'U0ANA', reason: 'stop' }]);
      if (change === 'raised')
        await tell(at.ctx, () => [{ type: 'restored', id: 'r', at: now, rung: 2, by: 'U0ANA', reason: 'go' }]);
      if (change === 'frozen by an alarm')
        await tell(at.ctx, () => labels(at.ctx, 1, { loss: 1, critical: true, q: 0.5 }));
      expect(await approveAutomatically(at.ctx, decision)).toMatchObject({
        ok: false,
        refusal: { code: 'not_allowed' },
      });
      await at.world.drain();
      expect(await at.decision(decision.id)).toMatchObject({ status: 'pending', route: 'auto' });
      expect(await at.ctx.db.select().from(messages).where(eq(messages.decisionId, decision.id))).toEqual([]);
      at.world.passTime(10 * MINUTE);
      await look(at, decision);
      expect(await at.decision(decision.id)).toMatchObject({ status: 'approved', settledByType: 'person' });
    },
  );

  test('nothing changed: the autopilot may', async () => {
    await onFirstRung(at);
    const [decision] = await gatedOnly(at, 8);
    if (!decision) throw new Error('one of eight should be let through');
    expect(await approveAutomatically(at.ctx, decision)).toMatchObject({ ok: true, status: 'approved' });
  });
});

/** Only PostgreSQL has two connections, and so two things that happen at once. */
describe('at the same moment', () => {
  const at = engineWorld('postgres');

  test('verdicts of many people at once are applied one after the other in the order of their times, and none is lost', async () => {
    const made = await waiting(at, 12);
    await tell(at.ctx, () => decisionsMade(at.ctx));
    let moment = at.world.now.getTime() + HOUR;
    const ticking: Context = { ...at.ctx, clock: { now: () => new Date((moment += 1)) } };
    const results = await Promise.all(
      made.map(({ id, proposalHash }, i) =>
        settleDecision(ticking, {
          decisionId: id,
          actor: { type: 'person', id: i % 2 === 0 ? 'U0ANA' : 'U0BEN' },
          via: 'button',
          request:
            i % 3 === 0
              ? { verdict: 'reject', version: 1, hash: proposalHash, reasons: ['other'], note: '' }
              : { verdict: 'approve', version: 1, hash: proposalHash },
        }),
      ),
    );
    expect(results.every(({ ok }) => ok)).toBe(true);
    const labelled = await eventsOf(at.ctx, 'labelled');
    const times = labelled.map(({ payload }) => Number(payload['at']));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const given = await at.ctx.db.select().from(verdicts);
    expect(new Set(labelled.map(({ decisionId }) => decisionId))).toEqual(
      new Set(given.filter(({ loss }) => loss !== null).map(({ decisionId }) => decisionId)),
    );
    expect(labelled).toHaveLength(given.filter(({ loss }) => loss !== null).length);
    expect(given.filter(({ loss }) => loss === 1)).toHaveLength(4);
    const cell = await mailCell(at.ctx);
    expect(cell.standing.bands[0]).toMatchObject({ labels: labelled.length, losses: 4 });
    expect(await replayed(at.ctx, cell)).toStrictEqual(cell.standing);
  });

  test('an autopilot that waits for the verdict that lowers the threshold does not approve after it', async () => {
    await onFirstRung(at);
    const [decision] = await gatedOnly(at, 8);
    if (!decision) throw new Error('one of eight should be let through');
    const { id: cellId } = await mailCell(at.ctx);
    const approval = await transact(at.ctx.db, async (tx) => {
      const cell = await lockCell(tx, cellId);
      const asked = approveAutomatically(at.ctx, decision);
      await expect.poll(() => waitsForLocks(at), { timeout: 20_000 }).toBeGreaterThan(0);
      await saveCell(tx, cell, {
        state: { ...cell.standing, rung: 0 },
        events: [{ type: 'capped', id: 'c', at: at.world.now.getTime(), tau: 0, by: 'U0ANA', reason: 'stop' }],
        actor: 'person:U0ANA',
        now: at.world.now,
      });
      return { asked };
    });
    expect(await approval.asked).toMatchObject({ ok: false, refusal: { code: 'not_allowed' } });
    expect(await at.decision(decision.id)).toMatchObject({ status: 'pending' });
  });
});

async function waitsForLocks(at: EngineWorld): Promise<number> {
  const [row] = await rows<{ count: number }>(
    at.ctx.db,
    sql`select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return row?.count ?? 0;
}
