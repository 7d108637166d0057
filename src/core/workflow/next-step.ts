import { durationMs } from '../duration.ts';
import { stepAfter, stepById, type Workflow } from '../workflow.ts';
import { type LeadFacts, holds, nextChange } from './condition.ts';
import { explain } from './condition-words.ts';
import { goalOf } from './settings.ts';
import {
  type DecideStep,
  type FixedMail,
  isGo,
  type SendStep,
  type Step,
  type TaskStep,
  type UpdateStep,
  type WebhookStep,
} from './step.ts';
import { type Coin, goThrough, type Passed, type Place, stopAt } from './through-step.ts';

export type { Coin, Passed, Place } from './through-step.ts';

/** What an enrollment does next: wait (always until a moment after `now`), have something done at a step, or leave. */
export type NextStep = { passed: Passed[] } & (
  | { do: 'wait'; step: Step; until: Date; why: string }
  | { do: 'decide'; step: DecideStep }
  | { do: 'send'; step: SendStep }
  | { do: 'update'; step: UpdateStep }
  | { do: 'webhook'; step: WebhookStep }
  | { do: 'task'; step: TaskStep }
  | { do: 'finish' }
  | { do: 'exit'; step: string; reason: string }
);

/** Where an enrollment stands once something at a step is over. */
export type Move = { status: 'active'; step: string } | { status: 'done' } | { status: 'exited'; reason: string };

/**
 * From where an enrollment stands to the next place where it has to stop; waits that are over, branches and splits are gone
 * through on the way. May be asked at any time: before the timer is due it says how long to wait still, from today's facts (a
 * date that was moved, a condition that came true). It never looks at goal and exit conditions: `exitNow` does, before it.
 */
export function nextStep(workflow: Workflow, place: Place, facts: LeadFacts, now: Date, coin: Coin): NextStep {
  const passed: Passed[] = [];
  let at: Place = place.status === 'active' ? { ...place, since: now } : place;
  // Jumps go forward, so this ends; a definition that was stored otherwise must not hang the process.
  for (let steps = 0; steps <= 200; steps++) {
    const step = stepById(workflow, at.step);
    const through = goThrough(workflow, step, at, { ...facts, stepEnteredAt: at.since }, now, coin);
    if ('wait' in through) return { do: 'wait', step, until: through.wait, why: through.why, passed };
    if ('exit' in through) return { do: 'exit', step: step.id, reason: through.exit, passed };
    if ('stop' in through) return { ...stopAt(step), passed };
    const { on, did, why, choice } = through;
    passed.push({ step: step.id, did, to: on, why, ...(choice === undefined ? {} : { choice }) });
    if (on === null) return { do: 'finish', passed };
    at = { step: on, status: 'active', dueAt: now, since: now };
  }
  throw new Error(`workflow ${workflow.name} goes round in a circle at step ${at.step}`);
}

/** Where a lead goes on after its decision at `step` ended so. For an expired one that sends a fixed mail, see `fallbackOf`. */
export function afterDecision(
  workflow: Workflow,
  step: string,
  status: 'approved' | 'edited' | 'rejected' | 'expired' | 'withdrawn',
): Move {
  if (status === 'rejected' && workflow.on_reject === 'exit')
    return { status: 'exited', reason: `rejected at ${step}` };
  if (status === 'withdrawn') return { status: 'exited', reason: `withdrawn at ${step}` };
  if (status === 'expired') {
    const fallback = fallbackOf(workflow, step, 'on_expire');
    return fallback.do === 'send' ? fallback.then : fallback.do === 'move' ? fallback.to : goOn(workflow, step);
  }
  return goOn(workflow, step);
}

/** What is done instead of the decision at `step`: `ask` (a card without a proposal), a fixed mail, or nothing but going on. */
export type Fallback = { do: 'ask' } | { do: 'send'; mail: FixedMail; then: Move } | { do: 'move'; to: Move };

const LEFT = {
  on_model_failure: (step: string) => `the model failed at ${step}`,
  on_budget: (step: string) => `the budget was spent at ${step}`,
  on_expire: (step: string) => `nobody decided on ${step} in time`,
} as const;

