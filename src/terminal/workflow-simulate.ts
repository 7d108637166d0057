import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DURATION, durationMs } from '../core/duration.ts';
import { spotCheckCoin } from '../core/gate.ts';
import { splitMap } from '../core/lead-columns.ts';
import { isZone } from '../core/quiet-hours.ts';
import type { SegmentsOf } from '../core/workflow/dry-facts.ts';
import { type DryRun, dryRun } from '../core/workflow/dry-run.ts';
import { instantOf, readLocalDate } from '../core/workflow/local-time.ts';
import type { Workflow } from '../core/workflow.ts';
import { dryRunSubject } from '../engine/dry-run-subject.ts';
import { type LeadsRead, readLeadFile } from '../engine/read-lead-file.ts';
import { dryRunWords, dryWayWords } from './dry-run-words.ts';
import { fileTrouble } from './file-trouble.ts';
import type { CommandDeps } from './leads.ts';
import { readWorkflowFile } from './workflow-files.ts';
import { isWorkflowFile } from './workflow-map.ts';

const workflowSimulateHelp = `workflow simulate NAME|FILE.yaml --leads FILE.csv [options]

A rehearsal: real leads go through a workflow with a fast clock, and you see who would get what when, how many cards people would
have to look at, and where leads end. Nothing is sent or written, and no model is called. With a FILE.yaml no database is needed.

  --leads FILE.csv      the leads, read and checked as an import does it
  --weeks N             how long, 1 to 104; 8 unless told
  --from 2026-01-05     when it begins, at 09:00 or at the time that follows the date; now, unless told
  --zone Europe/Berlin  zone of leads without one and of your people; the workspace's, with a FILE.yaml UTC
  --approve-after 4h    people approve everything so long after its card came
  --nobody-answers      nobody does: what happens when cards expire
  --score N             what a lead scores whose line has no column score; 50 unless told
  --seed N              draws arms and splits anew; 1 unless told
  --lead EMAIL          one lead's way in full
  --map, --source       as for an import (leads --help)
  --json                everything, for programs
`;

class NotUnderstood extends Error {}

/** @param args what follows `workflow simulate`. @returns the exit code: 0 done, 1 it can't be done with these files, 2 not understood. */
export async function workflowSimulate(args: string[], deps: CommandDeps): Promise<number> {
  let asked: Asked | 'help';
  try {
    asked = parse(args);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!(error instanceof NotUnderstood) && !code.startsWith('ERR_PARSE_ARGS')) throw error;
    deps.err(`${error instanceof Error ? error.message : String(error)}\nSee: workflow simulate --help\n`);
    return 2;
  }
  if (asked === 'help') {
    deps.out(workflowSimulateHelp);
    return 0;
  }
  const subject = await subjectOf(asked, deps);
  if ('problem' in subject) {
    deps.err(`${subject.problem}\n`);
    return 1;
  }
  const zone = asked.zone ?? subject.zone;
  const from = beginning(asked.from, zone);
  if (from === null) {
    deps.err(
      `“${asked.from ?? ''}” is no date such as 2026-01-05 or 2026-01-05T14:00.\nSee: workflow simulate --help\n`,
    );
    return 2;
  }
  let read: LeadsRead;
  try {
    read = await readLeadFile(resolve(deps.cwd, asked.leads), asked);
  } catch (error) {
    const text = fileTrouble(error, asked.leads);
    if (text === null) throw error;
    deps.err(`${text}\n`);
    return 1;
  }
  const run = dryRun({
    workflow: subject.workflow,
    leads: read.leads,
    segmentsOf: subject.segmentsOf,
    assumed: {
      from,
      until: new Date(from.getTime() + asked.weeks * WEEK_MS),
      answerAfterMs: asked.answerAfterMs,
      score: asked.score,
      zone,
      approvalHoldsMs: 7 * DAY_MS,
      draw: (key) => spotCheckCoin(asked.seed, key),
    },
  });
  return tell(run, read, { ...asked, zone, version: subject.version }, deps);
}

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

