import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startWorld, type World } from '../../sandbox/world.ts';
import { launchBrowser, seriousViolations, watched, type Watch } from './browser.ts';
import { describeInBrowser } from './describe-in-browser.ts';
import { blocks, elements, inputElements } from './one-of-each.ts';

/** The page draws whatever is in a message or view; what the stand-in would refuse is put into its answers on the way. */

const CHANNEL = 'C0NURTUREEMAILS';

describeInBrowser('one of every block and element, in a browser', () => {
  let world: World;
  let browser: Browser;
  let context: BrowserContext;
  let watch: Watch;
  let page: Page;
  let shown: unknown[] = [];
  let modals: unknown[] = [];
  let messages = 0;
  /** What the page sent, by name. */
  let sent: Array<{ name: string; body: Record<string, unknown> }> = [];

  beforeAll(async () => {
    const manifest: unknown = JSON.parse(readFileSync(new URL('../../manifest.json', import.meta.url), 'utf8'));
    world = await startWorld({ manifest, pagePort: 0, appUrl: () => 'http://127.0.0.1:9' });
    browser = await launchBrowser();
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    watch = await watched(context);
    await context.route('**/world/channel?*', (route) =>
      route.fulfill({
        json: { channel: new URL(route.request().url()).searchParams.get('channel'), earlier: 0, messages: shown },
      }),
    );
    await context.route('**/world/workspace?*', async (route) => {
      const response = await route.fetch();
      const content = await response.json();
      const channels = [...content.channels, ...directs(content.botUserId)];
      await route.fulfill({ json: { ...content, channels, modals, shortcuts: SHORTCUTS } });
    });
    for (const name of ['click', 'click-in-view', 'submit', 'suggest', 'shortcut', 'close-view'])
      await context.route(`**/world/${name}`, async (route) => {
        sent.push({ name, body: route.request().postDataJSON() });
        if (name === 'close-view') modals = modals.slice(0, -1);
        await route.fulfill({ json: answers[name] ?? ACKED });
      });
    page = await context.newPage();
    await page.goto(`${world.url}/#ana/nurture-emails`);
    await page.getByRole('heading', { name: 'nurture-emails' }).waitFor();
  });

  beforeEach(() => {
    shown = [];
    modals = [];
    sent = [];
  });

  afterEach(() => expect(watch.wrong.splice(0)).toEqual([]));

  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });

  /** Opens the channel anew with a message of these blocks. */
  const showMessage = async (...content: object[]): Promise<Locator> => {
    return await showBlocks(content.map((block, index) => ({ block_id: `b${index}`, ...block })));
  };
  const showModal = async (...views: object[][]): Promise<Locator> => {
    modals = views.map((content, index) => ({
      id: `V${index}`,
      hash: `h${index}`,
      view: {
        type: 'modal',
        title: { type: 'plain_text', text: `View ${index + 1}` },
        submit: { type: 'plain_text', text: 'Send' },
        blocks: content.map((block, at) => ({ block_id: `b${at}`, ...block })),
      },
    }));
    await changed();
    return page.getByRole('dialog', { name: `View ${views.length}` });
  };
  const showBlocks = async (content: unknown[]): Promise<Locator> => {
    messages += 1;
    const at = MESSAGE.at + messages * 60_000;
    shown = [{ ...MESSAGE, id: `${messages}.1`, ts: `${messages}.1`, at, blocks: content }];
    await changed();
    const message = page.getByRole('article', { name: `Ben Okafor, ${clock(at)}` });
    await message.waitFor();
    return message;
  };
  /** Makes the page look again. */
  const changed = async (): Promise<void> => {
    await world.slack.workspace.say({ user: 'U0BEN', channel: '#general', text: 'Something happened.' });
  };
  /** Words, names of controls and what stands in fields. */
  const seen = async (place: Locator): Promise<string> => {
    const values = await page.evaluate<string[]>(FIELD_VALUES);
    return `${await place.innerText()} ${values.join(' ')}`;
  };
  const fine = async (place: Locator, words: string[]): Promise<void> => {
    const text = await seen(place);
    for (const word of words) expect(text).toContain(word);
    expect(await place.locator('.unknown').count()).toBe(0);
  };

  test('every block is drawn with its words, none as JSON', async () => {
    const message = await showMessage(...Object.values(blocks).map(({ value }) => value));
    expect(await message.locator('.block').count()).toBeGreaterThanOrEqual(Object.keys(blocks).length);
    await fine(
      message,
      Object.values(blocks).flatMap(({ see }) => see),
    );
  });

  test('every element is drawn where it acts at once', async () => {
    const acting = Object.entries(elements).map(([type, { value }]) => ({ action_id: type, ...value }));
    const message = await showMessage({ type: 'actions', elements: acting });
    await fine(
      message,
      Object.values(elements).flatMap(({ see }) => see),
    );
  });

  test('every element that can stand in a form is drawn there, under its label', async () => {
    const inputs = Object.entries(inputElements).map(([type, { value }]) => ({
      type: 'input',
      label: { type: 'plain_text', text: `Label of ${type}` },
      element: { action_id: type, ...value },
    }));
    const dialog = await showModal(inputs);
    await fine(
      dialog,
      Object.values(inputElements).flatMap(({ see }) => see),
    );
    for (const type of Object.keys(inputElements)) expect(await dialog.innerText()).toContain(`Label of ${type}`);
    expect(await seriousViolations(page)).toEqual([]);
  });

  test('what the page does not know stands in a grey box as its JSON, and the rest is drawn', async () => {
    const message = await showMessage(
      { type: 'hologram', depth: 3 },
      { type: 'actions', elements: [{ type: 'lever', action_id: 'pull' }] },
      { type: 'rich_text', elements: [{ type: 'rich_text_song', verse: 'la <b>la</b>' }] },
      { type: 'section', text: { type: 'plain_text', text: 'And the rest' } },
    );
    expect(await message.locator('.unknown').allInnerTexts()).toEqual([
      expect.stringContaining('"depth": 3'),
      expect.stringContaining('"lever"'),
      expect.stringContaining('la <b>la</b>'),
    ]);
    await message.getByText('And the rest').waitFor();
  });

  test('no block that is broken takes the page down', async () => {
    const message = await showBlocks([
      ...BROKEN,
      { type: 'section', text: { type: 'plain_text', text: 'Still here' } },
    ]);
    await message.getByText('Still here').waitFor();
  });

  test('nothing in any text becomes markup, a mention of all or a link that runs something', async () => {
    const evil =
      '<img src=x onerror=alert(1)> <script>alert(1)</script> &lt;!channel&gt; <javascript:alert(1)|press> [a](javascript:alert(1))';
    const message = await showMessage(
      { type: 'section', text: { type: 'mrkdwn', text: evil }, fields: [{ type: 'plain_text', text: evil }] },
      { type: 'markdown', text: evil },
      { type: 'header', text: { type: 'plain_text', text: evil } },
      {
        type: 'rich_text',
        elements: [
          {
            type: 'rich_text_section',
            elements: [
              { type: 'link', url: 'javascript:alert(1)', text: 'press' },
              { type: 'text', text: evil },
            ],
          },
        ],
      },
      { type: 'image', image_url: 'https://elsewhere.example/x.png', alt_text: evil },
      {
        type: 'actions',
        elements: [
          { type: 'button', text: { type: 'plain_text', text: 'Go' }, url: 'javascript:alert(1)', action_id: 'go' },
        ],
      },
      { type: 'table', rows: [[{ type: 'raw_text', text: evil }]] },
    );
    expect(await message.locator('img, script, [href^="javascript"], .mention').count()).toBe(0);
    expect((await message.innerText()).split('<img src=x').length).toBeGreaterThan(4);
  });

  test('a link that leads off this machine says where, and opens nothing', async () => {
    const message = await showMessage({
      type: 'section',
      text: { type: 'mrkdwn', text: 'See <https://example.com/a|this page>' },
    });
    await message.getByRole('link', { name: 'this page' }).click();
    await page.getByText('The sandbox opens nothing outside this computer: https://example.com/a').waitFor();
    expect(context.pages()).toHaveLength(1);
  });

  test('checkboxes and menus in a message tell the app all that is chosen', async () => {
    const message = await showMessage({
      type: 'actions',
      elements: [
        { ...elements.checkboxes.value, action_id: 'checks' },
        { ...elements.multi_static_select.value, action_id: 'several' },
        { ...elements.static_select.value, action_id: 'one' },
      ],
    });
    await message.getByLabel('Second option').first().check();
    await message.getByLabel('First option').first().check();
    await message.getByLabel('Several things: Several things').click();
    await message.locator('.pick-panel').getByLabel('First option').check();
    await message.locator('.pick-panel').getByLabel('Second option').check();
    await page.keyboard.press('Escape');
    await message.locator('.token', { hasText: 'First option' }).waitFor();
    // The panel tells what was chosen once it has closed, which a browser does in a task of its own.
    await expect.poll(() => sent.length).toBe(3);
    await message.locator('select').selectOption('Second option');
    await expect.poll(() => sent.length).toBe(4);
    expect(sent.map(({ body }) => [body['actionId'], body['value']])).toEqual([
      ['checks', ['two']],
      ['checks', ['one', 'two']],
      ['several', ['one', 'two']],
      ['one', 'two'],
    ]);
  });

  test('what is filled into a message goes with the button that is pressed', async () => {
    const message = await showMessage(
      {
        type: 'input',
        block_id: 'why',
        label: { type: 'plain_text', text: 'Why?' },
        element: { type: 'plain_text_input', action_id: 'why' },
      },
      {
        type: 'actions',
        elements: [{ type: 'button', text: { type: 'plain_text', text: 'Tell' }, action_id: 'tell', value: 'v1' }],
      },
    );
    await message.getByLabel('Why?').fill('Because');
    await message.getByRole('button', { name: 'Tell', exact: true }).click();
    await expect
      .poll(() => sent)
      .toMatchObject([
        { name: 'click', body: { actionId: 'tell', value: 'v1', values: { why: 'Because' }, channel: CHANNEL } },
      ]);
  });

  test('a menu of the app’s suggestions asks while one types and keeps what was chosen', async () => {
    answers['suggest'] = { ...ACKED, options: [{ text: { type: 'plain_text', text: 'Acme Lifts' }, value: 'acme' }] };
    const dialog = await showModal([
      {
        type: 'input',
        label: { type: 'plain_text', text: 'Account' },
        element: {
          type: 'external_select',
          action_id: 'account',
          min_query_length: 2,
          placeholder: { type: 'plain_text', text: 'Find one' },
        },
      },
    ]);
    await dialog.getByText('Find one').click();
    await dialog.getByRole('searchbox').pressSequentially('ac');
    await dialog.getByLabel('Acme Lifts').check();
    await dialog.locator('summary', { hasText: 'Acme Lifts' }).waitFor();
    await dialog.getByRole('button', { name: 'Send' }).click();
    await expect.poll(() => sent.filter(({ name }) => name === 'submit').length).toBe(1);
    expect(sent.filter(({ name }) => name === 'suggest').map(({ body }) => body['value'])).toEqual(['ac']);
    expect(sent.at(-1)?.body['values']).toEqual({ b0: 'acme' });
  });

  test('a dialog on a dialog leaves what was typed below as it was', async () => {
    const input = (label: string): object => ({
      type: 'input',
      label: { type: 'plain_text', text: label },
      element: { type: 'plain_text_input', action_id: label },
    });
    const dialog = await showModal([input('Subject')]);
    await dialog.getByLabel('Subject').fill('half a thought');
    const [first] = modals;
    modals = [
      first,
      {
        ...(first as object),
        id: 'V9',
        view: { type: 'modal', title: { type: 'plain_text', text: 'On top' }, blocks: [] },
      },
    ];
    await changed();
    await page.getByRole('dialog', { name: 'On top' }).waitFor();
    await page.getByRole('button', { name: 'Back to View 1' }).click();
    await page.getByRole('dialog', { name: 'View 1' }).waitFor();
    expect(await page.getByRole('dialog', { name: 'View 1' }).getByLabel('Subject').inputValue()).toBe(
      'half a thought',
    );
  });

  test('the app’s shortcuts are on a message’s menu and beside the line to write in', async () => {
    const message = await showMessage({ type: 'section', text: { type: 'plain_text', text: 'A message' } });
    await message.hover();
    await message.getByRole('button', { name: 'More actions' }).click();
    await message.getByRole('menuitem', { name: 'Explain this' }).click();
    await page.getByRole('button', { name: 'Shortcuts' }).click();
    await page.getByRole('menuitem', { name: 'Start something' }).click();
    await expect
      .poll(() => sent.map(({ body }) => body))
      .toMatchObject([{ callbackId: 'explain', channel: CHANNEL, ts: `${messages}.1` }, { callbackId: 'start' }]);
  });

  test('direct messages stand under the app that writes them, or under the names of who else is in them', async () => {
    const sidebar = page.getByRole('navigation', { name: 'Workspace' });
    await showMessage({ type: 'section', text: { type: 'plain_text', text: 'Between us' } });
    await sidebar.getByRole('button', { name: 'Countersign 1 unread' }).click();
    await page.getByRole('navigation', { name: 'Countersign' }).getByRole('button', { name: 'Messages' }).click();
    await page.getByRole('article').getByText('Between us').waitFor();
    await page.getByRole('textbox', { name: 'Message Countersign' }).waitFor();
    await sidebar.getByRole('button', { name: 'Ben Okafor, Carla Weiss' }).click();
    await page.getByRole('heading', { name: 'Ben Okafor, Carla Weiss' }).waitFor();
    await sidebar.getByRole('button', { name: 'nurture-emails' }).click();
  });

  test('a table of data can be sorted, searched and paged', async () => {
    const cell = (text: string): object => ({ type: 'raw_text', text });
    const rows = Array.from({ length: 12 }, (_, index) => [
      cell(`Lead ${index + 1}`),
      { type: 'raw_number', value: 100 - index, text: String(100 - index) },
    ]);
    const message = await showMessage({
      type: 'data_table',
      caption: 'Scores',
      rows: [[cell('Who'), cell('Score')], ...rows],
    });
    await message.getByText('Page 1 of 3').waitFor();
    expect(await message.locator('tbody tr').count()).toBe(5);
    await message.getByRole('button', { name: 'Score' }).click();
    expect(await message.locator('tbody tr').first().innerText()).toContain('Lead 12');
    await message.getByRole('button', { name: 'Next rows' }).click();
    await message.getByText('Page 2 of 3').waitFor();
    await message.getByRole('searchbox').fill('lead 11');
    expect(await message.locator('tbody tr').allInnerTexts()).toEqual([expect.stringContaining('Lead 11')]);
  });
});

