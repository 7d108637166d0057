import { parseArgs } from 'node:util';

export type SimulationOptions = {
  weeks: number;
  /** New leads a week. */
  perWeek: number;
  seed: number;
  /** 1-based; from this week on one answer in five is bad. Null: the model stays as it is. */
  driftAtWeek: number | null;
  json: boolean;
  /** Where the PNG goes; null for the usual name. */
  picture: string | null;
};

const help = `npm run simulate -- [options]

The real program in its sandbox, with simulated leads and reviewers, on a clock that jumps. Nothing leaves this machine.

  --weeks N           how many weeks                         12
  --per-week N        new leads a week                       100
  --seed N            the same seed gives the same run       1
  --drift-at-week N   from this week on the model is bad     never
  --json              one JSON object instead of the table
  --picture FILE      where the PNG goes                     simulation-seed-N.png

Thresholds: the highest risk that is approved without asking, by step. Leaked: decisions that went ahead without asking
and that a careful reviewer would have stopped.
`;

type Read = { ok: true; options: SimulationOptions } | { ok: false; text: string; exitCode: 0 | 2 };

export function readSimulationOptions(args: string[]): Read {
  try {
    const { values } = parseArgs({
      args,
      options: {
        weeks: { type: 'string', default: '12' },
        'per-week': { type: 'string', default: '100' },
        seed: { type: 'string', default: '1' },
        'drift-at-week': { type: 'string' },
        json: { type: 'boolean', default: false },
        picture: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return { ok: false, text: help, exitCode: 0 };
    const weeks = whole('--weeks', values.weeks, 1, 104);
    const drift = values['drift-at-week'];
    return {
      ok: true,
      options: {
        weeks,
        perWeek: whole('--per-week', values['per-week'], 0, 2_000),
        seed: whole('--seed', values.seed, 0, 2 ** 31 - 1),
        driftAtWeek: drift === undefined ? null : whole('--drift-at-week', drift, 1, weeks),
        json: values.json,
        picture: values.picture ?? null,
      },
    };
  } catch (error) {
    return { ok: false, text: `${error instanceof Error ? error.message : String(error)}\n\n${help}`, exitCode: 2 };
  }
}

/** @throws Error that names the option, the value and what may stand there. */
function whole(name: string, text: string, least: number, most: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most))
    throw new Error(`${name} is “${text}”: give a whole number from ${least} to ${most}.`);
  return value;
}
