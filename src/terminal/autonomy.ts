import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { AUTONOMY_POLICY } from '../core/autonomy/policy.ts';
import { policyRunSchema, type RunDifference, runVector } from '../core/autonomy/policy-run.ts';
import {
  drifts,
  scenarios,
  simulate,
  type SimulationOptions,
  type SimulationReport,
} from '../core/autonomy/simulation.ts';
import { seededUniform } from '../core/statistics/seeded-uniform.ts';
import type { CommandDeps } from './leads.ts';

/** What the two verbs that need no database print, and their exit code: 0 done, 1 something differs, 2 not understood. */
export type Printed = { code: 0 | 1 | 2; out: string; err: string };

const autonomySimulateHelp = `autonomy simulate --scenario ${scenarios.join('|')} [--runs 200] [--seed 1] [--decisions 2500] [--drift ${drifts.join('|')}] [--json]

Runs one cell under the shipped policy many times: risks uniform on 0…1, 50 decisions a week, ε = 0.05, true labels at once.

  edge       5.5 % bad, whatever the risk: just too many       good    0.5 % bad at risk 0, 3.5 % at risk 1
  inverted   10 % bad at risk 0, 2 % at risk 1                 trap    1 % bad below risk 0.5, 17 % above
  bad10      10 % bad

  --decisions N   decisions of a run
  --drift d20     20 % of everything is bad as soon as the top rung is reached; a run ends when the threshold is 0 again

falsePromotion        share of runs in which the threshold ever stood at a rung with a bad rate above ε
reach80               share of runs that reached the top rung
medianDecisionsTo80   decisions until then, in the runs that did
medianLeaked          bad ones that nobody looked at: since the drift, or in the whole run without one
`;

const autonomyReplayHelp = `autonomy replay --vectors FILE [--json]

Runs the policy runs of a file (its key “policy_runs”) and prints what comes out otherwise than it says there; nothing else
exits with 0. Their word “audit” is our route spot_check.
`;

const notUnderstood = (text: string, help: string): Printed => ({ code: 2, out: '', err: `${text}\n\n${help}` });

/** @param args what follows `autonomy simulate`. Takes a few seconds of work at 200 runs. */
export function autonomySimulate(args: string[]): Printed {
  const parsed = parseSimulation(args);
  if (parsed === 'help') return { code: 0, out: autonomySimulateHelp, err: '' };
  if ('mistake' in parsed) return notUnderstood(parsed.mistake, autonomySimulateHelp);
  const { seed, json, ...options } = parsed;
  const report = simulate(options, (run) => seededUniform(seed * RUNS_AT_MOST + run));
  const about = { policy: AUTONOMY_POLICY, ...options, seed };
  const out = json ? `${JSON.stringify({ ...about, ...report })}\n` : describeSimulation(about, report);
  return { code: 0, out, err: '' };
}

const RUNS_AT_MOST = 100_000;

type Simulation = SimulationOptions & { seed: number; json: boolean };

function parseSimulation(args: string[]): Simulation | 'help' | { mistake: string } {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        scenario: { type: 'string' },
        runs: { type: 'string', default: '200' },
        seed: { type: 'string', default: '1' },
        decisions: { type: 'string', default: '2500' },
        drift: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    return { mistake: error instanceof Error ? error.message : String(error) };
  }
  if (values.help) return 'help';
  const scenario = scenarios.find((name) => name === values.scenario);
  if (scenario === undefined) return { mistake: `--scenario is one of ${scenarios.join(', ')}.` };
  const drift = drifts.find((name) => name === values.drift) ?? null;
  if (values.drift !== undefined && drift === null) return { mistake: `--drift is one of ${drifts.join(', ')}.` };
  const runs = wholeNumber(values.runs, 1, RUNS_AT_MOST);
  if (runs === null) return { mistake: `--runs is a whole number from 1 to ${RUNS_AT_MOST}.` };
  const seed = wholeNumber(values.seed, 0, 2 ** 32);
  if (seed === null) return { mistake: '--seed is a whole number from 0 to 4294967296.' };
  const decisions = wholeNumber(values.decisions, 1, 1_000_000);
  if (decisions === null) return { mistake: '--decisions is a whole number from 1 to 1000000.' };
  return { scenario, drift, runs, decisions, eps: 0.05, seed, json: values.json };
}

