import { parseArgs } from 'node:util';
import type { Target } from '../core/workflow/migration-plan.ts';
import { archiveWorkflow, previewArchive } from '../engine/archive-workflow.ts';
import { type MigrationGroup, migrateWorkflow, previewMigration } from '../engine/migrate-workflow.ts';
import type { CommandDeps } from './leads.ts';
import { NotUnderstood } from './not-understood.ts';

/** `workflow migrate`: who under way goes where, and with --yes there they go. @returns the exit code */
export async function migrate(args: string[], deps: CommandDeps): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { to: { type: 'string' }, yes: { type: 'boolean', default: false }, by: { type: 'string' } },
  });
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new NotUnderstood('Which one? workflow migrate NAME');
  if (values.to !== undefined && !/^\d{1,6}$/.test(values.to))
    throw new NotUnderstood(`--to takes the number of a version, not “${values.to}”.`);
  const actor = actorOf(values.by);
  const order = { name, version: values.to === undefined ? null : Number(values.to) };
  const ctx = await deps.context();
  const found = await previewMigration(ctx, order);
  if (!found.ok) return refused(found.text, deps);
  const { preview } = found;
  if (preview.leads === 0) {
    deps.out(`Every lead under way in ${preview.workflow} is on version ${preview.version} already.\n`);
    return 0;
  }
  deps.out(
    `${preview.workflow}: ${counted(preview.leads, 'lead')} under way on other versions, to version ${preview.version}:\n${preview.groups.map(groupLine).join('')}`,
  );
  if (!values.yes) {
    const to = values.to === undefined ? '' : ` --to ${values.to}`;
    deps.out(`Nobody was moved yet. To do it: workflow migrate ${preview.workflow}${to} --yes\n`);
    return 0;
  }
  const done = await migrateWorkflow(ctx, { ...order, actor });
  if (!done.ok) return refused(done.text, deps);
  const { moved, ended, stayed } = done.migrated;
  deps.out(`${counted(moved, 'lead')} moved to version ${done.migrated.version}, ${ended} ended, ${stayed} stayed.\n`);
  return 0;
}

function groupLine({ fromVersion, from, to, why, count }: MigrationGroup): string {
  return `  ${String(count).padStart(6)}  version ${fromVersion}, ${from} → ${where(to)}  (${why})\n`;
}

function where(to: Target): string {
  switch (to.do) {
    case 'keep':
      return to.step;
    case 'enter':
      return `${to.step}, from its beginning`;
    case 'done':
      return 'the end';
    case 'stays':
      return 'stays where it is';
  }
}

/** `workflow archive`: what it would end, and with --yes it does. @returns the exit code */
export async function archive(args: string[], deps: CommandDeps): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      drain: { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      by: { type: 'string' },
    },
  });
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new NotUnderstood('Which one? workflow archive NAME');
  const actor = actorOf(values.by);
  const ctx = await deps.context();
  const found = await previewArchive(ctx, name);
  if (!found.ok) return refused(found.text, deps);
  const { workflow, archived, underWay, mails } = found.preview;
  if (archived) {
    deps.out(`${workflow} is archived already. Publishing takes it out again.\n`);
    return 0;
  }
  if (!values.yes) {
    const what = values.drain
      ? `${counted(underWay, 'lead')} under way would go on to the end; nobody would come in any more.`
      : `${counted(underWay, 'lead')} under way would leave at once, and ${counted(mails, 'approved mail')} would not be sent.`;
    deps.out(
      `${workflow}: ${what}\nNothing was changed yet. To do it: workflow archive ${workflow}${values.drain ? ' --drain' : ''} --yes\n`,
    );
    return 0;
  }
  const done = await archiveWorkflow(ctx, { name, drain: values.drain, actor });
  if (!done.ok) return refused(done.text, deps);
  const { ended, cancelled, goOn } = done.archived;
  deps.out(
    values.drain
      ? `${workflow} is archived; ${counted(goOn, 'lead')} under way ${goOn === 1 ? 'goes' : 'go'} on to the end.\n`
      : `${workflow} is archived; ${counted(ended, 'lead')} left it, ${counted(cancelled, 'mail')} will not be sent.\n`,
  );
  return 0;
}

function actorOf(by: string | undefined): { type: 'person'; id: string } {
  if (by !== undefined && !/^[A-Za-z0-9._-]{1,40}$/.test(by))
    throw new NotUnderstood('--by takes an id such as U0ANA (the audit keeps no names or addresses).');
  return { type: 'person', id: by ?? 'terminal' };
}

function refused(text: string, deps: CommandDeps): number {
  deps.err(`${text}\n`);
  return 1;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