/** @throws Error for a step that decides nothing. */
export function fallbackOf(
  workflow: Workflow,
  step: string,
  when: 'on_model_failure' | 'on_budget' | 'on_expire',
): Fallback {
  const found = stepById(workflow, step);
  if (!('decide' in found)) throw new Error(`step ${step} of workflow ${workflow.name} decides nothing`);
  const usual = when === 'on_expire' ? (workflow.on_expire === 'exit' ? 'exit' : 'skip') : 'ask';
  const action = found.fallback?.[when] ?? usual;
  if (isGo(action)) return { do: 'move', to: { status: 'active', step: action.slice(3) } };
  switch (action) {
    case 'ask':
      return { do: 'ask' };
    case 'exit':
      return { do: 'move', to: { status: 'exited', reason: LEFT[when](step) } };
    case 'send':
      if (!found.fallback?.mail)
        throw new Error(`step ${step} of workflow ${workflow.name} has no mail to send instead`);
      return { do: 'send', mail: found.fallback.mail, then: goOn(workflow, step) };
    case 'skip':
      return { do: 'move', to: goOn(workflow, step) };
  }
}

/** Where a lead goes on after a fixed mail, an update, a webhook or a task. `expired` and `failed` say that it was not done. */
export function afterStep(
  workflow: Workflow,
  step: string,
  how: 'done' | 'skipped' | 'failed' | 'expired' = 'done',
): Move {
  const found = stepById(workflow, step);
  if ('webhook' in found && how === 'failed' && found.on_failure === 'exit')
    return { status: 'exited', reason: `the webhook failed at ${step}` };
  const target =
    'task' in found
      ? how === 'done'
        ? found.task.done
        : how === 'expired'
          ? found.task.on_expire
          : undefined
      : undefined;
  return target === undefined ? goOn(workflow, step) : { status: 'active', step: target };
}

function goOn(workflow: Workflow, step: string): Move {
  const next = stepAfter(workflow, step);
  return next === null ? { status: 'done' } : { status: 'active', step: next.id };
}

/** Why a lead leaves at this moment, wherever it stands: the goal first, then the exit conditions in their order; null when it stays. */
export function exitNow(
  workflow: Pick<Workflow, 'goal' | 'exit_when'>,
  facts: LeadFacts,
  now: Date,
): { reason: string; why: string } | null {
  const goal = goalOf(workflow).when;
  if (goal !== null && holds(goal, facts, now)) return { reason: GOAL_REACHED, why: explain(goal, facts, now) };
  const exit = workflow.exit_when?.find(({ when }) => holds(when, facts, now));
  return exit === undefined ? null : { reason: exit.reason, why: explain(exit.when, facts, now) };
}

const GOAL_REACHED = 'goal reached';

/** When passing time alone could make `exitNow` answer otherwise; null when only something that happens can. */
export function nextExitChange(
  workflow: Pick<Workflow, 'goal' | 'exit_when'>,
  facts: LeadFacts,
  now: Date,
): Date | null {
  const conditions = [goalOf(workflow).when, ...(workflow.exit_when ?? []).map(({ when }) => when)];
  return nextChange({ any: conditions.filter((condition) => condition !== null) }, facts, now);
}

/**
 * When the plain wait on which a lead stands ends, if it counts from the mail of `mailStep` that left at `sentAt`: nothing that
 * takes time may lie between the two. null when it does not.
 */
export function waitAfterMail(workflow: Workflow, mailStep: string, waitStep: string, sentAt: Date): Date | null {
  const steps = [...workflow.steps, ...(workflow.baseline?.steps ?? [])];
  const step = steps.find(({ id }) => id === waitStep);
  if (!step || !('wait' in step) || typeof step.wait !== 'string' || !steps.some(({ id }) => id === mailStep))
    return null;
  const open = [stepAfter(workflow, mailStep)?.id ?? null];
  const seen = new Set<string>();
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === waitStep) return new Date(sentAt.getTime() + durationMs(step.wait));
    if (id === null || seen.has(id)) continue;
    seen.add(id);
    const between = stepById(workflow, id);
    if ('branch' in between) open.push(...between.branch.map(({ go }) => go));
    else if ('split' in between) open.push(...between.split.map(({ go }) => go));
    else if ('update' in between || 'webhook' in between) open.push(stepAfter(workflow, id)?.id ?? null);
  }
  return null;
}
