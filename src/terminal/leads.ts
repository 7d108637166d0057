import { open, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { leadFields } from '../core/lead.ts';
import { splitMap } from '../core/lead-columns.ts';
import { describeProblem } from '../core/lead-import.ts';
import type { Context } from '../engine/context.ts';
import { importLeads, type ImportReport } from '../engine/import-leads.ts';
import { fileTrouble } from './file-trouble.ts';

export type CommandDeps = {
  /** Opened only when the command needs it: help and mistakes in the arguments do not. */
  context(): Promise<Context>;
  /** Folder that relative paths count from. */
  cwd: string;
  out(text: string): void;
  err(text: string): void;
};

const leadsHelp = `leads import FILE.csv [--map FIELD=COLUMN,…] [--source NAME] [--dry-run] [--accept-odd] [--by ID]

Imports leads from a CSV file in UTF-8; commas, semicolons or tabs between the cells, names of the columns in the first line.

  --map FIELD=COLUMN    which column holds a field, where its name does not say so; several with commas or by repeating
        FIELD={COLUMN}  a value made from columns and text, such as  --map "email={Prospect ID}@example.com"
        FIELD=          no column at all for this field
  --source NAME         where these leads come from, for rows that do not say so; workflows choose their leads by it
  --dry-run             read, check and compare everything, write nothing
  --accept-odd          put the leads into workflows even if they look unlike those of earlier imports
  --by ID               Slack id of the person who imports, for the audit

Fields: ${leadFields.join(', ')}.
Every other column is kept under its own name (60 characters, values 300).

Duplicates: the same address, ignoring case, is one lead. Within a file the last value that is not empty wins. A known lead
takes new values over its own, unless its own came later than this import began or a person wrote them (leads policy has other
rules); an empty value replaces nothing. Address
and source of a known lead stay, and so do its score, its suppression and its place in workflows: only leads that are new
are enrolled. Importing a file twice changes nothing.

Rows with a problem are left out, listed here, and written to FILE.rejects.csv with line and reason; correct that file and
import it. All other rows are imported together at the end, or none when the import is interrupted. An import can be taken back
(leads imports, leads undo ID). One that looks unlike the earlier ones of its source waits for a person's word before its leads go
into workflows.
`;

/** @param args what follows `leads import`. @returns the exit code: 0 done (rejected rows included), 1 nothing imported, 2 not understood. */
export async function leadsCommand(args: string[], deps: CommandDeps): Promise<number> {
  const parsed = parse(args);
  if (parsed === 'help') {
    deps.out(leadsHelp);
    return 0;
  }
  if ('mistake' in parsed) {
    deps.err(`${parsed.mistake}\nSee: leads --help\n`);
    return 2;
  }
  const path = resolve(deps.cwd, parsed.file);
  const rejects = new RejectsFile(path);
  try {
    const ctx = await deps.context();
    const report = await importLeads(ctx, {
      ...parsed,
      path,
      fileName: basename(path),
      ...(parsed.dryRun ? {} : { onReject: (csv: string) => rejects.write(csv) }),
    });
    deps.out(describeReport(report, basename(path), rejects.path));
    return 0;
  } catch (error) {
    const text = fileTrouble(error, parsed.file);
    if (text === null) throw error;
    deps.err(`${text}\nNothing was imported.\n`);
    return 1;
  } finally {
    await rejects.close();
  }
}

type Parsed = {
  file: string;
  mapping: string[];
  source: string | null;
  dryRun: boolean;
  acceptOdd: boolean;
  by: string | null;
};

function parse(args: string[]): Parsed | 'help' | { mistake: string } {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        map: { type: 'string', multiple: true, default: [] },
        source: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
        'accept-odd': { type: 'boolean', default: false },
        by: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const [file, ...more] = positionals;
    if (values.help) return 'help';
    if (file === undefined) return { mistake: 'Which file? leads import FILE.csv' };
    if (more.length > 0) return { mistake: `One file at a time; not understood: ${more.join(' ')}` };
    if (values.by !== undefined && !/^[A-Za-z0-9._-]{1,40}$/.test(values.by))
      return { mistake: '--by takes an id such as U0ANA (the audit keeps no names or addresses).' };
    return {
      file,
      mapping: values.map.flatMap(splitMap),
      source: values.source?.trim() || null,
      dryRun: values['dry-run'],
      acceptOdd: values['accept-odd'],
      by: values.by ?? null,
    };
  } catch (error) {
    return { mistake: error instanceof Error ? error.message : String(error) };
  }
}

