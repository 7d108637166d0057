import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { assertAllAcked, person, waitFor } from '../../sandbox/slack/driver.ts';
import { launchBrowser, seriousViolations, watched, type Watch } from './browser.ts';
import { testDatabase } from '../support/database.ts';
import { describeInBrowser } from './describe-in-browser.ts';
import { type Sandbox, startSandbox } from './sandbox.ts';

/** The real app in the sandbox's page, one browser for all: each test decides on a lead of its own. */

const HOUR = 3_600_000;
const EVIL = `<img src=x onerror="document.title='taken'"> <!channel> <javascript:alert(1)|click> &lt;b&gt; *bold*`;
const LEADS = `email,first_name,last_name,company,job_title,country,timezone,notes
karen@brightwater.example,Karen,Osei,Brightwater HVAC,Head of Operations,United Kingdom,Europe/London,
jonas@lehmann.example,Jonas,Lehmann,Lehmann Aufzüge,Disponent,Germany,Europe/Berlin,
maria@nordkyl.example,Maria,Lindqvist,Nordkyl AB,Service Manager,Sweden,Europe/Stockholm,
priya@voltline.example,Priya,Raman,Voltline Facilities,Dispatcher,United Kingdom,Europe/London,
sean@alarms.example,Seán,Ó Briain,Galway Alarms,Managing Director,Ireland,Europe/Dublin,
mallory@evil.example,Mallory,Mark,"${EVIL.replaceAll('"', '""')}",Owner,Ireland,Europe/Dublin,"${EVIL.replaceAll('"', '""')}"
`;
const COUNT = 6;
/** In the page: what stands beyond its right edge, but for what scrolls by itself. */
const STICKS_OUT = `[...document.querySelectorAll('body *')]
  .filter((node) => node.checkVisibility({ visibilityProperty: true }) && node.closest('.table-scroll, .row-scroll, iframe') === null)
  .filter((node) => node.getBoundingClientRect().right > innerWidth + 1)
  .map((node) => node.outerHTML.slice(0, 120))`;

