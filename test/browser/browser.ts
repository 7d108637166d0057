import axe from 'axe-core';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** Where browsers usually are; `CHROMIUM_PATH` comes first. */
const PLACES: Partial<Record<NodeJS.Platform, string[]>> = {
  linux: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium'],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
};
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The browser of this machine, or null. */
export function findBrowser(): string | null {
  const given = process.env['CHROMIUM_PATH'];
  if (given) return given;
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [...(PLACES[process.platform] ?? []), ...onPath].find(canRun) ?? null;
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param more further arguments for the browser */
export async function launchBrowser(more: string[] = []): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === null) throw new Error('no Chromium on this machine: install one or set CHROMIUM_PATH');
  return await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage', ...more] });
}

/** How long a test waits for what it wants to see. */
const PATIENCE_MS = 10_000;

/** What must not happen while a page is open; each entry is a sentence about one thing that did. */
export type Watch = { wrong: string[] };

/** Requests to other machines are stopped and noted, and so is every error of the page. */
export async function watched(context: BrowserContext): Promise<Watch> {
  const watch: Watch = { wrong: [] };
  context.setDefaultTimeout(PATIENCE_MS);
  await context.route(
    (url) => /^(http|ws)s?:$/.test(url.protocol) && !['127.0.0.1', 'localhost'].includes(url.hostname),
    async (route) => {
      watch.wrong.push(`asked for ${route.request().url()}`);
      await route.abort();
    },
  );
  context.on('weberror', (error) => watch.wrong.push(`threw ${error.error().message}`));
  context.on('console', (message) => {
    if (message.type() === 'error') watch.wrong.push(`logged ${message.text()} (${message.location().url})`);
  });
  return watch;
}

type Violation = { id: string; impact: string; help: string; nodes: Array<{ html: string; failureSummary: string }> };

/** What axe-core calls serious or critical on the page as it is now, each as one line. */
export async function seriousViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const violations = await page.evaluate<Violation[]>(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)`,
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id} (${help}): ${html.slice(0, 200)}`));
}
