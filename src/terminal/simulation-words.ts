import { automaticShare, cellsOf, type SimulationReport } from '../core/simulated-week.ts';

const BARS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** A table, a line a week, and under it a picture of one character a week. */
export function simulationWords(report: SimulationReport): string {
  return `${table(report)}\n${picture(report)}`;
}

function table({ weeks, driftAtWeek }: SimulationReport): string {
  const cells = cellsOf(weeks);
  const head = ['week', 'decisions', 'without asking', 'leaked', 'mails', 'conversions', 'thresholds'];
  const lines = weeks.map((week) => [
    `${week.week}${week.week === driftAtWeek ? ' *' : ''}`,
    String(week.decisions),
    `${week.automatic} (${percent(automaticShare(week))})`,
    String(week.leaked),
    String(week.mails),
    String(week.conversions),
    cells.map((cell) => (week.thresholds[cell] ?? 0).toFixed(2)).join('  '),
  ]);
  const widths = head.map((name, i) => Math.max(name.length, ...lines.map((line) => line[i]?.length ?? 0)));
  const row = (parts: readonly string[]): string =>
    parts.map((part, i) => (i === parts.length - 1 ? part : part.padStart(widths[i] ?? 0))).join('   ');
  const legend = cells.length === 0 ? '' : `\nThresholds, left to right: ${cells.join(' · ')}`;
  const drift = driftAtWeek === null ? '' : '\n* from here on the model is bad';
  return `${row(head)}\n${lines.map(row).join('\n')}\n${legend}${drift}\n`;
}

function picture({ weeks }: SimulationReport): string {
  const cells = cellsOf(weeks);
  const line = (name: string, values: readonly number[], top: number, end: string): string =>
    `${name.padEnd(nameWidth)} ${bars(values, top)} ${end}`;
  const names = [...cells.map((cell) => `τ ${cell}`), 'without asking', 'leaked', 'mails', 'conversions'];
  const nameWidth = Math.max(...names.map((name) => name.length));
  const most = (values: readonly number[]): number => Math.max(1, ...values);
  const count = (key: 'leaked' | 'mails' | 'conversions'): string => {
    const values = weeks.map((week) => week[key]);
    return line(
      key,
      values,
      most(values),
      `${values.reduce((sum, value) => sum + value, 0)} in all, at most ${most(values)} a week`,
    );
  };
  const last = weeks.at(-1);
  return [
    ...cells.map((cell) =>
      line(
        `τ ${cell}`,
        weeks.map(({ thresholds }) => thresholds[cell] ?? 0),
        1,
        `now ${(last?.thresholds[cell] ?? 0).toFixed(2)}`,
      ),
    ),
    line('without asking', weeks.map(automaticShare), 1, `now ${percent(last ? automaticShare(last) : 0)}`),
    count('leaked'),
    count('mails'),
    count('conversions'),
    '',
  ].join('\n');
}

function bars(values: readonly number[], top: number): string {
  return values.map((value) => BARS[value <= 0 ? 0 : Math.max(1, Math.min(8, Math.round((value / top) * 8)))]).join('');
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
