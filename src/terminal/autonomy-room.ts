import { controlHelp, controlUsage, controlVerbs, isControlVerb, parseControl } from '../core/autonomy-order.ts';
import { controlAutonomy } from '../engine/autonomy-controls.ts';
import { spokenPlain } from '../engine/autonomy-speech.ts';
import { autonomyStatus, type AutomaticShare, type CellFacts } from '../engine/autonomy-status.ts';
import { replayLogs } from '../engine/replay-log.ts';
import { AUTONOMY_POLICY } from '../core/autonomy/policy.ts';
import { didYouMean } from '../core/did-you-mean.ts';
import { autonomyReplayVectors, autonomySimulate } from './autonomy.ts';
import { autonomyRetrain, retrainUsage } from './autonomy-retrain.ts';
import type { CommandDeps } from './leads.ts';

const autonomyHelp = `autonomy show [WORKFLOW] [--json]       where every step stands, why, and what would raise it
autonomy replay [--json]                replay the log of every step and compare it with what is stored; exit code 1 on any difference
autonomy replay --vectors FILE [--json] run the policy runs of a file; exit code 1 on any difference
autonomy simulate --scenario NAME       run one cell under the shipped policy many times      (autonomy simulate --help)
autonomy ${retrainUsage.padEnd(30)} learn the risk of a kind anew from what people judged; its steps begin anew where it is better

Steering one step; every order says why, and is kept with it:
${controlVerbs.map((verb) => `autonomy ${controlUsage[verb].padEnd(44)} ${controlHelp[verb].replaceAll('`', '')}`).join('\n')}
`;

const verbs = ['show', 'replay', 'simulate', 'retrain', ...controlVerbs];

/** What follows `autonomy`. @returns the exit code: 0 done, 1 it was refused or something differs, 2 not understood. */
export async function autonomyRoom(args: string[], deps: CommandDeps): Promise<number> {
  const [verb = '', ...rest] = args;
  if (verb === '' || ['help', '--help', '-h'].includes(verb)) {
    deps.out(autonomyHelp);
    return verb === '' ? 2 : 0;
  }
  if (verb === 'simulate') return simulate(rest, deps);
  if (verb === 'replay') {
    const stored = rest.every((word) => word === '--json');
    return stored ? replayStored(rest.includes('--json'), deps) : autonomyReplayVectors(rest, deps);
  }
  if (verb === 'show') return show(rest, deps);
  if (verb === 'retrain') return autonomyRetrain(rest, deps);
  if (isControlVerb(verb)) return control(verb, rest, deps);
  const meant = didYouMean(verb, verbs);
  deps.err(
    `There is no “autonomy ${verb}”.${meant === null ? '' : ` Did you mean autonomy ${meant}?`}\n\n${autonomyHelp}`,
  );
  return 2;
}

function simulate(args: string[], deps: CommandDeps): number {
  const { code, out, err } = autonomySimulate(args);
  if (out !== '') deps.out(out);
  if (err !== '') deps.err(err);
  return code;
}

async function control(verb: (typeof controlVerbs)[number], words: string[], deps: CommandDeps): Promise<number> {
  const parsed = parseControl(verb, words);
  if (!parsed.ok) {
    deps.err(`${parsed.text} autonomy ${parsed.usage}\n`);
    return 2;
  }
  const answer = await controlAutonomy(await deps.context(), { order: parsed.order, actor: { type: 'cli' } });
  const text = spokenPlain(answer.text);
  if (answer.ok) {
    deps.out(`${text}\n`);
    return 0;
  }
  deps.err(`${text}${answer.remedy === null ? '' : ` autonomy ${answer.remedy}`}\n`);
  return 1;
}

async function replayStored(json: boolean, deps: CommandDeps): Promise<number> {
  const cells = await replayLogs(await deps.context());
  const differ = cells.filter(({ differences }) => differences.length > 0);
  if (json) deps.out(`${JSON.stringify({ policy: AUTONOMY_POLICY, cells })}\n`);
  else {
    for (const { address, events, differences } of cells) {
      const word = differences.length === 0 ? 'as stored' : `${differences.length} DIFFERENCES`;
      deps.out(`${address}: ${events} events, ${word}\n`);
      for (const { field, stored, replayed } of differences)
        deps.out(`  ${field} is stored as ${stored}, its replay gives ${replayed}\n`);
    }
    if (cells.length === 0) deps.out('Nothing was decided yet, so there is no log.\n');
  }
  return differ.length > 0 ? 1 : 0;
}

async function show(args: string[], deps: CommandDeps): Promise<number> {
  const json = args.includes('--json');
  const [workflow = null, ...more] = args.filter((word) => word !== '--json');
  if (more.length > 0 || workflow?.startsWith('-')) {
    deps.err(`autonomy show takes one workflow at most.\n\n${autonomyHelp}`);
    return 2;
  }
  const status = await autonomyStatus(await deps.context(), workflow);
  if (!status.ok) {
    deps.err(`${status.text}\n`);
    return 1;
  }
  const { cells } = status.facts;
  if (json) deps.out(`${JSON.stringify(cells.map(readable))}\n`);
  else if (cells.length === 0) deps.out('No workflow is published yet.\n');
  else for (const cell of cells) deps.out(describe(cell));
  return 0;
}

/** With people's ids in place of the marks. */
function readable(cell: CellFacts): CellFacts {
  return { ...cell, next: spokenPlain(cell.next), held: cell.held.map(spokenPlain) };
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

function describe(cell: CellFacts): string {
  const { address, kind, epoch, rung, rungs, tau, share, checkRate, next, held, lastChange, week, month, leak } =
    readable(cell);
  const stands =
    rung === 0
      ? 'people decide everything'
      : `rung ${rung} of ${rungs ?? '?'}: the safest ${percent(share)} without asking, risk up to ${tau}`;
  const rates = checkRate && [...new Set([percent(checkRate.least), percent(checkRate.most)])].join(' to ');
  const slipped =
    leak &&
    `${Math.round(leak.leaked * 10) / 10} estimated of ${leak.eligible}, at most ${Math.ceil(leak.upper)} with those caught (${percent(leak.confidence)} sure)`;
  const part = ({ automatic, decisions }: AutomaticShare) => `${automatic} of ${decisions}`;
  return [
    `${address}  ${kind}, epoch ${epoch}`,
    `  stands     ${stands}`,
    `  next       ${next}`,
    ...held.map((line) => `  held       ${line}`),
    ...(rates === null ? [] : [`  checked    ${rates} of what could go without asking`]),
    `  automatic  ${part(week)} in 7 days, ${part(month)} in 28`,
    ...(slipped === null ? [] : [`  slipped    ${slipped}`]),
    `  changed    ${lastChange?.toISOString() ?? 'never'}`,
    '',
    '',
  ].join('\n');
}