/** Beside the source, made at the first rejected row. Never over an older one: somebody may be correcting it. */
class RejectsFile {
  path: string | null = null;
  readonly #source: string;
  #handle: FileHandle | null = null;

  constructor(source: string) {
    this.#source = source;
  }

  async write(csv: string): Promise<void> {
    this.#handle ??= await this.#open();
    await this.#handle.write(csv);
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = null;
  }

  async #open(): Promise<FileHandle> {
    const name = basename(this.#source).replace(/\.(csv|tsv|txt)$/i, '');
    for (let n = 1; ; n++) {
      const path = join(dirname(this.#source), `${name}.rejects${n === 1 ? '' : `-${n}`}.csv`);
      try {
        // Names and addresses stand in it.
        const handle = await open(path, 'wx', 0o600);
        this.path = path;
        return handle;
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
    }
  }
}

const PROBLEMS_SHOWN = 10;
const WARNINGS_SHOWN = 10;

const plural = (count: number, one: string, many = `${one}s`) =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;

/** What a person wants to know after an import, most important first. */
function describeReport(report: ImportReport, fileName: string, rejectsPath: string | null): string {
  const { created, merged, unchanged, duplicates, rejected, dryRun } = report;
  const lines = [
    `${dryRun ? 'Checked' : 'Imported'} ${fileName}: ${plural(report.total, 'row')} in ${(report.durationMs / 1000).toFixed(1)} s`,
  ];
  if (report.importedBefore)
    lines.push(
      `  This very file was imported on ${report.importedBefore.toISOString().slice(0, 16).replace('T', ' ')} UTC already.`,
    );
  lines.push('', '  Columns');
  for (const [field, label] of Object.entries(report.mapping)) lines.push(`    ${field.padEnd(11)} ← ${label}`);
  if (report.furtherColumns.length > 0)
    lines.push(`    ${plural(report.furtherColumns.length, 'further column')}: ${listed(report.furtherColumns)}`);
  lines.push(
    '',
    `  ${dryRun ? 'Would be created' : 'Created'} ${created} · merged ${merged} · unchanged ${unchanged}${duplicates ? ` · doubled in the file ${duplicates}` : ''} · rejected ${rejected}`,
  );
  if (report.suppressed > 0)
    lines.push(
      `  ${plural(report.suppressed, 'lead')} may not be mailed (unsubscribed, bounced or the like) and will not be.`,
    );
  for (const { email, changes } of report.differences) {
    lines.push(`  ${email}`);
    for (const { name, before, after } of changes.slice(0, 5))
      lines.push(`    ${name}: ${before ?? '(empty)'} → ${after ?? '(empty)'}`);
    if (changes.length > 5) lines.push(`    and ${plural(changes.length - 5, 'further value')}`);
  }
  if (rejected > 0) {
    lines.push('', '  Rejected');
    for (const problem of report.problems.slice(0, PROBLEMS_SHOWN)) lines.push(`    ${describeProblem(problem)}`);
    if (rejected > PROBLEMS_SHOWN) lines.push(`    and ${rejected - PROBLEMS_SHOWN} more`);
    if (rejectsPath !== null) lines.push(`    All of them are in ${rejectsPath}: correct it and import it.`);
  }
  if (report.warnings.length > 0) {
    lines.push('', '  Note');
    for (const warning of report.warnings.slice(0, WARNINGS_SHOWN)) lines.push(`    ${warning}`);
    if (report.warnings.length > WARNINGS_SHOWN) lines.push(`    and ${report.warnings.length - WARNINGS_SHOWN} more`);
  }
  lines.push('', `  ${next(report)}`, '');
  return lines.join('\n');
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 6).join(', ');
  return names.length > 6 ? `${shown}, …` : shown;
}

function next({ dryRun, created, merged, enrolled, held, batchId }: ImportReport): string {
  if (held.length > 0)
    return [
      'THE LEADS WAIT: this looks unlike earlier imports, so no workflow has them yet.',
      ...held.slice(0, 6).map(({ text }) => `    ${text}`),
      `  If it is right: leads release ${batchId ?? ''}. If not: leads undo ${batchId ?? ''}. Slack asks too.`,
    ].join('\n');
  if (dryRun) return 'Nothing was written. Run it without --dry-run to import.';
  if (created === 0 && merged === 0) return 'Nothing changed.';
  if (enrolled > 0)
    return `${plural(enrolled, 'enrollment')} begun: the first decisions come to Slack as soon as people have room for them.`;
  if (created > 0)
    return 'No lead was enrolled: no workflow asks for leads of this source (see “trigger” in workflows/, and --source).';
  return 'Known leads were brought up to date; their workflows go on where they were.';
}
