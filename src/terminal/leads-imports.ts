import { releaseImport } from '../engine/release-import.ts';
import { listImports, previewUndo, type UndoFacts, undoImport } from '../engine/undo-import.ts';
import type { CommandDeps } from './leads.ts';

const undoHelp = `leads undo IMPORT_ID [--yes]

Takes an import back. Without --yes it only says what would happen. IMPORT_ID: see leads imports; its beginning will do.
`;
const BY = 'person:terminal';
const plural = (count: number, one: string, many = `${one}s`) =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;

/** `leads imports`: the last imports and their ids. */
export async function leadsImportsCommand(args: string[], deps: CommandDeps): Promise<number> {
  if (args.length > 0) {
    deps.out('leads imports\n\nThe last imports, newest first, with the ids that leads undo and leads release take.\n');
    return args[0] === '--help' || args[0] === '-h' ? 0 : 2;
  }
  const all = await listImports(await deps.context());
  if (all.length === 0) deps.out('Nothing was imported yet.\n');
  for (const { id, at, fileName, source, created, merged, status } of all) {
    const word =
      status === 'done'
        ? ''
        : status === 'undone'
          ? '  undone'
          : '  WAITS: it looks unlike earlier imports (leads release ID, or leads undo ID)';
    deps.out(
      `${id}  ${at.toISOString().slice(0, 16).replace('T', ' ')}  ${fileName ?? '?'} (${source})  ${created} new, ${merged} changed${word}\n`,
    );
  }
  return 0;
}

/** `leads release ID`: an import that looked odd goes on. */
export async function leadsReleaseCommand(args: string[], deps: CommandDeps): Promise<number> {
  const [id, ...more] = args;
  if (id === undefined || more.length > 0 || id.startsWith('-')) {
    deps.out(
      'leads release IMPORT_ID\n\nPuts the leads of an import that looked unlike earlier ones into the workflows that want them.\n',
    );
    return id === '--help' || id === '-h' ? 0 : 2;
  }
  const released = await releaseImport(await deps.context(), { batchId: id, by: BY });
  if (!released.ok) {
    deps.err(`${released.text}\n`);
    return 1;
  }
  deps.out(`${plural(released.enrolled, 'enrollment')} begun.\n`);
  return 0;
}

/** `leads undo ID`: a preview, or with `--yes` the undo itself. */
export async function leadsUndoCommand(args: string[], deps: CommandDeps): Promise<number> {
  const yes = args.includes('--yes');
  const [id, ...more] = args.filter((arg) => arg !== '--yes');
  if (id === undefined || more.length > 0 || id.startsWith('-')) {
    deps.out(undoHelp);
    return id === '--help' || id === '-h' ? 0 : 2;
  }
  const ctx = await deps.context();
  const result = yes ? await undoImport(ctx, { id, by: BY }) : await previewUndo(ctx, id);
  if (!result.ok) {
    deps.err(`${result.text}\n`);
    return 1;
  }
  deps.out(describeUndo(result.facts, yes));
  return 0;
}

/** What an undo does or did, in the order of what people fear most. */
function describeUndo(facts: UndoFacts, done: boolean): string {
  const of = `${facts.fileName ?? 'an import'} of ${facts.importedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const lines = [done ? `Undone: ${of}` : `Undoing ${of} would:`];
  lines.push(`  remove ${plural(facts.removed, 'lead')} that it made`);
  if (facts.exited > 0)
    lines.push(
      `  take ${plural(facts.exited, 'lead')} out of all workflows; they stay on record, since decisions were made about them (pending ones are withdrawn, approved mails that have not left are cancelled)`,
    );
  lines.push(
    `  put back ${plural(facts.restoredValues, 'value')} of ${plural(facts.restoredLeads, 'lead')} that were known before`,
  );
  if (facts.keptValues > 0)
    lines.push(`  leave ${plural(facts.keptValues, 'value')} as they are, since somebody changed them later`);
  if (facts.keptMailed > 0)
    lines.push(
      `  leave ${plural(facts.keptMailed, 'lead')} where they are, since they had mail from us: nothing sent is forgotten`,
    );
  if (facts.keptElsewhere > 0)
    lines.push(
      `  leave ${plural(facts.keptElsewhere, 'lead')}, since something else is known of them (another import, an event, a person)`,
    );
  if (!done) lines.push('', `Nothing was changed. To do it: leads undo ${facts.batchId} --yes`);
  return `${lines.join('\n')}\n`;
}
