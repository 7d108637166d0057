import { type CommandDeps, leadsCommand } from './leads.ts';
import { evaluateCommand } from './leads-evaluate.ts';
import { leadsExportCommand } from './leads-export.ts';
import { leadsImportsCommand, leadsReleaseCommand, leadsUndoCommand } from './leads-imports.ts';
import { leadsPolicyCommand } from './leads-policy.ts';
import { leadsQualityCommand } from './leads-quality.ts';
import { leadsRetrain } from './leads-retrain.ts';
import { leadsSegmentsCommand } from './leads-segments.ts';

type Verb = (args: string[], deps: CommandDeps) => Promise<number> | number;

const verbs: Readonly<Record<string, Verb>> = {
  import: leadsCommand,
  imports: leadsImportsCommand,
  undo: leadsUndoCommand,
  release: leadsReleaseCommand,
  policy: leadsPolicyCommand,
  export: leadsExportCommand,
  quality: leadsQualityCommand,
  segments: leadsSegmentsCommand,
  evaluate: evaluateCommand,
  retrain: leadsRetrain,
};

/** `leads …`. @param args what follows `leads`. @returns the exit code. */
export async function leadsRoom(args: string[], deps: CommandDeps): Promise<number> {
  const [verb, ...rest] = args;
  if (verb === undefined || verb === '--help' || verb === '-h' || verb === 'help') {
    const code = await leadsCommand(['--help'], deps);
    deps.out(
      `\nAlso, each with --help: ${Object.keys(verbs)
        .map((name) => `leads ${name}`)
        .join(', ')}\n`,
    );
    return code;
  }
  const run = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (run !== undefined) return run(rest, deps);
  deps.err(
    `There is no command “leads ${verb}”. There is: ${Object.keys(verbs)
      .map((name) => `leads ${name}`)
      .join(', ')}.\n`,
  );
  return 2;
}
