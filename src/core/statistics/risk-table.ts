import { kaplanMeier, type Watched } from './kaplan-meier.ts';

/** At a time when somebody in either arm converted: who was still watched in each arm, and who converted. */
export type RiskRow = { time: number; atRiskA: number; atRiskB: number; eventsA: number; eventsB: number };

/** The event times of two arms together, ascending: what the log-rank tests count. Arguments as `kaplanMeier`. */
export function riskTable(a: readonly Watched[], b: readonly Watched[]): RiskRow[] {
  const eventsA = new Map(kaplanMeier(a).map(({ time, events }) => [time, events]));
  const eventsB = new Map(kaplanMeier(b).map(({ time, events }) => [time, events]));
  const leftA = fromLast(a);
  const leftB = fromLast(b);
  const times = [...new Set([...eventsA.keys(), ...eventsB.keys()])].toSorted((x, y) => x - y);
  return times.map((time) => ({
    time,
    atRiskA: stillWatched(leftA, time),
    atRiskB: stillWatched(leftB, time),
    eventsA: eventsA.get(time) ?? 0,
    eventsB: eventsB.get(time) ?? 0,
  }));
}

/** Times with the last one first, so that those gone can be taken from the end. */
function fromLast(contacts: readonly Watched[]): number[] {
  return contacts.map(({ time }) => time).toSorted((x, y) => y - x);
}

/** How many are watched at `time`; takes those lost before from the list, so times must ascend from call to call. */
function stillWatched(left: number[], time: number): number {
  while ((left.at(-1) ?? Infinity) < time) left.pop();
  return left.length;
}
