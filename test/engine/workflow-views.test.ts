import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SettleRequest } from '../../src/core/decision.ts';
import { countsAt } from '../../src/core/map-counts.ts';
import { decisions, enrollments, messages } from '../../src/db/schema.ts';
import { spokenPlain } from '../../src/engine/autonomy-speech.ts';
import { enrollByHand } from '../../src/engine/enroll-by-hand.ts';
import { workflowList } from '../../src/engine/list-workflows.ts';
import { pause } from '../../src/engine/pause.ts';
import { removeByHand } from '../../src/engine/remove-by-hand.ts';
import { settleDecision } from '../../src/engine/settle.ts';
import { showWorkflow } from '../../src/engine/show-workflow.ts';
import { unsubscribeByToken } from '../../src/engine/suppress.ts';
import { whyLead } from '../../src/engine/why-lead.ts';
import { LEADS_A_PAGE, workflowLeads } from '../../src/engine/workflow-leads.ts';
import { unsubscribeLinks } from '../../src/db/schema.ts';
import { testContext, type TestWorld } from '../support/context.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { enrolled, testWorkflow } from '../support/fixtures.ts';

let database: TestDatabase;
let world: TestWorld;

beforeEach(async () => {
  database = await testDatabase();
  world = await testContext(database);
});
afterEach(() => database.close());

const HOUR = 3_600_000;
const ana = { type: 'person', id: 'U0ANA' } as const;
const NAME = 'whitepaper-nurture';

async function pendingOf(leadId: string | undefined) {
  const found = await world.ctx.db
    .select()
    .from(decisions)
    .where(eq(decisions.leadId, leadId ?? ''));
  const decision = found.find(({ status }) => status === 'pending');
  if (!decision) throw new Error('nothing is pending');
  return decision;
}

async function decide(leadId: string | undefined, verdict: 'approve' | 'reject'): Promise<void> {
  const { id, proposalVersion: version, proposalHash: hash } = await pendingOf(leadId);
  const request: SettleRequest =
    verdict === 'approve'
      ? { verdict, version, hash }
      : { verdict, version, hash, reasons: ['wrong_tone' as const], note: 'too stiff', critical: false };
  const result = await settleDecision(world.ctx, { decisionId: id, actor: ana, via: 'cli', request });
  expect(result).toMatchObject({ ok: true });
}

async function shown() {
  const found = await showWorkflow(world.ctx, NAME);
  if (!found.ok) throw new Error(found.text);
  return found.shown;
}

async function storyOf(email: string): Promise<string[]> {
  const found = await whyLead(world.ctx, email);
  if (!found.ok) throw new Error(found.text);
  return found.story.lines.map(({ text }) => spokenPlain(text));
}

describe('what is counted at each step', () => {
  test('who stands there, who waits for people and since when, how long verdicts take, and who went through', async () => {
    const [first, second] = await enrolled(world, testWorkflow(), [
      { email: 'one@acme.example' },
      { email: 'two@acme.example' },
      { email: 'three@acme.example' },
    ]);
    await world.drain();
    world.passTime(2 * HOUR);
    await decide(first, 'approve');
    world.passTime(2 * HOUR);
    await decide(second, 'approve');
    await world.drain();
    const { counts } = await shown();
    expect(countsAt(counts, 'score')).toMatchObject({ here: 1, waiting: 1, passed: 2, medianVerdictMs: 3 * HOUR });
    expect(countsAt(counts, 'score').oldest?.getTime()).toBe(world.now.getTime() - 4 * HOUR);
    expect(countsAt(counts, 'first-pause')).toMatchObject({ here: 2, waiting: 0, passed: 0 });
    world.passTime(1.5 * HOUR);
    await world.drain();
    const later = (await shown()).counts;
    expect(countsAt(later, 'first-pause')).toMatchObject({ here: 0, passed: 2 });
    expect(countsAt(later, 'first-mail')).toMatchObject({ here: 2, waiting: 2 });
    expect(later).toMatchObject({ underWay: 3, elsewhere: 0, done: 0 });
  });

  test('what went through longer ago than 30 days counts no more', async () => {
    const [lead] = await enrolled(world, testWorkflow(), [{ email: 'one@acme.example' }]);
    await world.drain();
    await decide(lead, 'approve');
    world.passTime(31 * 24 * HOUR);
    expect(countsAt((await shown()).counts, 'score').passed).toBe(0);
  });
});

