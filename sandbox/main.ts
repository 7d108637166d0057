import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PAGE_PORT, startWorld } from './world.ts';

/**
 * `npm run sandbox`: the world alone, on machine time, so that the app beside it can be stopped and started while
 * Slack and the mailbox stay. Settings: SANDBOX_PORT (3000), SANDBOX_SMTP_PORT (any), SANDBOX_SEED (1),
 * SANDBOX_JOURNAL (a directory), SANDBOX_MODE (http or socket), APP_URL (http://127.0.0.1:3001).
 */
const root = dirname(dirname(fileURLToPath(import.meta.url)));

function numberSetting(name: string, otherwise: number): number {
  const given = process.env[name];
  if (given === undefined || given === '') return otherwise;
  const value = Number(given);
  if (!Number.isInteger(value) || value < 0) throw new Error(`${name} must be a whole number, not ${given}`);
  return value;
}

function modeSetting(): 'http' | 'socket' {
  const given = process.env['SANDBOX_MODE'] ?? 'http';
  if (given !== 'http' && given !== 'socket') throw new Error(`SANDBOX_MODE must be http or socket, not ${given}`);
  return given;
}

async function main(): Promise<void> {
  const appUrl = (process.env['APP_URL'] ?? 'http://127.0.0.1:3001').replace(/\/+$/, '');
  const journalDir = process.env['SANDBOX_JOURNAL'];
  const manifest: unknown = JSON.parse(await readFile(join(root, 'manifest.json'), 'utf8'));
  const world = await startWorld({
    manifest,
    pagePort: numberSetting('SANDBOX_PORT', PAGE_PORT),
    smtpPort: numberSetting('SANDBOX_SMTP_PORT', 0),
    seed: numberSetting('SANDBOX_SEED', 1),
    mode: modeSetting(),
    appUrl: () => appUrl,
    ...(journalDir ? { journalDir } : {}),
  });
  const settings = Object.entries(world.env).map(([name, value]) => `${name}=${value}`);
  console.log(`The sandbox is open at ${world.url.replace('127.0.0.1', 'localhost')} and sends to ${appUrl}.`);
  console.log(`\nFor the app's .env:\n\n${settings.join('\n')}\n`);
  const stop = (): void => {
    world.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

function fail(error: unknown): void {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

main().catch(fail);
