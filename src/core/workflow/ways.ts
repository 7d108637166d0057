import { durationMs } from '../duration.ts';
import type { Step } from './step.ts';
import { jumpsOf } from './structure.ts';

/** One way on from a step; `ms` is the least time that passes on it. */
type Way = { to: string; ms: number };

/** Every way on from a step that stays in the workflow; `below` is the step under it, null at the end. */
function waysOn(step: Step, below: string | null): Way[] {
  const jumps = jumpsOf(step).filter(({ path }) => path[0] !== 'next');
  const ways = jumps.map(({ path, to }) => ({ to, ms: path[0] === 'on_timeout' ? timeoutOf(step) : 0 }));
  if ('branch' in step || 'split' in step || 'exit' in step) return ways;
  const on = step.next ?? below;
  return on === null
    ? ways
    : [...ways, { to: on, ms: 'wait' in step && typeof step.wait === 'string' ? durationMs(step.wait) : 0 }];
}

function timeoutOf(step: Step): number {
  return 'wait_until' in step ? durationMs(step.timeout) : 0;
}

/** Ids of the steps that some lead can come to, from the first. */
export function reachable(steps: readonly Step[]): Set<string> {
  const found = new Set(steps.slice(0, 1).map(({ id }) => id));
  // Ways lead forward only, so one pass in the order of the file finds all.
  for (const [i, step] of steps.entries())
    if (found.has(step.id)) for (const { to } of waysOn(step, steps[i + 1]?.id ?? null)) found.add(to);
  return found;
}

export function sendsMail(step: Step): boolean {
  return 'send' in step || ('decide' in step && step.decide === 'email_draft');
}

type Reached = { ms: number; mails: string[] };

/**
 * The steps of the most mails that one lead may get within `withinMs`, on the fastest way; empty without mails. Waits for a
 * moment or an event count as no time, since they may be over at once.
 */
export function mostMails(steps: readonly Step[], withinMs: number): string[] {
  let most: string[] = [];
  for (const [start, first] of steps.entries()) {
    if (!sendsMail(first)) continue;
    const reached = new Map<string, Reached[]>([[first.id, [{ ms: 0, mails: [] }]]]);
    for (const [i, step] of steps.slice(start).entries()) {
      const here = frontier(reached.get(step.id) ?? []).map(({ ms, mails }) => ({
        ms,
        mails: sendsMail(step) ? [...mails, step.id] : mails,
      }));
      for (const { mails } of here) if (mails.length > most.length) most = mails;
      for (const { to, ms } of waysOn(step, steps[start + i + 1]?.id ?? null)) {
        const further = here.map((state) => ({ ...state, ms: state.ms + ms })).filter((state) => state.ms < withinMs);
        reached.set(to, [...(reached.get(to) ?? []), ...further]);
      }
    }
  }
  return most;
}

/** Without the states that another one beats in time and mails alike: a file of many branches stays quick to check. */
function frontier(states: readonly Reached[]): Reached[] {
  const best: Reached[] = [];
  for (const state of states.toSorted((a, b) => a.ms - b.ms || b.mails.length - a.mails.length))
    if (best.every(({ mails }) => mails.length < state.mails.length)) best.push(state);
  return best;
}
