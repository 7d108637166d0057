import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { stringify } from 'yaml';
import { removeSegment, saveSegment, showSegments } from '../engine/segments.ts';
import { fileTrouble } from './file-trouble.ts';
import type { CommandDeps } from './leads.ts';

const help = `leads segments list | show NAME | save NAME FILE | remove NAME

Saved conditions over leads, which workflows and exports name. FILE holds one condition in YAML, such as

  all:
    - { field: country, in: [DE, AT, CH] }
    - { event: demo_booked, within: 30d }
    - { score: { at_least: 60 } }

Kinds of conditions: all, any, not, field, tag, event, score, segment, replied (docs/workflows.md).
`;

/** @returns 0 done, 1 refused, 2 not understood. */
export async function leadsSegmentsCommand(args: string[], deps: CommandDeps): Promise<number> {
  const [verb, name, file, ...more] = args;
  const by = 'person:terminal';
  if (verb === '--help' || verb === '-h') {
    deps.out(help);
    return 0;
  }
  if (verb === 'list' && name === undefined) return list(deps);
  if (verb === 'show' && name !== undefined && file === undefined) return show(name, deps);
  if (verb === 'save' && name !== undefined && file !== undefined && more.length === 0)
    return save(name, file, by, deps);
  if (verb === 'remove' && name !== undefined && file === undefined) {
    const removed = await removeSegment(await deps.context(), { name, by });
    if (!removed.ok) deps.err(`${removed.text}\n`);
    else deps.out(`Segment ${name} is removed.\n`);
    return removed.ok ? 0 : 1;
  }
  deps.err(help);
  return 2;
}

async function list(deps: CommandDeps): Promise<number> {
  const all = await showSegments(await deps.context());
  if (all.length === 0) deps.out('There is no segment yet. leads segments save NAME FILE makes one.\n');
  for (const { name, version, leads, usedBy } of all)
    deps.out(
      `${name.padEnd(24)} ${String(leads).padStart(7)} leads  version ${version}${usedBy.length > 0 ? `  used by ${usedBy.join(', ')}` : ''}\n`,
    );
  return 0;
}

async function show(name: string, deps: CommandDeps): Promise<number> {
  const found = (await showSegments(await deps.context())).find((segment) => segment.name === name);
  if (found === undefined) {
    deps.err(`There is no segment “${name}”.\n`);
    return 1;
  }
  deps.out(
    `# ${found.name}, version ${found.version}, ${found.leads} leads, saved ${found.updatedAt.toISOString()} by ${found.createdBy}\n${stringify(found.condition)}`,
  );
  return 0;
}

async function save(name: string, file: string, by: string, deps: CommandDeps): Promise<number> {
  let text: string;
  try {
    text = await readFile(resolve(deps.cwd, file), 'utf8');
  } catch (error) {
    const trouble = fileTrouble(error, file);
    if (trouble === null) throw error;
    deps.err(`${trouble}\n`);
    return 1;
  }
  const saved = await saveSegment(await deps.context(), { name, text, file, by });
  if (!saved.ok) {
    deps.err(`${saved.problems.join('\n')}\n`);
    return 1;
  }
  deps.out(
    saved.changed
      ? `Segment ${name} is saved, version ${saved.version}: ${saved.leads} leads match now.\n`
      : `Segment ${name} stands so already, version ${saved.version}: ${saved.leads} leads match now.\n`,
  );
  return 0;
}