const BROKEN = [
  null,
  7,
  'text',
  [],
  {},
  { type: 'section', text: 5 },
  { type: 'section', accessory: { type: 'static_select', options: 'x' } },
  { type: 'table', rows: 'x' },
  { type: 'actions', elements: [null] },
  { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'date', timestamp: 'x' }] }] },
  { type: 'image', image_url: 5 },
  { type: 'input' },
  { type: 'data_visualization', chart: { type: 'pie', segments: 'x' } },
  { type: 'data_table' },
  { type: 'container', child_blocks: {} },
  { type: 'task_card', details: 'x', sources: [1] },
  { type: 'video', video_url: 'javascript:alert(1)' },
];
/** In the page: what stands in its fields. */
const FIELD_VALUES = `[...document.querySelectorAll(':is(article, dialog) :is(input, textarea)')].map((node) => node.value)`;
const clock = (at: number): string =>
  new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' }).format(new Date(at));
const MESSAGE = {
  id: '1.000100',
  ts: '1.000100',
  at: 1_795_683_600_000,
  user: 'U0BEN',
  text: 'words',
  blocks: [],
  edited: false,
  onlyForMe: false,
  isNote: false,
  attachments: [],
  files: [],
  replies: [],
};
/** A direct message with the app, and one of three people. */
const directs = (bot: string): object[] => [
  { id: 'D1', name: 'D1', kind: 'im', isPrivate: true, members: [bot, 'U0ANA'], recent: ['1.1'] },
  { id: 'G1', name: 'G1', kind: 'mpim', isPrivate: true, members: ['U0ANA', 'U0BEN', 'U0CARLA'], recent: [] },
];
const SHORTCUTS = [
  { name: 'Explain this', type: 'message', callbackId: 'explain', description: 'Why it was proposed' },
  { name: 'Start something', type: 'global', callbackId: 'start', description: '' },
];
const ACKED = { acked: true, ackMs: 1, error: null, errors: {}, options: [] };
const answers: Record<string, object> = {};
