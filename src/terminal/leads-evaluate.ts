import { createReadStream } from 'node:fs';
import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Columns } from '../core/data-quality/placeholders.ts';
import { evaluateLeads, type EvaluationOptions } from '../core/scoring/evaluate-leads.ts';
import { evaluationJson, evaluationWords } from '../core/scoring/evaluation-words.ts';
import { ImportRefused, openLeadFile } from '../engine/lead-file.ts';
import type { CommandDeps } from './leads.ts';

const help = `leads evaluate FILE.csv --target COLUMN [--seed 1] [--positive VALUE] [--activity A,B] [--keep A,B] [--leave-out A,B] [--json]

Tries a learned lead score on leads whose outcome is known. Learns on 70 % of them, drawn by chance, and measures on the rest.
Nothing is imported, nothing leaves this machine.

  --target COLUMN     the column that says who converted (yes/no, 1/0, won/lost …)
  --positive VALUE    which of its values means converted, where that is not plain
  --seed NUMBER       another number, another draw; 1 unless told
  --activity A,B      the columns that tell what last happened; found by rule unless named
  --keep A,B          use these columns even if they seem to know the outcome
  --leave-out A,B     do not use these
  --json              one JSON object: auc, aucWithoutActivity, ece, brier, leaking, constant, placeholders and more
`;

type Parsed = { file: string; json: boolean; options: EvaluationOptions };

/** @param args what follows `leads evaluate`. @returns the exit code: 0 done, 1 it can't be done with this file, 2 not understood. */
export async function evaluateCommand(args: string[], deps: CommandDeps): Promise<number> {
  const parsed = parse(args);
  if (parsed === 'help') {
    deps.out(help);
    return 0;
  }
  if ('mistake' in parsed) {
    deps.err(`${parsed.mistake}\nSee: leads evaluate --help\n`);
    return 2;
  }
  const columns = await readColumns(resolve(deps.cwd, parsed.file), parsed.file);
  if ('problem' in columns) {
    deps.err(`${columns.problem}\n`);
    return 1;
  }
  const answer = evaluateLeads(columns.columns, parsed.options);
  if (!answer.ok) {
    deps.err(`${answer.problem}.\n`);
    return 1;
  }
  deps.out(
    parsed.json
      ? `${JSON.stringify(evaluationJson(answer.evaluation), null, 2)}\n`
      : evaluationWords(basename(parsed.file), answer.evaluation),
  );
  return 0;
}

function parse(args: string[]): Parsed | 'help' | { mistake: string } {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        target: { type: 'string' },
        positive: { type: 'string' },
        seed: { type: 'string', default: '1' },
        activity: { type: 'string', multiple: true },
        keep: { type: 'string', multiple: true, default: [] },
        'leave-out': { type: 'string', multiple: true, default: [] },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return 'help';
    const [file, ...more] = positionals;
    if (file === undefined) return { mistake: 'Which file? leads evaluate FILE.csv --target COLUMN' };
    if (more.length > 0) return { mistake: `One file at a time; not understood: ${more.join(' ')}` };
    if (values.target === undefined) return { mistake: 'Which column says who converted? --target COLUMN' };
    if (!/^\d{1,15}$/.test(values.seed)) return { mistake: '--seed takes a whole number.' };
    return {
      file,
      json: values.json,
      options: {
        target: values.target,
        positive: values.positive ?? null,
        seed: Number(values.seed),
        activity: values.activity === undefined ? null : values.activity.flatMap(names),
        keep: values.keep.flatMap(names),
        leaveOut: values['leave-out'].flatMap(names),
      },
    };
  } catch (error) {
    return { mistake: error instanceof Error ? error.message : String(error) };
  }
}

function names(list: string): string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

async function readColumns(path: string, shown: string): Promise<{ columns: Columns } | { problem: string }> {
  try {
    const { header, rows } = await openLeadFile(createReadStream(path));
    const labels = distinct(header);
    const cells = labels.map((): string[] => []);
    for await (const row of rows) for (const [i, column] of cells.entries()) column.push(row.cells[i] ?? '');
    return { columns: new Map(labels.map((name, i) => [name, cells[i] ?? []])) };
  } catch (error) {
    if (error instanceof ImportRefused) return { problem: `${shown}: ${error.message}.` };
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT') return { problem: `There is no file ${shown}.` };
    if (code === 'EISDIR') return { problem: `${shown} is a folder, not a file.` };
    if (code === 'EACCES') return { problem: `${shown} may not be read.` };
    throw error;
  }
}

/** Two columns of one name are told apart by a number. */
function distinct(header: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return header.map((raw, i) => {
    const name = raw.trim() || `column ${i + 1}`;
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  });
}
