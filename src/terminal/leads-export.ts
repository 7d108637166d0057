import { open, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { exportLeads } from '../engine/export-leads.ts';
import { fileTrouble } from './file-trouble.ts';
import type { CommandDeps } from './leads.ts';

const help = `leads export [--segment NAME] [--force] FILE.csv|-

Writes leads to a CSV file in UTF-8, or with - to the terminal. Cells that a spreadsheet would take for a formula get an apostrophe
in front. An existing file stays, unless you say --force.
`;

/** @returns 0 done, 1 refused, 2 not understood. */
export async function leadsExportCommand(args: string[], deps: CommandDeps): Promise<number> {
  let parsed;
  try {
    parsed = parseArgs({
      args,
      allowPositionals: true,
      options: {
        segment: { type: 'string' },
        force: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    deps.err(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
    return 2;
  }
  const [file, ...more] = parsed.positionals;
  if (parsed.values.help) {
    deps.out(help);
    return 0;
  }
  if (file === undefined || more.length > 0) {
    deps.err(help);
    return 2;
  }
  const ctx = await deps.context();
  let handle: FileHandle | null = null;
  const write = async (csv: string): Promise<void> => {
    if (file === '-') return deps.out(csv);
    // Opened at the first line, so that a mistake in the command leaves no empty file. Names and addresses stand in it.
    handle ??= await open(resolve(deps.cwd, file), parsed.values.force ? 'w' : 'wx', 0o600);
    await handle.write(csv);
  };
  try {
    const done = await exportLeads(ctx, { segment: parsed.values.segment ?? null, by: 'person:terminal', write });
    if (!done.ok) {
      deps.err(`${done.text}\n`);
      return 1;
    }
    if (file !== '-') deps.out(`${done.leads.toLocaleString('en-US')} leads are in ${file}.\n`);
    return 0;
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    const text = exists ? `${file} exists already; say --force to replace it.` : fileTrouble(error, file);
    if (text === null) throw error;
    deps.err(`${text}\n`);
    return 1;
  } finally {
    await closed(handle);
  }
}

async function closed(handle: FileHandle | null): Promise<void> {
  await handle?.close();
}