function tell(
  run: DryRun,
  read: LeadsRead,
  asked: Asked & { zone: string; version: number | null },
  deps: CommandDeps,
): number {
  const { leads: _, ...file } = read;
  const ways = asked.lead === null ? run.ways : run.ways.filter(({ email }) => email.toLowerCase() === asked.lead);
  if (asked.lead !== null && ways.length === 0) {
    deps.err(`No lead ${asked.lead} stands in ${basename(asked.leads)}.\n`);
    return 1;
  }
  if (asked.json) {
    const { version, zone, seed } = asked;
    deps.out(
      `${JSON.stringify({ rehearsal: true, version, zone, seed: Number(seed), ...run, file, ways }, null, 2)}\n`,
    );
    return 0;
  }
  const [way] = ways;
  deps.out(
    asked.lead !== null && way !== undefined
      ? dryWayWords(run, way)
      : dryRunWords(run, read, { file: basename(asked.leads), zone: asked.zone, version: asked.version }),
  );
  return 0;
}

type Subject = { workflow: Workflow; version: number | null; zone: string; segmentsOf: SegmentsOf | null };

async function subjectOf({ workflow: name }: Asked, deps: CommandDeps): Promise<Subject | { problem: string }> {
  if (isWorkflowFile(name)) {
    const file = await readWorkflowFile(name, deps.cwd);
    if (!file.ok) return { problem: file.problems.join('\n') };
    return { workflow: file.workflow, version: null, zone: 'UTC', segmentsOf: null };
  }
  const found = await dryRunSubject(await deps.context(), name);
  if (found.ok) return found;
  const known = found.known.length === 0 ? 'None is published yet.' : `There is: ${found.known.join(', ')}.`;
  return { problem: `There is no published workflow “${name}”, and a file ends with .yaml. ${known}` };
}

/** A date alone means nine in the morning, when people import; null for what is no date. */
function beginning(text: string | null, zone: string): Date | null {
  if (text === null) return new Date();
  const local = readLocalDate(text, zone);
  if (local === null) return null;
  return instantOf(/^\d{4}-\d{2}-\d{2}$/.test(text.trim()) ? { ...local, hour: 9 } : local, zone);
}

type Asked = {
  workflow: string;
  leads: string;
  weeks: number;
  from: string | null;
  zone: string | null;
  answerAfterMs: number | null;
  score: number;
  seed: string;
  lead: string | null;
  mapping: string[];
  source: string | null;
  json: boolean;
};

/** @throws NotUnderstood */
function parse(args: string[]): Asked | 'help' {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      leads: { type: 'string' },
      weeks: { type: 'string', default: '8' },
      from: { type: 'string' },
      zone: { type: 'string' },
      'approve-after': { type: 'string' },
      'nobody-answers': { type: 'boolean', default: false },
      score: { type: 'string', default: '50' },
      seed: { type: 'string', default: '1' },
      lead: { type: 'string' },
      map: { type: 'string', multiple: true, default: [] },
      source: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const [workflow, ...more] = positionals;
  if (workflow === undefined)
    throw new NotUnderstood('Which workflow? workflow simulate NAME|FILE.yaml --leads FILE.csv');
  if (more.length > 0) throw new NotUnderstood(`One workflow at a time; not understood: ${more.join(' ')}`);
  if (values.leads === undefined) throw new NotUnderstood('Which leads? --leads FILE.csv');
  const after = values['approve-after'];
  if (values['nobody-answers'] && after !== undefined)
    throw new NotUnderstood('Either --approve-after or --nobody-answers, not both.');
  if (after !== undefined && !DURATION.test(after))
    throw new NotUnderstood('--approve-after takes a duration such as 4h.');
  if (values.zone !== undefined && !isZone(values.zone))
    throw new NotUnderstood('--zone takes an IANA time zone such as Europe/Berlin.');
  if (!/^\d{1,15}$/.test(values.seed)) throw new NotUnderstood('--seed takes a whole number.');
  return {
    workflow,
    leads: values.leads,
    weeks: between(values.weeks, '--weeks', 1, 104),
    from: values.from ?? null,
    zone: values.zone ?? null,
    answerAfterMs: values['nobody-answers'] ? null : durationMs(after ?? '4h'),
    score: between(values.score, '--score', 0, 100),
    seed: values.seed,
    lead: values.lead?.trim().toLowerCase() ?? null,
    mapping: values.map.flatMap(splitMap),
    source: values.source?.trim() || null,
    json: values.json,
  };
}

function between(text: string, option: string, least: number, most: number): number {
  const number = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new NotUnderstood(`${option} takes a whole number from ${least} to ${most}.`);
}