describe('list and show', () => {
  test('list names every workflow with who is in it', async () => {
    await enrolled(world, testWorkflow(), [{ email: 'one@acme.example' }]);
    await world.drain();
    expect(await workflowList(world.ctx)).toMatchObject({
      everythingPaused: false,
      workflows: [
        { name: NAME, status: 'active', version: 1, underWay: 1, waiting: 1, triggers: ['every new lead'], steps: 5 },
      ],
    });
  });

  test('a name that is not there gets the one that was meant', async () => {
    await enrolled(world, testWorkflow(), []);
    expect(await showWorkflow(world.ctx, 'whitepaper-nurtur')).toEqual({
      ok: false,
      text: 'There is no workflow “whitepaper-nurtur”. Did you mean whitepaper-nurture?',
    });
  });
});

describe('who is where', () => {
  test('pages through the leads of a step, in order, each once', async () => {
    const seeds = Array.from({ length: LEADS_A_PAGE + 3 }, (_, i) => ({ email: `lead-${i}@acme.example` }));
    await enrolled(world, testWorkflow(), seeds);
    await world.drain();
    const pages = await Promise.all(
      [1, 2, 9].map((page) => workflowLeads(world.ctx, { name: NAME, step: 'score', page })),
    );
    const facts = pages.map((page) => (page.ok ? page.facts : null));
    expect(facts.map((page) => page && [page.page, page.pages, page.total, page.leads.length])).toEqual([
      [1, 2, LEADS_A_PAGE + 3, LEADS_A_PAGE],
      [2, 2, LEADS_A_PAGE + 3, 3],
      [2, 2, LEADS_A_PAGE + 3, 3],
    ]);
    const emails = facts.slice(0, 2).flatMap((page) => page?.leads.map(({ email }) => email) ?? []);
    expect(new Set(emails).size).toBe(LEADS_A_PAGE + 3);
    expect(facts[0]?.leads[0]?.stands).toMatchObject({ for: 'people' });
  });

  test('says for whom or what a lead waits, and refuses a step that is not there', async () => {
    const [lead] = await enrolled(world, testWorkflow(), [{ email: 'one@acme.example', company: 'Acme' }]);
    await world.drain();
    await decide(lead, 'approve');
    await world.drain();
    const found = await workflowLeads(world.ctx, { name: NAME, step: null, page: 1 });
    expect(found).toMatchObject({
      ok: true,
      facts: { total: 1, leads: [{ step: 'first-pause', company: 'Acme', stands: { for: 'time' } }] },
    });
    expect(await workflowLeads(world.ctx, { name: NAME, step: 'first-male', page: 1 })).toEqual({
      ok: false,
      text: 'There is no step of whitepaper-nurture “first-male”. Did you mean first-mail?',
    });
  });
});

describe('why', () => {
  test('tells a lead’s way from rows: proposals, verdicts by whom, waits, mails, and how it ended', async () => {
    const [lead] = await enrolled(world, testWorkflow(), [{ email: 'one@acme.example', firstName: 'Ona' }]);
    await world.drain();
    await decide(lead, 'approve');
    await world.drain();
    world.passTime(HOUR);
    await world.drain();
    await decide(lead, 'approve');
    world.passTime(HOUR);
    await world.drain();
    const [link] = await world.ctx.db.select().from(unsubscribeLinks);
    await unsubscribeByToken(world.ctx, { token: link?.token ?? '', via: 'page' });
    const story = await storyOf('ONE@acme.example');
    const inOrder = [
      'Enrolled in whitepaper-nurture, version 1',
      'score: The AI proposed a score: score 72.',
      'score: Approved by U0ANA',
      'first-pause: The wait was over → first-mail',
      'first-mail: The AI drafted an e-mail: “A thought on your plans”.',
      'first-mail: Approved by U0ANA',
      'first-mail: Sent the mail “A thought on your plans”.',
      'The lead unsubscribed.',
      'Left whitepaper-nurture: the lead unsubscribed.',
    ];
    const places = inOrder.map((line) => story.findIndex((told) => told.startsWith(line)));
    expect(places, story.join('\n')).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(story).toContain('May not be mailed from here on (unsubscribed).');
  });

  test('says nothing of route or reasons while a card waits, so that the card stays blind', async () => {
    await enrolled(world, testWorkflow(), [{ email: 'one@acme.example' }]);
    await world.drain();
    const story = await storyOf('one@acme.example');
    expect(story.at(-1)).toMatch(/^score: The AI proposed a score: score 72\. It waits for people until /);
    expect(story.join(' ')).not.toMatch(/because|risk|rung/);
  });

  test('a rejection is told with its reasons and note', async () => {
    const [lead] = await enrolled(world, testWorkflow(), [{ email: 'one@acme.example' }]);
    await world.drain();
    await decide(lead, 'reject');
    expect((await storyOf('one@acme.example')).join('\n')).toContain(
      'score: Rejected by U0ANA: Wrong tone (“too stiff”)',
    );
  });

  test('an address that is none, or of nobody, is said so', async () => {
    expect(await whyLead(world.ctx, 'nobody@acme.example')).toEqual({
      ok: false,
      text: 'There is no lead with the address nobody@acme.example.',
    });
    expect(await whyLead(world.ctx, 'what')).toEqual({ ok: false, text: '“what” is not an e-mail address.' });
    await enrolled(world, testWorkflow(), [{ email: 'one@acme.example' }]);
    expect(await whyLead(world.ctx, '<mailto:one@acme.example|one@acme.example>')).toMatchObject({ ok: true });
  });
});

