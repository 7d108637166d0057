import { describe } from 'vitest';
import { findBrowser } from './browser.ts';

/** `describe` for tests that need a browser: where there is none they are skipped, with a word on why. */
export function describeInBrowser(name: string, tests: () => void): void {
  if (findBrowser() !== null) describe(name, tests);
  else describe.skip(`${name} (skipped: no Chromium on this machine; install one or set CHROMIUM_PATH)`, tests);
}
