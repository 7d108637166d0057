import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Locator, Page } from 'playwright-core';
import { indexedPng } from './indexed-png.ts';
import { person } from '../sandbox/slack/driver.ts';
import { launchBrowser, watched } from '../test/browser/browser.ts';
import { type Sandbox, startSandbox } from '../test/browser/sandbox.ts';

/**
 * `npm run screenshots`: plays the scenes of `docs/images` in a sandbox of their own and takes a picture of each. Time
 * stands still but for what the scenes move, so the same program makes the same pictures.
 * To look at them otherwise: `--out DIR --scheme dark --width 390 --height 844`.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(root, 'docs/images') },
    scheme: { type: 'string', default: 'light' },
    width: { type: 'string', default: '1160' },
    height: { type: 'string', default: '860' },
  },
});
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A picture of a page full of text should not weigh more. */
const LARGEST = 250_000;

type Stage = { sandbox: Sandbox; page: Page };
type Scene = { name: string; play: (stage: Stage) => Promise<void> };

const card = (page: Page, lead: string): Locator => page.getByRole('article').filter({ hasText: lead });

/** Opens a place as somebody; the address holds both. */
async function open({ page, sandbox }: Stage, place: string): Promise<void> {
  await page.goto(`${sandbox.url}/#${place}`);
  await page.locator('#main h1').waitFor();
}

/** Puts the last message with these words at the upper edge of what can be seen. */
async function bringUp(page: Page, words: string): Promise<void> {
  await card(page, words).last().waitFor();
  const found = `[...document.querySelectorAll('article')].findLast((node) => node.innerText.includes(${JSON.stringify(words)}))`;
  await page.evaluate(`${found}.scrollIntoView({ block: 'start' })`);
}

const scenes: Scene[] = [
  {
    name: 'first-minute',
    play: async (stage) => {
      await stage.sandbox.app.drain();
      await open(stage, '');
      await card(stage.page, 'Score for').last().waitFor();
      await stage.page.getByRole('complementary', { name: 'Hint' }).waitFor();
    },
  },
  {
    name: 'email-card',
    play: async (stage) => {
      const { sandbox, page } = stage;
      const { workspace } = sandbox.world.slack;
      const carla = person(workspace, 'carla').in('#nurture-scores');
      for (const { text } of workspace.messages('#nurture-scores')) await carla.card(text).click('Approve');
      await sandbox.app.drain();
      await sandbox.advance(HOUR);
      await page.getByRole('complementary', { name: 'Hint' }).getByRole('button', { name: 'Dismiss' }).click();
      await open(stage, 'ana/nurture-emails');
      await bringUp(page, 'E-mail to Karen Osei');
    },
  },
  {
    name: 'edit-with-error',
    play: async ({ page }) => {
      await card(page, 'E-mail to Tom Hargreaves').getByRole('button', { name: 'Edit' }).click();
      const dialog = page.getByRole('dialog');
      const body = dialog.getByLabel('Text', { exact: true });
      await body.fill(spoiled(await body.inputValue()));
      await dialog.locator('[type=submit]').click();
      await dialog.getByRole('alert').filter({ visible: true }).first().waitFor();
      // The placeholder stands in the first line, the caret at the end.
      await page.evaluate(`document.querySelector('dialog textarea').scrollTop = 0`);
    },
  },
  {
    name: 'settled-card',
    play: async ({ sandbox, page }) => {
      const dialog = page.getByRole('dialog');
      const body = dialog.getByLabel('Text', { exact: true });
      await body.fill(mended(await body.inputValue()));
      await dialog.locator('[type=submit]').click();
      await dialog.waitFor({ state: 'detached' });
      await sandbox.app.drain();
      const settled = card(page, 'E-mail to Tom Hargreaves');
      await settled.getByText(/Edited and approved/).waitFor();
      await bringUp(page, 'E-mail to Tom Hargreaves');
    },
  },
  {
    name: 'mailbox',
    play: async (stage) => {
      const { sandbox, page } = stage;
      await card(page, 'E-mail to Karen Osei').getByRole('button', { name: 'Approve' }).click();
      await card(page, 'E-mail to Maria Lindqvist').getByRole('button', { name: 'Approve' }).click();
      await sandbox.app.drain();
      await sandbox.advance(HOUR);
      await open(stage, 'ana/mail');
      await page.getByRole('list', { name: 'Mails' }).getByRole('button', { name: /Karen/ }).click();
      await page.getByRole('button', { name: 'Reply…' }).click();
      await page.getByRole('menuitem', { name: /^Interested/ }).click();
      await page.getByRole('textbox', { name: 'The reply' }).waitFor();
    },
  },
  {
    name: 'digest',
    play: async (stage) => {
      const { sandbox, page } = stage;
      // A model that errs now and then gives people something to mend.
      sandbox.world.openai.quality = 0.8;
      sandbox.world.people.leads = true;
      sandbox.world.people.reviewers = true;
      await sandbox.advance(6 * DAY);
      await open(stage, 'ana/nurture-digest');
      await bringUp(page, 'People decided');
    },
  },
];

const ALLOWED = 'https://fieldlark.example/paper';
const SHORTENED = 'https://bit.ly/paper';

/** What a hasty person might do to a text: a placeholder left in, and a link that nobody has allowed. */
const spoiled = (text: string): string => text.replace('Tom,', '[First Name],').replace(ALLOWED, SHORTENED);
const mended = (text: string): string => text.replace('[First Name],', 'Tom,').replace(SHORTENED, ALLOWED);

async function main(): Promise<void> {
  const sandbox = await startSandbox({
    leads: await readFile(join(root, 'sandbox/people/leads.csv'), 'utf8'),
    // A Wednesday morning, before anybody has decided anything.
    from: new Date('2026-11-25T09:00:10Z'),
    standing: true,
    publicUrl: 'https://mail.fieldlark.example',
    seed: 'screenshots',
  });
  // In a process of its own the frame with a mail's HTML would not be drawn as sharp as the page.
  const browser = await launchBrowser(['--disable-features=IsolateSandboxedIframes']);
  try {
    const context = await browser.newContext({
      viewport: { width: Number(values.width), height: Number(values.height) },
      deviceScaleFactor: 2,
      colorScheme: values.scheme === 'dark' ? 'dark' : 'light',
      locale: 'en-GB',
      timezoneId: 'Europe/Berlin',
      reducedMotion: 'reduce',
    });
    const watch = await watched(context);
    const page = await context.newPage();
    await mkdir(values.out, { recursive: true });
    for (const scene of scenes) {
      await scene.play({ sandbox, page });
      await picture(page, scene.name);
    }
    if (watch.wrong.length > 0) throw new Error(`the page ${watch.wrong.join('; it ')}`);
  } finally {
    await browser.close();
    await sandbox.close();
  }
}

async function picture(page: Page, name: string): Promise<void> {
  // The pointer's last place would light something up.
  await page.mouse.move(0, 0);
  const png = await indexedPng(await page.screenshot({ animations: 'disabled', caret: 'hide' }));
  await writeFile(join(values.out, `${name}.png`), png);
  console.log(`${name}.png ${Math.round(png.length / 1000)} kB`);
  if (png.length > LARGEST) throw new Error(`${name}.png weighs ${png.length} bytes, more than ${LARGEST}`);
}

await main();
