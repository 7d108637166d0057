import { existsSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { ConfigError, readConfig } from './config.ts';
import { DataDirectoryHeld, runningHolder } from './db/data-lock.ts';
import { InstallationMismatch } from './engine/installation.ts';
import { openTerminal } from './terminal-context.ts';
import { runCommand } from './terminal/commands.ts';
import { sendCommand } from './terminal/command-socket.ts';
import { standsAlone } from './terminal/standalone.ts';

const args = process.argv.slice(2);
const io = {
  out: (text: string) => void process.stdout.write(text),
  err: (text: string) => void process.stderr.write(text),
};

async function main(): Promise<number> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const config = readConfig(process.env);
  const cwd = process.env['INIT_CWD'] ?? process.cwd();
  if (config.databaseUrl === null && !standsAlone(args)) {
    const holder = await runningHolder(config.dataDir);
    if (holder && holder.pid !== process.pid) return sendCommand(holder.socket, { args, cwd }, io);
  }
  const terminal = openTerminal(config, randomBytes);
  try {
    return await runCommand(args, { context: () => terminal.context(), cwd, ...io });
  } finally {
    await terminal.close();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  const expected = [ConfigError, DataDirectoryHeld, InstallationMismatch].some((kind) => error instanceof kind);
  io.err(
    `${expected && error instanceof Error ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = 1;
}
