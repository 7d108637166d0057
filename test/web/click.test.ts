import { and, eq, sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { linkAllowed } from '../../src/core/links.ts';
import { mailHash, type RenderedMail } from '../../src/core/message.ts';
import { trackedUrl } from '../../src/core/tracked-links.ts';
import type { Db } from '../../src/db/client.ts';
import { decisions, enrollments, leadEvents, messages, outcomes, unsubscribeLinks } from '../../src/db/schema.ts';
import type { Context, Model } from '../../src/engine/context.ts';
import { MAX_HITS, recordClick } from '../../src/engine/record-click.ts';
import { resolveUncertain } from '../../src/engine/resolve-uncertain.ts';
import { unsubscribeByToken, unsubscribeLinkKnown } from '../../src/engine/suppress.ts';
import { clickRoutes, noteUnsubscribeLook } from '../../src/web/click.ts';
import { unsubscribeRoutes } from '../../src/web/unsubscribe.ts';
import { ANA, engineWorld, HOUR, MINUTE, oneMail } from '../engine/engine-world.ts';
import { engines } from '../support/database.ts';
import { type RunningWeb, startWeb } from './web-for-tests.ts';

const PAPER = 'https://fieldlark.example/paper';
const WALK = 'https://fieldlark.example/walkthrough';
const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
const body = `Hello Lee,\n\nthe paper is at ${PAPER} and a walk-through at ${WALK}.\n${'We thought of you. '.repeat(9)}\n\nBest\nNora`;
const model: Model = {
  version: () => ({ model: 'test-model', promptVersion: 'test-1' }),
  propose: async () => ({
    ok: true,
    content: { subject: 'A thought on your plans', subjectVariants: [], body } as never,
    rationale: 'It fits.',
    doubt: 0.1,
    model: 'test-model',
    promptVersion: 'test-1',
    usage: { inputTokens: 1, outputTokens: 1, calls: 1 },
  }),
};

describe.each(engines)('a link in a mail, on %s', (engine) => {
  const at = engineWorld(engine, { model });
  let web: RunningWeb;
  let errors: string[];
  const serve = async (change: Partial<Context> = {}, patienceMs?: number): Promise<RunningWeb> => {
    const ctx: Context = {
      ...at.ctx,
      log: { ...at.ctx.log, error: (_fields, message) => void errors.push(message) },
      ...change,
    };
    return await startWeb({
      routes: [
        ...clickRoutes(ctx, patienceMs === undefined ? {} : { patienceMs }),
        ...unsubscribeRoutes({
          known: (token) => unsubscribeLinkKnown(ctx, token),
          unsubscribe: (token, via) => unsubscribeByToken(ctx, { token, via }),
          looked: (token, request) => noteUnsubscribeLook(ctx, token, request),
        }),
      ],
      limits: { rate: { burst: 1_000, perSecond: 1 }, proxies: 1 },
    });
  };
  beforeEach(async () => {
    errors = [];
    web = await serve();
  });
  afterEach(() => web.close());

  type Sent = { id: string; leadId: string; decisionId: string; mail: RenderedMail; links: string[]; trap: string };
  /** A mail that was approved and sent, and what stands in its HTML. */
  const sentMail = async (change: Parameters<typeof oneMail>[0] = {}): Promise<Sent> => {
    const { id } = await at.approvedMail(oneMail(change));
    await at.world.drain();
    return sent(id);
  };
  const sent = async (id: string): Promise<Sent> => {
    const { leadId, decisionId, mail } = await at.message(id);
    const rendered = mail as RenderedMail;
    const anchors = [...rendered.html.matchAll(/<a href="([^"]+)"([^>]*)>/g)];
    const own = anchors.filter(([, href = '']) => href.includes('/c/'));
    const hidden = own.find(([, , more = '']) => more.includes('display:none'));
    return {
      id,
      leadId,
      decisionId,
      mail: rendered,
      links: own.filter((anchor) => anchor !== hidden).map(([, href = '']) => href),
      trap: hidden?.[1] ?? '',
    };
  };
  const here = (url: string) => `${web.url}${new URL(url).pathname}`;
  const open = (url: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(here(url), { method, redirect: 'manual', headers: { 'User-Agent': CHROME, ...headers } });
  const hits = (leadId: string) =>
    at.ctx.db
      .select()
      .from(outcomes)
      .where(and(eq(outcomes.leadId, leadId), eq(outcomes.type, 'clicked')))
      .orderBy(outcomes.occurredAt, outcomes.id);
  const classes = async (leadId: string) =>
    (await hits(leadId)).map(({ classification, reasons }) => [classification, ...reasons]);
  const clicked = (leadId: string) =>
    at.ctx.db
      .select()
      .from(leadEvents)
      .where(and(eq(leadEvents.leadId, leadId), eq(leadEvents.type, 'clicked')))
      .orderBy(leadEvents.occurredAt);

  test('leads to where its text says, and is a person’s click some minutes after delivery', async () => {
    const { id, leadId, decisionId, links } = await sentMail();
    at.world.passTime(10 * MINUTE);
    const answer = await open(links[0] ?? '', { 'X-Forwarded-For': '203.0.113.77' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, PAPER]);
    expect([
      answer.headers.get('cache-control'),
      answer.headers.get('referrer-policy'),
      answer.headers.get('x-robots-tag'),
      await answer.text(),
    ]).toEqual(['no-store', 'no-referrer', 'noindex, nofollow', '']);
    const [hit] = await hits(leadId);
    expect(hit).toMatchObject({
      messageId: id,
      decisionId,
      classification: 'human',
      source: 'link',
      occurredAt: at.world.now,
    });
    expect(hit?.raw).toEqual({
      what: 'link',
      link: PAPER,
      method: 'GET',
      userAgent: CHROME,
      prefetch: false,
      network: '203.0.113.0/24',
    });
    expect(await clicked(leadId)).toMatchObject([{ payload: { link: PAPER, step: 'first-mail' } }]);
  });

  test('counts once however often it is opened, and each link by itself; every hit is kept', async () => {
    const { leadId, links } = await sentMail();
    for (const url of [links[0], links[0], links[1], links[0]]) {
      at.world.passTime(5 * MINUTE);
      await open(url ?? '');
    }
    expect((await clicked(leadId)).map(({ payload }) => payload['link'])).toEqual([PAPER, WALK]);
    expect((await hits(leadId)).map(({ classification }) => classification)).toEqual(Array(4).fill('human'));
  });

  test('hit at delivery by a gateway that opens everything is no click; the person who comes later is one', async () => {
    const { leadId, links, trap } = await sentMail();
    at.world.passTime(40_000);
    await open(links[0] ?? '');
    expect(await clicked(leadId)).toHaveLength(1);
    at.world.passTime(300);
    await open(links[1] ?? '');
    at.world.passTime(300);
    expect((await open(trap)).headers.get('location')).toBe(PAPER);
    expect(await clicked(leadId)).toEqual([]);
    expect((await classes(leadId)).map(([classification]) => classification)).toEqual(['bot', 'bot', 'bot']);
    expect(await classes(leadId)).toEqual([
      ['bot', 'trap_in_burst', 'every_link_at_once'],
      ['bot', 'trap_in_burst', 'every_link_at_once'],
      ['bot', 'trap', 'every_link_at_once'],
    ]);
    at.world.passTime(HOUR);
    await open(links[0] ?? '');
    expect((await clicked(leadId)).map(({ payload }) => payload['link'])).toEqual([PAPER]);
  });

  test('keeps the click of before when a program opens everything later on', async () => {
    const { leadId, links, trap } = await sentMail();
    at.world.passTime(HOUR);
    await open(links[0] ?? '');
    at.world.passTime(HOUR);
    for (const url of [...links, trap]) await open(url);
    expect((await classes(leadId)).map(([classification]) => classification)).toEqual(['human', 'bot', 'bot', 'bot']);
    expect(await clicked(leadId)).toHaveLength(1);
  });

  test('opened together with the page to unsubscribe, where it is the only one, is a program’s', async () => {
    const pending = await at.pendingDecision();
    const content = {
      subject: 'One link',
      subjectVariants: [],
      body: body.replace(` and a walk-through at ${WALK}`, ''),
    };
    const edited = await at.decide(pending.id, { verdict: 'edit', content });
    await at.world.drain();
    const { leadId, links, decisionId } = await sent(edited.ok ? (edited.messageId ?? '') : '');
    expect(links).toHaveLength(1);
    const [way] = await at.ctx.db.select().from(unsubscribeLinks).where(eq(unsubscribeLinks.decisionId, decisionId));
    at.world.passTime(HOUR);
    await open(links[0] ?? '');
    expect((await open(`https://x.example/u/${way?.token}`)).status).toBe(200);
    expect((await classes(leadId)).map(([classification]) => classification)).toEqual(['bot', 'bot']);
    expect(await clicked(leadId)).toEqual([]);
    expect((await at.lead(leadId)).email).not.toBeNull();
  });

  test.for<[string, Record<string, string>, string, number, string, string]>([
    ['HEAD', {}, 'HEAD', HOUR, 'bot', 'head_request'],
    ['a scanner', { 'User-Agent': 'Mozilla/5.0 (compatible; Barracuda)' }, 'GET', HOUR, 'bot', 'scanner_agent'],
    ['a prefetch', { 'Sec-Purpose': 'prefetch;prerender' }, 'GET', HOUR, 'bot', 'prefetch'],
    ['no user agent', { 'User-Agent': '' }, 'GET', HOUR, 'unknown', 'no_agent'],
    ['anything seconds after delivery', {}, 'GET', 2_000, 'bot', 'seconds_after_delivery'],
    ['a browser half a minute after delivery', {}, 'GET', 20_000, 'unknown', 'soon_after_delivery'],
  ])('opened by %s is sent on and is no click', async ([, headers, method, after, classification, reason]) => {
    const { leadId, links } = await sentMail();
    at.world.passTime(after);
    const answer = await open(links[0] ?? '', headers, method);
    expect([answer.status, answer.headers.get('location')]).toEqual([302, PAPER]);
    expect(await classes(leadId)).toEqual([[classification, reason]]);
    expect(await clicked(leadId)).toEqual([]);
  });

  test('keeps no more of a reader than the network and 200 characters of the browser’s name', async () => {
    const { leadId, links } = await sentMail();
    at.world.passTime(HOUR);
    await open(links[0] ?? '', {
      'X-Forwarded-For': '2001:db8:77:1::42',
      'User-Agent': `${CHROME} ${'x'.repeat(900)}`,
    });
    const [hit] = await hits(leadId);
    expect(hit?.raw?.['network']).toBe('2001:db8:77::/48');
    expect(String(hit?.raw?.['userAgent'])).toHaveLength(200);
  });

  test('a click ends nothing: the lead goes on through the workflow', async () => {
    const { leadId, links } = await sentMail();
    const before = await at.enrollmentOf(leadId);
    at.world.passTime(HOUR);
    await open(links[0] ?? '');
    expect(await at.enrollmentOf(leadId)).toEqual(before);
  });

  test('that was forged or cut leads nowhere, and says what to do', async () => {
    const { leadId, links } = await sentMail();
    const good = new URL(links[0] ?? '').pathname;
    const foreign = trackedUrl(
      { publicUrl: web.url, key: 'guessed', decisionId: '0197f3a2-4b1c-7d00-8aaa-0123456789ab' },
      'https://evil.example/',
    );
    for (const path of [
      good.slice(0, -1),
      `${good}A`,
      `${good.slice(0, 10)}x${good.slice(11)}`,
      new URL(foreign ?? '').pathname,
      '/c/',
      '/c',
      '/c/https:%2F%2Fevil.example',
      `/c/${'A'.repeat(5_000)}`,
      '/c/%00',
    ]) {
      const answer = await fetch(`${web.url}${path}?url=https://evil.example`, { redirect: 'manual' });
      expect([path, answer.status, answer.headers.get('location')]).toEqual([path, 404, null]);
      expect(await answer.text()).toMatch(/cut off[\s\S]*reply to the e-mail/);
    }
    expect(await hits(leadId)).toEqual([]);
  });

  test('whatever is added to it behind a question mark changes nothing', async () => {
    const { links } = await sentMail();
    const answer = await fetch(`${here(links[0] ?? '')}?url=https://evil.example&utm_source=gateway`, {
      redirect: 'manual',
    });
    expect(answer.headers.get('location')).toBe(PAPER);
  });

  test('leads on while the database is down, and the loss is logged', async () => {
    const { links } = await sentMail();
    const down = new Proxy({} as Db, {
      get: () => () => {
        throw new Error('connection refused');
      },
    });
    await web.close();
    web = await serve({ db: down });
    const answer = await open(links[0] ?? '');
    expect([answer.status, answer.headers.get('location')]).toEqual([302, PAPER]);
    expect(errors).toEqual(['a hit on a link could not be stored']);
  });

  test('keeps nobody waiting for a database that does not answer', async () => {
    const { links } = await sentMail();
    const never = new Proxy({} as Db, { get: () => () => ({ from: () => ({ where: () => new Promise(() => {}) }) }) });
    await web.close();
    web = await serve({ db: never }, 5);
    expect((await open(links[0] ?? '')).headers.get('location')).toBe(PAPER);
  });

  test('of a lead who was erased still leads on, and nothing is kept', async () => {
    const { id, leadId, links } = await sentMail();
    await at.ctx.db.execute(sql`update messages set mail = null where id = ${id}::uuid`);
    await at.ctx.db.execute(
      sql`update leads set email = null, erased_at = ${at.world.now.toISOString()}::timestamptz where id = ${leadId}::uuid`,
    );
    at.world.passTime(HOUR);
    expect((await open(links[0] ?? '')).headers.get('location')).toBe(PAPER);
    expect([await hits(leadId), errors]).toEqual([[], []]);
  });

  test('of a decision that is not here leads on, and the loss is logged', async () => {
    const made = {
      publicUrl: web.url,
      key: at.ctx.secrets.linkKey,
      decisionId: '0197f3a2-4b1c-7d00-8aaa-0123456789ab',
    };
    expect((await open(trackedUrl(made, PAPER) ?? '')).headers.get('location')).toBe(PAPER);
    expect(errors).toHaveLength(1);
  });

  test('a person’s click says that a mail of which nobody knew has arrived; a program’s does not', async () => {
    const { id } = await at.approvedMail();
    at.world.sendResults.push({ type: 'unknown', answer: 'lost' });
    await at.world.drain();
    const { links } = await sent(id);
    at.world.passTime(HOUR);
    await open(links[0] ?? '', { 'User-Agent': 'curl/8' });
    expect((await at.message(id)).status).toBe('uncertain');
    at.world.passTime(HOUR);
    await open(links[0] ?? '');
    expect((await at.message(id)).status).toBe('sent');
  });

  test('of a mail that a person had sent again is the same, and counts for the newest that left', async () => {
    const { id } = await at.approvedMail();
    at.world.sendResults.push({ type: 'unknown', answer: 'lost' });
    await at.world.drain();
    at.world.passTime(MINUTE);
    await resolveUncertain(at.ctx, { messageId: id, actor: ANA, answer: 'send_again' });
    await at.world.drain();
    const [again] = await at.ctx.db.select().from(messages).where(eq(messages.replacesId, id));
    expect(at.world.mails.map(({ mail }) => mail.html)).toEqual([
      (await sent(id)).mail.html,
      (await sent(id)).mail.html,
    ]);
    at.world.passTime(HOUR);
    const { leadId, links } = await sent(id);
    await open(links[0] ?? '');
    expect(await hits(leadId)).toMatchObject([{ messageId: again?.id, classification: 'human' }]);
  });

  test('before its mail left, or of one that never did, is nobody’s', async () => {
    const { id, leadId } = await at.approvedMail(oneMail({ undo_window: '10m' }));
    const { links } = await sent(id);
    await open(links[0] ?? '');
    expect(await hits(leadId)).toMatchObject([{ messageId: null, classification: 'unknown', reasons: ['not_sent'] }]);
  });

  test('fetched over and over fills no table, and a person’s first click is still kept', async () => {
    const { leadId, decisionId, links } = await sentMail();
    const link = { decisionId, target: PAPER, trap: false };
    const curl = { method: 'GET', userAgent: 'curl/8', prefetch: false, network: null };
    at.world.passTime(HOUR);
    for (let i = 0; i < MAX_HITS + 10; i++) await recordClick(at.ctx, link, curl);
    expect(await hits(leadId)).toHaveLength(MAX_HITS);
    at.world.passTime(HOUR);
    await open(links[0] ?? '');
    await open(links[0] ?? '');
    expect(await hits(leadId)).toHaveLength(MAX_HITS + 1);
    expect(await clicked(leadId)).toHaveLength(1);
  });

  test('hits at once count once', async () => {
    const { leadId, links } = await sentMail();
    at.world.passTime(HOUR);
    await Promise.all(Array.from({ length: 8 }, () => open(links[0] ?? '')));
    expect(await hits(leadId)).toHaveLength(8);
    expect(await clicked(leadId)).toHaveLength(1);
  });
});

describe('what is approved', () => {
  const at = engineWorld('pglite', { model });

  test('holds the tracked links: draft, approval and sending have one hash, whenever it is rendered', async () => {
    const decision = await at.pendingDecision();
    at.world.passTime(3 * HOUR);
    const verdict = await at.decide(decision.id);
    expect(verdict).toMatchObject({ ok: true, status: 'approved' });
    at.world.passTime(3 * HOUR);
    await at.world.drain();
    const [{ mail } = { mail: null }] = at.world.mails;
    if (mail === null) throw new Error('nothing was sent');
    expect(mailHash(mail)).toBe(decision.proposalHash);
    expect((await at.decision(decision.id)).proposalHash).toBe(decision.proposalHash);
    expect(mail.html).toContain('https://mail.example.com/c/');
    expect(mail.text).not.toContain('/c/');
    expect(mail.text).toContain(PAPER);
    expect(linkAllowed(PAPER, oneMail().allowed_links)).toBe(true);
    expect(decision.findings.filter(({ code }) => code.startsWith('link'))).toEqual([]);
  });

  test('is refused when a link was exchanged in the row', async () => {
    const { id } = await at.approvedMail(oneMail({ undo_window: '1h' }));
    const mail = (await at.message(id)).mail as RenderedMail;
    const changed = { ...mail, html: mail.html.replaceAll('/c/', '/d/') };
    await at.ctx.db.execute(sql`alter table messages disable trigger message_content_is_immutable`);
    await at.ctx.db.update(messages).set({ mail: changed }).where(eq(messages.id, id));
    await at.ctx.db.execute(sql`alter table messages enable trigger message_content_is_immutable`);
    at.world.passTime(2 * HOUR);
    await at.world.drain();
    expect(at.world.mails).toEqual([]);
    expect((await at.message(id)).status).toBe('cancelled');
  });

  test('an edit has the links of its own text', async () => {
    const decision = await at.pendingDecision();
    const edited = { subject: 'Another', subjectVariants: [], body: body.replace(PAPER, `${PAPER}/short`) };
    expect(await at.decide(decision.id, { verdict: 'edit', content: edited })).toMatchObject({ status: 'edited' });
    await at.world.drain();
    const { publicUrl } = at.ctx.settings;
    const link = { publicUrl, key: at.ctx.secrets.linkKey, decisionId: decision.id };
    expect(at.world.mails[0]?.mail.html).toContain(`href="${trackedUrl(link, `${PAPER}/short`)}"`);
  });

  test('has plain links where the workflow does not count clicks', async () => {
    const decision = await at.pendingDecision(oneMail({ tracking: undefined }));
    await at.decide(decision.id);
    await at.world.drain();
    expect(at.world.mails[0]?.mail.html).toContain(`<a href="${PAPER}">${PAPER}</a>`);
    expect(at.world.mails[0]?.mail.html).not.toContain('/c/');
    expect(await at.ctx.db.select().from(decisions)).toHaveLength(1);
    expect(await at.ctx.db.select().from(enrollments)).toHaveLength(1);
  });
});
