import { durationMs } from '../duration.ts';
import { stepAfter, type Workflow } from '../workflow.ts';
import { fieldOf, type LeadFacts, holds, nextChange } from './condition.ts';
import { conditionWords, explain } from './condition-words.ts';
import { atTime, instantOf, localTimeAt, nextLocal, plusDays, readLocalDate, windowOpens } from './local-time.ts';
import {
  type BranchStep,
  type DecideStep,
  goTarget,
  type SendStep,
  type SplitStep,
  type Step,
  type TaskStep,
  type UpdateStep,
  type WaitStep,
  type WaitUntilStep,
  type WebhookStep,
} from './step.ts';

/**
 * Where an enrollment stands. `active`: it enters its step; `waiting`: the step was entered at `since` and its timer was set to
 * `dueAt` (a wait, a window, a task's card, or something to be tried again).
 */
export type Place = { step: string; status: 'active' | 'waiting'; dueAt: Date; since: Date };

/** A step that was gone through on the way, for the lead's history: what it did, where it led (null: the end), and why. */
export type Passed = {
  step: string;
  did: 'waited' | 'skipped' | 'came_true' | 'timed_out' | 'window_open' | 'branched' | 'drew' | 'task_expired';
  to: string | null;
  why: string;
  /** Which way of a split was drawn. */
  choice?: string;
};

/** A number 0 ≤ u < 1 for a split, the same for the same lead, workflow and step whenever it is asked. */
export type Coin = (step: string) => number;

/** Going through one step: on to another (null: the end), stop, or leave. */
export type Through =
  | { on: string | null; did: Passed['did']; why: string; choice?: string }
  | { wait: Date; why: string }
  | { exit: string }
  | { stop: Stop['do'] };

/** What is to be done at a step, by whoever asked. */
export type Stop =
  | { do: 'decide'; step: DecideStep }
  | { do: 'send'; step: SendStep }
  | { do: 'update'; step: UpdateStep }
  | { do: 'webhook'; step: WebhookStep }
  | { do: 'task'; step: TaskStep };

export function stopAt(step: Step): Stop {
  if ('decide' in step) return { do: 'decide', step };
  if ('send' in step) return { do: 'send', step };
  if ('update' in step) return { do: 'update', step };
  if ('webhook' in step) return { do: 'webhook', step };
  if ('task' in step) return { do: 'task', step };
  throw new Error(`at step ${step.id} nothing has to be done`);
}

/** One step, as far as it goes by itself. `facts` know when the step was entered. */
export function goThrough(workflow: Workflow, step: Step, at: Place, facts: LeadFacts, now: Date, coin: Coin): Through {
  const next = stepAfter(workflow, step.id)?.id ?? null;
  if ('wait' in step) return throughWait(step, at, facts, now, next);
  if ('wait_until' in step) return throughWaitUntil(step, at, facts, now, next);
  if ('window' in step) {
    const opens = windowOpens(step.window, now, facts.zone);
    const hours = `${step.window.from}–${step.window.to} in ${facts.zone}`;
    return opens === null
      ? { on: next, did: 'window_open', why: `inside ${hours}` }
      : { wait: opens, why: `until the send window ${hours} opens` };
  }
  if ('branch' in step) return throughBranch(step, facts, now);
  if ('split' in step) return throughSplit(step, coin);
  if ('exit' in step) return { exit: step.exit };
  if ('task' in step && at.status === 'waiting' && at.dueAt <= now)
    return { on: step.task.on_expire ?? next, did: 'task_expired', why: 'nobody did it in time' };
  if (at.status === 'waiting' && at.dueAt > now) return { wait: at.dueAt, why: 'until it is due' };
  return { stop: stopAt(step).do };
}