describe('by hand', () => {
  const hand = { name: NAME, email: 'one@acme.example', actor: ana };

  test('a lead is enrolled once; the second time is told where it is', async () => {
    await enrolled(world, testWorkflow({ trigger: { on: 'manual' } }), [{ email: 'one@acme.example' }]);
    expect(await enrollByHand(world.ctx, { ...hand, again: false })).toMatchObject({
      ok: true,
      step: 'score',
      paused: false,
    });
    expect(await enrollByHand(world.ctx, { ...hand, again: false })).toMatchObject({
      ok: false,
      text: 'one@acme.example is in whitepaper-nurture already, at score.',
    });
    expect(await storyOf('one@acme.example')).toEqual([
      'Enrolled in whitepaper-nurture, version 1 by U0ANA (by hand).',
    ]);
  });

  test('removing withdraws the card that waits and says who did it and why', async () => {
    const [lead] = await enrolled(world, testWorkflow(), [{ email: 'one@acme.example' }]);
    await world.drain();
    const pending = await pendingOf(lead);
    expect(await removeByHand(world.ctx, { ...hand, reason: 'Ben  talks to them' })).toMatchObject({
      ok: true,
      step: 'score',
      withdrawn: true,
      cancelled: 0,
    });
    const [decision] = await world.ctx.db.select().from(decisions).where(eq(decisions.id, pending.id));
    expect(decision?.status).toBe('withdrawn');
    const [enrollment] = await world.ctx.db.select().from(enrollments);
    expect(enrollment).toMatchObject({ status: 'exited', exitReason: 'removed by hand: Ben talks to them' });
    const story = await storyOf('one@acme.example');
    expect(story).toContain('score: Removed by hand by U0ANA, because: Ben talks to them.');
    expect(await removeByHand(world.ctx, { ...hand, reason: '' })).toEqual({
      ok: false,
      text: 'one@acme.example is not in whitepaper-nurture.',
    });
  });

  test('removing cancels a mail that is approved and has not left', async () => {
    const [lead] = await enrolled(world, testWorkflow(), [{ email: 'one@acme.example' }]);
    await world.drain();
    await decide(lead, 'approve');
    await world.drain();
    world.passTime(HOUR);
    await world.drain();
    await decide(lead, 'approve');
    expect(await removeByHand(world.ctx, { ...hand, reason: '' })).toMatchObject({
      ok: true,
      cancelled: 1,
      onTheirWay: 0,
    });
    world.passTime(24 * HOUR);
    await world.drain();
    expect(world.mails).toEqual([]);
    const [message] = await world.ctx.db.select().from(messages);
    expect(message).toMatchObject({ status: 'cancelled', statusReason: 'removed by hand' });
  });

  test('one who was in it before comes in again only when that is said', async () => {
    await enrolled(world, testWorkflow(), [{ email: 'one@acme.example' }]);
    await removeByHand(world.ctx, { ...hand, reason: '' });
    expect(await enrollByHand(world.ctx, { ...hand, again: false })).toMatchObject({ ok: false, again: true });
    expect(await enrollByHand(world.ctx, { ...hand, again: true })).toMatchObject({ ok: true });
  });

  test('nobody comes in who may not be mailed, and who comes into a paused workflow is told', async () => {
    const [lead] = await enrolled(world, testWorkflow(), [
      { email: 'one@acme.example' },
      { email: 'two@acme.example' },
    ]);
    await world.drain();
    await decide(lead, 'approve');
    await world.drain();
    world.passTime(HOUR);
    await world.drain();
    const [link] = await world.ctx.db
      .select()
      .from(unsubscribeLinks)
      .where(eq(unsubscribeLinks.leadId, lead ?? ''));
    await unsubscribeByToken(world.ctx, { token: link?.token ?? '', via: 'page' });
    expect(await enrollByHand(world.ctx, { ...hand, again: true })).toMatchObject({
      ok: false,
      text: 'one@acme.example may not be mailed (unsubscribed), so it was not enrolled.',
    });
    await removeByHand(world.ctx, { ...hand, email: 'two@acme.example', reason: '' });
    await pause(world.ctx, { name: 'all', actor: ana });
    expect(await enrollByHand(world.ctx, { ...hand, email: 'two@acme.example', again: true })).toMatchObject({
      ok: true,
      paused: true,
    });
  });
});
