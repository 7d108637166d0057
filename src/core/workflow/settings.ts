import { durationMs } from '../duration.ts';
import type { Kind } from '../kinds/kind.ts';
import type { Trigger, Workflow } from '../workflow.ts';
import { type Condition, holds, type LeadFacts } from './condition.ts';
import type { Step, TaskStep } from './step.ts';
import { type Arm, arms } from './structure.ts';

/** What brings leads in; one or several, in the order of the file. */
export function triggersOf(workflow: Pick<Workflow, 'trigger' | 'triggers'>): Trigger[] {
  return workflow.triggers ?? (workflow.trigger === undefined ? [] : [workflow.trigger]);
}

/** The goal for people, and when a lead has reached it; null when only people can tell. */
export function goalOf({ goal }: Pick<Workflow, 'goal'>): { description: string; when: Condition | null } {
  return typeof goal === 'string' ? { description: goal, when: null } : goal;
}

export function priorityOf({ priority }: Pick<Workflow, 'priority'>): number {
  return priority ?? 50;
}

/** How long colleagues are left alone when somebody of their company answers, in milliseconds; null: not at all. */
export function accountPauseMs({ account_pause: pause }: Pick<Workflow, 'account_pause'>): number | null {
  return pause === 'never' ? null : durationMs(pause ?? '14d');
}

/** How long people have for a decision of this kind, in milliseconds. */
export function deadlineMs(workflow: Pick<Workflow, 'deadline' | 'deadlines'>, kind: Kind): number {
  return durationMs(workflow.deadlines?.[kind] ?? workflow.deadline);
}

/** Where a task's card stands, how long people have for it (ms), and who may close it. */
export function taskSettings(
  workflow: Pick<Workflow, 'channels' | 'approvers' | 'deadline'>,
  { task }: TaskStep,
): { channel: string; deadlineMs: number; approvers: readonly string[] } {
  return {
    channel: task.channel ?? workflow.channels.tasks ?? workflow.channels.email_draft,
    deadlineMs: durationMs(task.deadline ?? workflow.deadline),
    approvers: workflow.approvers.tasks ?? workflow.approvers.email_draft,
  };
}

/** Shares of the arms in percent; they add up to 100. */
export function cohortOf({ cohort }: Pick<Workflow, 'cohort'>): Record<Arm, number> {
  if (cohort === undefined) return { ai: 100, baseline: 0, holdout: 0 };
  return { ai: cohort.ai ?? 0, baseline: cohort.baseline ?? 0, holdout: cohort.holdout ?? 0 };
}

/** The arm of a lead. @param u from its keyed hash, 0 ≤ u < 1; the same number is always the same arm. */
export function armOf(workflow: Pick<Workflow, 'cohort'>, u: number): Arm {
  const shares = cohortOf(workflow);
  let reached = 0;
  for (const arm of arms) {
    reached += shares[arm];
    if (u * 100 < reached) return arm;
  }
  return 'ai';
}

/** Where a lead of this arm begins; null for the holdout, which gets nothing. */
export function firstStep(workflow: Pick<Workflow, 'name' | 'steps' | 'baseline'>, arm: Arm): Step | null {
  switch (arm) {
    case 'ai':
      return workflow.steps[0] ?? null;
    case 'baseline':
      if (!workflow.baseline) throw new Error(`workflow ${workflow.name} has no baseline`);
      return workflow.baseline.steps[0] ?? null;
    case 'holdout':
      return null;
  }
}

/** Something that may bring a lead into workflows. `via`: how a new lead came. */
export type Happening =
  | { on: 'lead_added'; via: 'import' | 'api' | 'other'; source: string | null }
  | { on: 'event'; event: string }
  | { on: 'segment'; segment: string };

/** The first trigger that what happened sets off; null when none does. Enrolling by hand needs no trigger. */
export function triggeredBy(
  workflow: Pick<Workflow, 'trigger' | 'triggers'>,
  happening: Happening,
  facts: LeadFacts,
  now: Date,
): Trigger | null {
  return (
    triggersOf(workflow).find(
      (trigger) =>
        setsOff(trigger, happening) &&
        (trigger.on === 'manual' || trigger.when === undefined || holds(trigger.when, facts, now)),
    ) ?? null
  );
}

function setsOff(trigger: Trigger, happening: Happening): boolean {
  switch (trigger.on) {
    case 'lead_added':
    case 'import':
    case 'api': {
      if (happening.on !== 'lead_added') return false;
      if (trigger.on !== 'lead_added' && trigger.on !== happening.via) return false;
      return trigger.source === undefined || (happening.source !== null && trigger.source.includes(happening.source));
    }
    case 'event':
      return happening.on === 'event' && happening.event.toLowerCase() === trigger.event.toLowerCase();
    case 'segment':
      return happening.on === 'segment' && happening.segment === trigger.segment;
    case 'manual':
      return false;
  }
}

/** Whether a lead whose last enrollment in this workflow ended at `endedAt` (null: still under way) may come in again. */
export function mayReenter({ re_entry: rule }: Pick<Workflow, 're_entry'>, endedAt: Date | null, now: Date): boolean {
  if (endedAt === null || rule === undefined || rule === 'never') return false;
  return rule === 'always' || now.getTime() >= endedAt.getTime() + durationMs(rule.after);
}