function throughWait({ wait }: WaitStep, at: Place, facts: LeadFacts, now: Date, next: string | null): Through {
  if (typeof wait === 'string') {
    const until = at.status === 'waiting' ? at.dueAt : new Date(now.getTime() + durationMs(wait));
    return until > now ? { wait: until, why: `for ${wait}` } : { on: next, did: 'waited', why: `waited ${wait}` };
  }
  if ('until' in wait) {
    const until = nextLocal(at.since, facts.zone, wait.until, wait.days);
    const clock = `${wait.until} in ${facts.zone}`;
    return until > now
      ? { wait: until, why: `until ${clock}` }
      : { on: next, did: 'waited', why: `it is past ${clock}` };
  }
  const name = wait.until_date;
  const until = dateMoment(wait, facts);
  const instead = (what: 'if_missing' | 'if_past', why: string): Through => {
    const action = wait[what] ?? 'skip';
    if (action === 'exit') return { exit: why };
    return { on: goTarget(action) ?? next, did: 'skipped', why };
  };
  if (until === null) return instead('if_missing', `no date in ${name}`);
  if (until > now) return { wait: until, why: `until ${wait.offset ?? ''} ${name}`.replace('  ', ' ') };
  return at.status === 'waiting'
    ? { on: next, did: 'waited', why: `waited until ${until.toISOString()}` }
    : instead('if_past', `${name} is past`);
}

/** The moment that a date of the lead, its offset and its time of day name; null when the lead has no such date. */
function dateMoment(wait: Extract<WaitStep['wait'], { until_date: string }>, facts: LeadFacts): Date | null {
  const text = fieldOf(facts, wait.until_date);
  const date = text === null ? null : readLocalDate(text, facts.zone);
  if (date === null) return null;
  const offset = wait.offset ?? '0d';
  const back = offset.startsWith('-');
  const length = offset.replace(/^[+-]/, '');
  const unit = length.at(-1);
  const amount = Number(length.slice(0, -1)) * (back ? -1 : 1);
  const inDays = unit === 'd' || unit === 'w';
  // Days are days of the calendar, so that a change of the clock in between moves nothing; hours are hours.
  const day = inDays ? { ...date, ...dayOnly(plusDays(date, unit === 'w' ? amount * 7 : amount)) } : date;
  const moment = instantOf(day, facts.zone);
  const shifted = inDays ? moment : new Date(moment.getTime() + durationMs(length) * (back ? -1 : 1));
  return wait.at === undefined ? shifted : instantOf(atTime(localTimeAt(shifted, facts.zone), wait.at), facts.zone);
}

function dayOnly({ year, month, day }: { year: number; month: number; day: number }) {
  return { year, month, day };
}

function throughWaitUntil(step: WaitUntilStep, at: Place, facts: LeadFacts, now: Date, next: string | null): Through {
  if (holds(step.wait_until, facts, now))
    return { on: next, did: 'came_true', why: explain(step.wait_until, facts, now) };
  const end = new Date(at.since.getTime() + durationMs(step.timeout));
  if (end <= now)
    return {
      on: step.on_timeout ?? next,
      did: 'timed_out',
      why: `not ${conditionWords(step.wait_until)} in ${step.timeout}`,
    };
  const change = nextChange(step.wait_until, facts, now);
  return { wait: change !== null && change < end ? change : end, why: `until ${conditionWords(step.wait_until)}` };
}

function throughBranch(step: BranchStep, facts: LeadFacts, now: Date): Through {
  for (const { when, go } of step.branch) {
    if (when === undefined) return { on: go, did: 'branched', why: 'none of the conditions above holds' };
    if (holds(when, facts, now)) return { on: go, did: 'branched', why: explain(when, facts, now) };
  }
  throw new Error(`branch ${step.id} has no way for everybody else`);
}

function throughSplit(step: SplitStep, coin: Coin): Through {
  const u = coin(step.id) * 100;
  let reached = 0;
  for (const { name, share, go } of step.split) {
    reached += share;
    if (u < reached) return { on: go, did: 'drew', why: `drew “${name}” (${share} %)`, choice: name };
  }
  throw new Error(`split ${step.id}: ${u / 100} lies beyond its shares`);
}
