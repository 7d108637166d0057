import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { drawSimulation } from './pictures/simulation-picture.ts';
import { simulate } from './simulation.ts';
import { readSimulationOptions } from './terminal/simulation-options.ts';
import { simulationWords } from './terminal/simulation-words.ts';

/** `npm run simulate`. @returns the exit code: 0 done, 2 not understood. */
async function main(args: string[], cwd: string): Promise<number> {
  const read = readSimulationOptions(args);
  if (!read.ok) {
    (read.exitCode === 0 ? process.stdout : process.stderr).write(`${read.text}\n`);
    return read.exitCode;
  }
  const { options } = read;
  const began = performance.now();
  const report = await simulate(options, (week) => {
    if (!options.json)
      process.stderr.write(
        `week ${week.week} of ${options.weeks}: ${week.decisions} decisions, ${week.automatic} without asking, ${week.mails} mails\n`,
      );
  });
  const picture = options.picture ?? (options.json ? null : `simulation-seed-${options.seed}.png`);
  if (picture !== null) await writeFile(resolve(cwd, picture), drawSimulation(report));
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else
    process.stdout.write(
      `\n${simulationWords(report)}\nThe picture: ${resolve(cwd, picture ?? '')}  (${Math.round((performance.now() - began) / 1000)} s)\n`,
    );
  return 0;
}

process.exitCode = await main(process.argv.slice(2), process.env['INIT_CWD'] ?? process.cwd());
