import { verifyChain } from '../db/audit.ts';
import { resumeLead } from '../engine/account-pause.ts';
import type { Context } from '../engine/context.ts';
import { digestNow } from '../engine/report.ts';
import { pause, resume } from '../engine/pause.ts';
import { workflowStatus } from '../engine/status.ts';
import { autonomyRoom } from './autonomy-room.ts';
import type { CommandDeps } from './leads.ts';
import { leadsRoom } from './leads-room.ts';
import { isWorkflowView, workflowView, workflowViewHelp } from './workflow-views.ts';
import { workflowFileCommand } from './workflow-room.ts';
import { workflowSimulate } from './workflow-simulate.ts';

const help = `Countersign on the command line. With the embedded database the running program carries the command out; with
DATABASE_URL it works directly on PostgreSQL.

  leads import FILE.csv     import leads from a CSV file               (leads --help)
  leads quality [FILE.csv]  how far the data of leads can be relied on
  leads undo IMPORT_ID      take an import back
  leads imports             the last imports and their ids
  leads segments list|show|save|remove   saved conditions over leads
  leads export FILE.csv     write leads to a CSV file
  leads policy show|set     which source wins when values differ
  leads evaluate FILE.csv   try a learned lead score on leads whose outcome is known
  leads retrain             learn the lead score anew from your own leads
  workflow check [FILE…]    what can't work in workflow files          (workflow --help)
  workflow schema           the JSON Schema of workflow files
  workflow diff FILE|A B    what is different, against what is published
  workflow publish FILE     show what would change; --yes publishes it
  workflow simulate NAME|FILE.yaml --leads FILE.csv   who would get what when; nothing is sent
  workflow status           what runs, waits and was sent
  workflow migrate NAME     move leads under way to another version; --yes does it
  workflow archive NAME     take nobody in any more; --drain lets those under way go on
  workflow pause NAME|all   nothing is drafted or sent until resumed
  workflow resume NAME|all|EMAIL   with an address: a lead that is paused because a colleague replied
${workflowViewHelp.trimEnd()}
  autonomy show [WORKFLOW]  what goes without asking, why, and what would raise it
  autonomy replay           replay every log and compare it with what is stored
  autonomy cap|uncap|freeze|unfreeze|reset|restore|mode …  steer a step    (autonomy --help)
  autonomy simulate         try the policy on made-up decisions
  digest                    post a digest of the last seven days now
  audit verify              check the whole audit chain, row by row
`;

/** One command. @returns the exit code: 0 done, 1 it failed or found a problem, 2 not understood. */
export async function runCommand(args: string[], deps: CommandDeps): Promise<number> {
  const [room, verb, ...rest] = args;
  switch (room) {
    case undefined:
    case 'help':
    case '--help':
    case '-h':
      deps.out(help);
      return room === undefined ? 2 : 0;
    case 'leads':
      return leadsRoom(args.slice(1), deps);
    case 'workflow':
      return workflowRoom(verb, rest, deps);
    case 'autonomy':
      return autonomyRoom(args.slice(1), deps);
    case 'digest':
      return digest(deps);
    case 'audit':
      return verb === 'verify' ? auditVerify(deps) : unknown(deps, `audit ${verb ?? ''}`);
    default:
      return unknown(deps, room);
  }
}

function unknown(deps: CommandDeps, what: string): number {
  deps.err(`There is no command “${what.trim()}”.\n\n${help}`);
  return 2;
}

async function workflowRoom(verb: string | undefined, rest: string[], deps: CommandDeps): Promise<number> {
  const [name] = rest;
  const onFiles = await workflowFileCommand(verb, rest, deps);
  if (onFiles !== null) return onFiles;
  if (verb === 'status') return status(deps);
  if (verb === 'simulate') return workflowSimulate(rest, deps);
  if (isWorkflowView(verb)) return workflowView(verb, rest, deps);
  if (verb !== 'pause' && verb !== 'resume') return unknown(deps, `workflow ${verb ?? ''}`);
  if (name === undefined) {
    deps.err(`Which one? workflow ${verb} NAME, or: workflow ${verb} all\n`);
    return 2;
  }
  const ctx = await deps.context();
  if (verb === 'resume' && name.includes('@')) return resumeOne(name, ctx, deps);
  const result = await (verb === 'pause' ? pause : resume)(ctx, { name, actor: { type: 'person', id: 'terminal' } });
  if (!result.ok) {
    deps.err(`${result.text} There is: ${result.known.join(', ')}.\n`);
    return 1;
  }
  const word = verb === 'pause' ? 'paused' : 'running';
  deps.out(result.changed.length > 0 ? `${name} is ${word} now.\n` : `${name} was ${word} already.\n`);
  return 0;
}

async function resumeOne(email: string, ctx: Context, deps: CommandDeps): Promise<number> {
  const resumed = await resumeLead(ctx, { email, actor: { type: 'person', id: 'terminal' } });
  if (!resumed.ok) {
    deps.err(`${resumed.text}\n`);
    return 1;
  }
  deps.out(`${resumed.email} goes on in ${resumed.resumed} workflow${resumed.resumed === 1 ? '' : 's'}.\n`);
  return 0;
}

async function status(deps: CommandDeps): Promise<number> {
  const facts = await workflowStatus(await deps.context());
  if (facts.paused) deps.out(`EVERYTHING IS PAUSED by ${facts.paused.by} since ${facts.paused.at.toISOString()}\n`);
  for (const workflow of facts.workflows) {
    const waiting = workflow.waiting.map(({ kind, count }) => `${count} ${kind}`).join(', ');
    deps.out(
      [
        `${workflow.name}  version ${workflow.version}, ${workflow.status}`,
        `  leads    ${workflow.enrolled.active} under way, ${workflow.enrolled.done} done, ${workflow.enrolled.exited} left`,
        `  waiting  ${waiting === '' ? 'nothing' : waiting}`,
        `  mails    ${workflow.mails.sent7d} sent in 7 days, ${workflow.mails.waiting} approved and waiting, ${workflow.mails.uncertain} uncertain`,
        `  next     ${workflow.nextDue?.toISOString() ?? 'nothing planned'}`,
        '',
      ].join('\n'),
    );
  }
  return 0;
}

async function digest(deps: CommandDeps): Promise<number> {
  const done = await digestNow(await deps.context());
  deps.out(
    done
      ? 'The digest of the last seven days is on its way to Slack.\n'
      : 'A digest was ordered this very moment already.\n',
  );
  return 0;
}

async function auditVerify(deps: CommandDeps): Promise<number> {
  const ctx = await deps.context();
  const report = await verifyChain(ctx.db, ctx.workspaceId);
  if (report.problem === null) {
    deps.out(`The audit chain holds: ${report.rows} rows, tip ${report.tip.hash}\n`);
    return 0;
  }
  deps.err(
    `The audit chain is BROKEN at row ${report.problem.seq}: ${report.problem.problem}. The ${report.rows} rows before it hold.\n`,
  );
  return 1;
}