function wholeNumber(text: string, least: number, most: number): number | null {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number : null;
}

function describeSimulation(about: Omit<Simulation, 'json'>, report: SimulationReport): string {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  const orNone = (number: number | null) => (number === null ? 'none' : String(Math.round(number * 100) / 100));
  const { scenario, drift, runs, decisions, seed } = about;
  return [
    `${runs} runs of “${scenario}”${drift === null ? '' : ` with drift ${drift}`}, ${decisions} decisions each, seed ${seed}`,
    `  false promotion         ${percent(report.falsePromotion)} of runs`,
    `  top rung reached        ${percent(report.reach80)} of runs, after ${orNone(report.medianDecisionsTo80)} decisions (median)`,
    `  leaked                  ${orNone(report.medianLeaked)} (median), ${orNone(report.meanLeaked)} (mean)`,
    `  reviews                 ${orNone(report.medianReviews)} (median)`,
    ...(drift === null
      ? []
      : [`  drift caught after      ${orNone(report.medianDecisionsToCatch)} decisions (median)`]),
    '',
  ].join('\n');
}

/** @param args what follows `autonomy replay`, with `--vectors` among them. @returns the exit code. */
export async function autonomyReplayVectors(
  args: string[],
  deps: Pick<CommandDeps, 'cwd' | 'out' | 'err'>,
): Promise<number> {
  const printed = await replayed(args, deps.cwd);
  if (printed.out !== '') deps.out(printed.out);
  if (printed.err !== '') deps.err(printed.err);
  return printed.code;
}

async function replayed(args: string[], cwd: string): Promise<Printed> {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        vectors: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    return notUnderstood(error instanceof Error ? error.message : String(error), autonomyReplayHelp);
  }
  if (values.help) return { code: 0, out: autonomyReplayHelp, err: '' };
  if (!values.vectors) return notUnderstood('Which file? autonomy replay --vectors FILE', autonomyReplayHelp);
  try {
    const text = await readFile(resolve(cwd, values.vectors), 'utf8');
    return replayVectors(text, { file: values.vectors, json: values.json });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return { code: 2, out: '', err: `${values.vectors} can't be read: ${error.message}\n` };
  }
}

const vectorsSchema = z.object({ policy_runs: z.array(policyRunSchema).min(1) });
const SHOWN = 20;

/** What the policy runs of a file come to. Code 2 for a text that is not in their format. */
export function replayVectors(text: string, { file, json }: { file: string; json: boolean }): Printed {
  const parsed = parseVectors(text);
  if ('problem' in parsed) return { code: 2, out: '', err: `${file}: ${parsed.problem}\n` };
  const results = [];
  for (const run of parsed.runs) {
    try {
      results.push({ name: run.name, events: run.events.length, differences: runVector(run) });
    } catch (error) {
      return {
        code: 2,
        out: '',
        err: `${file}, run ${run.name}: ${error instanceof Error ? error.message : String(error)}\n`,
      };
    }
  }
  const differences = results.flatMap(({ name, differences: found }) => found.map((one) => ({ run: name, ...one })));
  const code = differences.length > 0 ? 1 : 0;
  const runs = results.map(({ name, events, differences: found }) => ({ name, events, differences: found.length }));
  if (json) return { code, out: `${JSON.stringify({ policy: AUTONOMY_POLICY, runs, differences })}\n`, err: '' };
  const lines = runs.map(({ name, events, differences: count }) =>
    count === 0 ? `${name}: ${events} events, as expected` : `${name}: ${events} events, ${count} DIFFERENCES`,
  );
  const more = differences.length > SHOWN ? [`  and ${differences.length - SHOWN} more`] : [];
  return { code, out: [...lines, ...differences.slice(0, SHOWN).map(line), ...more, ''].join('\n'), err: '' };
}

function line({ run, at, field, expected, actual }: RunDifference & { run: string }): string {
  return `  ${run}, ${at}: ${field} is ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`;
}

function parseVectors(text: string): { runs: z.infer<typeof vectorsSchema>['policy_runs'] } | { problem: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { problem: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const parsed = vectorsSchema.safeParse(json);
  if (parsed.success) return { runs: parsed.data.policy_runs };
  const [issue] = parsed.error.issues;
  return { problem: `not policy runs: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}` };
}