describeInBrowser('the page, in a browser', () => {
  let sandbox: Sandbox;
  let browser: Browser;
  let context: BrowserContext;
  let watch: Watch;
  let page: Page;

  beforeAll(async () => {
    // A Thursday morning, inside everybody's hours.
    [sandbox, browser] = await Promise.all([
      testDatabase().then((database) =>
        startSandbox({ leads: LEADS, from: new Date('2026-11-26T09:00:00Z'), database }),
      ),
      launchBrowser(),
    ]);
    await toDrafts(sandbox);
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    watch = await watched(context);
    page = await context.newPage();
    await page.goto(sandbox.url);
    await page.getByRole('button', { name: 'Dismiss' }).click();
  });

  beforeEach(async () => {
    await page.goto(`${sandbox.url}/#ana/nurture-emails`);
    await page.getByRole('heading', { name: 'nurture-emails' }).waitFor();
  });

  afterEach(async () => {
    // A dialog that a failed test left open would stand in the way of the next.
    const { workspace } = sandbox.world.slack;
    for (const { id } of workspace.modals('ana').toReversed()) await workspace.closeView({ user: 'ana', viewId: id });
    expect(watch.wrong.splice(0)).toEqual([]);
    assertAllAcked(sandbox.world.slack.workspace);
  });

  afterAll(async () => {
    await browser?.close();
    await sandbox?.close();
  });

  const card = (lead: string, on = page): Locator => on.getByRole('article').filter({ hasText: lead });
  const button = (name: string, within: Locator | Page = page): Locator => within.getByRole('button', { name });

  test('a click on Approve settles the card in front of the reader’s eyes', async () => {
    await button('Approve', card('Karen Osei')).click();
    await card('Karen Osei')
      .getByText(/Approved by/)
      .waitFor();
    expect(await button('Approve', card('Karen Osei')).count()).toBe(0);
  });

  test('an edit that cannot stay is refused at its field, and saved once it is mended', async () => {
    await button('Edit', card('Jonas Lehmann')).click();
    const dialog = page.getByRole('dialog');
    const subject = dialog.getByLabel('Subject', { exact: true });
    const before = await subject.inputValue();
    expect(before).not.toBe('');
    await subject.fill('');
    await button('Approve with changes', dialog).or(dialog.locator('[type=submit]')).first().click();
    const error = dialog.getByRole('alert').filter({ visible: true });
    await error.waitFor();
    expect(await subject.getAttribute('aria-invalid')).toBe('true');
    expect(await page.evaluate('document.activeElement.labels[0].textContent')).toBe('Subject');
    await subject.fill('One thought on your sick days');
    expect(await dialog.getByText('29 / 200').count()).toBe(1);
    await dialog.locator('[type=submit]').click();
    await dialog.waitFor({ state: 'detached' });
    await card('Jonas Lehmann')
      .getByText(/Edited and approved by/)
      .waitFor();
    await card('Jonas Lehmann').getByText('One thought on your sick days').first().waitFor();
  });

  test('a rejection asks why, and the card says so', async () => {
    await button('Reject', card('Maria Lindqvist')).click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('[type=submit]').click();
    await dialog.getByRole('alert').filter({ visible: true }).first().waitFor();
    await dialog.getByLabel('Wrong tone').check();
    await dialog.getByRole('textbox', { name: 'Note' }).fill('Too pushy for a first mail.');
    await dialog.locator('[type=submit]').click();
    await dialog.waitFor({ state: 'detached' });
    await card('Maria Lindqvist')
      .getByText(/Rejected by/)
      .waitFor();
    await card('Maria Lindqvist').getByText('Too pushy for a first mail.').waitFor();
  });

  test('a slash offers the commands, and the answer is for one person alone', async () => {
    const composer = page.getByRole('textbox', { name: 'Message #nurture-emails' });
    await composer.fill('/');
    await page.getByRole('option', { name: /\/workflow/ }).waitFor();
    await composer.press('Tab');
    expect(await composer.inputValue()).toBe('/workflow ');
    await page.getByRole('option', { name: '/workflow status' }).waitFor();
    await composer.press('Tab');
    await composer.press('Enter');
    const whisper = page.getByRole('article').filter({ hasText: 'Only visible to you' });
    await whisper
      .getByText(/whitepaper-nurture/)
      .first()
      .waitFor();
    await button('Ben').click();
    await page.getByRole('heading', { name: 'nurture-emails' }).waitFor();
    await card('Karen Osei').first().waitFor();
    expect(await whisper.count()).toBe(0);
    await button('Ana').click();
    await button('Dismiss', whisper).click();
    await whisper.waitFor({ state: 'detached' });
  });

  test('by the keyboard alone a card is approved and a dialog closed, and the focus is never lost', async () => {
    const focused = (): Promise<string> =>
      page.evaluate<string>(
        '`${document.activeElement.tagName} ${document.activeElement.textContent.trim().slice(0, 20)}`',
      );
    await button('Edit', card('Priya Raman')).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    expect(await focused()).toMatch(/^(INPUT|TEXTAREA)/);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await focused()).toBe('BUTTON Edit');
    await page.keyboard.press('Shift+Tab');
    expect(await focused()).toBe('BUTTON Approve');
    await page.keyboard.press('Enter');
    await card('Priya Raman')
      .getByText(/Approved by/)
      .waitFor();
    expect(await focused()).toMatch(/^ARTICLE/);
  });

  test('an answer in a thread stands beside the card that it is about', async () => {
    await card('Karen Osei').hover();
    await button('Reply in thread', card('Karen Osei')).click();
    const thread = page.getByRole('complementary', { name: 'Thread' });
    const reply = thread.getByRole('textbox', { name: 'Reply in thread' });
    await reply.fill('I know her <b>well</b>, @ben');
    await reply.press('Enter');
    await thread.getByText('I know her <b>well</b>, @Ben Okafor').waitFor();
    await reply.press('Escape');
    await thread.waitFor({ state: 'detached' });
    await button('1 reply', card('Karen Osei')).waitFor();
    await page.reload();
    await button('1 reply', card('Karen Osei')).click();
    await thread.getByText('I know her').waitFor();
  });

  test('what a lead wrote is words and nothing else', async () => {
    const evil = card('Mallory');
    await evil.first().waitFor();
    expect(await evil.first().innerText()).toContain('<img src=x onerror=');
    expect(await page.locator('.scroll img').count()).toBe(0);
    expect(await page.locator('.mention.broadcast').count()).toBe(0);
    expect(await page.locator('[href^="javascript:"]').count()).toBe(0);
    expect(await page.title()).not.toBe('taken');
  });

  test('unread messages are counted where one is not, and read once one is', async () => {
    await button('general').click();
    await page.getByRole('heading', { name: 'general' }).waitFor();
    const before = sandbox.world.slack.workspace.messages('#nurture-emails').length;
    await sandbox.world.slack.workspace.say({ user: 'U0BEN', channel: '#nurture-emails', text: 'Who looks at Karen?' });
    await page.locator('.nav', { hasText: 'nurture-emails' }).getByLabel('1 unread').waitFor();
    await button('nurture-emails').click();
    await page.getByText('Who looks at Karen?').waitFor();
    expect(await page.getByLabel('1 unread').count()).toBe(0);
    expect(sandbox.world.slack.workspace.messages('#nurture-emails')).toHaveLength(before + 1);
  });

  test('the page’s own files weigh less than 300 kB, and nothing else is loaded', async () => {
    const fresh = await browser.newContext();
    const own = await watched(fresh);
    const tab = await fresh.newPage();
    const sizes: number[] = [];
    const reading: Array<Promise<void>> = [];
    tab.on('response', (response) => {
      const { pathname } = new URL(response.url());
      if (pathname.startsWith('/world/')) return;
      reading.push(response.body().then((body) => void sizes.push(body.length)));
    });
    await tab.goto(sandbox.url);
    await tab.getByRole('article').first().waitFor();
    await Promise.all(reading);
    expect(sizes.length).toBeGreaterThan(30);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(300_000);
    expect(own.wrong).toEqual([]);
    await fresh.close();
  });

  test('on a phone everything is within reach and nothing sticks out', async () => {
    const phone = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    const own = await watched(phone);
    const tab = await phone.newPage();
    const sticksOut = (): Promise<string[]> => tab.evaluate<string[]>(STICKS_OUT);
    await tab.goto(`${sandbox.url}/#ana/nurture-emails`);
    await button('Dismiss', tab.getByRole('complementary', { name: 'Hint' })).click();
    await card('Seán', tab).first().waitFor();
    expect(await sticksOut()).toEqual([]);
    await button('Edit', card('Seán', tab)).tap();
    await tab.getByRole('dialog').waitFor();
    expect(await sticksOut()).toEqual([]);
    await button('Close', tab.getByRole('dialog')).first().tap();
    await tab.getByRole('dialog').waitFor({ state: 'detached' });
    for (const place of ['Countersign', 'Mailbox', 'nurture-scores']) {
      await button('Channels', tab).tap();
      await button(place, tab.getByRole('navigation', { name: 'Workspace' })).tap();
      await tab.getByRole('heading', { name: place, level: 1 }).waitFor();
      expect(await sticksOut()).toEqual([]);
    }
    await button('World: people, model and more', tab).tap();
    const world = tab.getByRole('complementary', { name: 'World' });
    await world.waitFor();
    expect(await sticksOut()).toEqual([]);
    await button('Traffic', world).tap();
    await tab.getByRole('complementary', { name: 'Traffic' }).waitFor();
    expect(await sticksOut()).toEqual([]);
    await button('Close traffic', tab).tap();
    expect(await button('+1 day', tab).isVisible()).toBe(true);
    expect(own.wrong).toEqual([]);
    await phone.close();
  });

  test.for(['light', 'dark'] as const)('nothing on the main screens keeps anybody out, in %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    const check = async (what: string): Promise<void> => expect(await seriousViolations(page), what).toEqual([]);
    await card('Mallory').first().waitFor();
    await check('a channel with cards');
    await button('Edit', card('Mallory')).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Subject', { exact: true }).fill('');
    await dialog.locator('[type=submit]').click();
    await dialog.getByRole('alert').filter({ visible: true }).waitFor();
    await check('a dialog with an error');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await button('1 reply', card('Karen Osei')).click();
    await page.getByRole('complementary', { name: 'Thread' }).getByText('I know her').waitFor();
    await check('a channel with a thread');
    await button('Traffic').click();
    await page.getByRole('complementary', { name: 'Traffic' }).getByText('chat.postMessage').first().waitFor();
    await check('a channel with the traffic');
    await button('Close traffic').click();
    await button('Countersign', page.getByRole('navigation', { name: 'Workspace' })).click();
    await page.locator('.home .blocks').waitFor();
    await check('the app’s Home');
    if (sandbox.world.mail.messages().length === 0) await sandbox.advance(HOUR);
    await button('Mailbox').click();
    await page.getByRole('button', { name: /Karen/ }).first().click();
    await page.getByRole('article').getByText('karen@brightwater.example').first().waitFor();
    await check('the mailbox with an open mail');
    await page.emulateMedia({ colorScheme: 'light' });
  });

  test('a week forward sends what was approved, and the mail is in the mailbox', async () => {
    await button('Approve', card('Seán')).click();
    await card('Seán')
      .getByText(/Approved by/)
      .waitFor();
    await button('+1 week').click();
    await page.locator('time').filter({ hasText: 'Thu, 3 Dec 2026' }).first().waitFor({ timeout: 20_000 });
    await button('Mailbox').click();
    await page.getByRole('button', { name: /Seán/ }).first().click();
    await page.getByRole('article').getByText('sean@alarms.example').first().waitFor();
    const body = page.frameLocator('iframe').locator('body');
    expect(await body.innerText()).toMatch(/Seán/);
  });

  test('what a lead answers to their mail reaches the people who approved it', async () => {
    await button('Mailbox').click();
    await page.getByRole('button', { name: /Karen/ }).first().click();
    await button('Reply…').click();
    await page.getByRole('menuitem', { name: /^Interested/ }).click();
    const reply = page.getByRole('textbox', { name: 'The reply' });
    await reply.fill('Nora, this is <b>interesting</b>. What does it cost? <!channel>');
    await button('Send reply').click();
    await page
      .getByRole('region', { name: 'What was done with it' })
      .getByText(/You replied/)
      .first()
      .waitFor();
    await button('nurture-emails').click();
    const notice = page.getByRole('article').filter({ hasText: 'What does it cost?' });
    await notice
      .getByText(/Karen Osei/)
      .first()
      .waitFor();
    expect(await notice.innerText()).toContain('<b>interesting</b>. What does it cost? <!channel>');
    expect(await notice.locator('.mention.broadcast').count()).toBe(0);
  });
});

/** Scores approved by Ben, an hour gone: a draft for every lead waits in #nurture-emails. */
async function toDrafts(sandbox: Sandbox): Promise<void> {
  const { workspace } = sandbox.world.slack;
  const cards = (channel: string, count: number): Promise<true> =>
    waitFor(
      workspace,
      `${count} cards in ${channel}`,
      () => workspace.messages(channel).length >= count || null,
      30_000,
    );
  await sandbox.app.drain();
  await cards('#nurture-scores', COUNT);
  const ben = person(workspace, 'ben').in('#nurture-scores');
  for (const name of ['Karen', 'Jonas', 'Maria', 'Priya', 'Seán', 'Mallory']) await ben.card(name).click('Approve');
  await sandbox.advance(HOUR);
  await cards('#nurture-emails', COUNT);
}
