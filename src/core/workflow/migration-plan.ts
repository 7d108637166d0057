import { contentHash } from '../canonical-json.ts';
import type { Workflow } from '../workflow.ts';
import { kindOf, type Step } from './step.ts';

/** A lead under way in a version. `pending`: what of its step waits for people. */
export type InFlight = {
  enrollmentId: string;
  step: string;
  status: 'active' | 'waiting' | 'paused';
  pending: 'decision' | 'task' | null;
};

/**
 * Where a lead goes when it is moved to another version. `keep`: it stands on the same step, and its timer or its card runs on;
 * `enter`: it enters the named step anew, and a card that waits for people is withdrawn; `stays`: it is left on its version;
 * `done`: nothing is left for it to do.
 */
export type Target = { do: 'keep'; step: string } | { do: 'enter'; step: string } | { do: 'stays' } | { do: 'done' };
export type Migration = { enrollmentId: string; from: string; to: Target; why: string };

/**
 * Who goes where when the leads under way in `before` are moved to `after`. Nobody goes back: a step that is new and lies
 * before a lead's place is not made up for. A card that waits for people stays as it is where the new version would have made it
 * of the same words; otherwise it is withdrawn and made anew.
 */
export function planMigration(before: Workflow, after: Workflow, places: readonly InFlight[]): Migration[] {
  return places.map((place) => ({
    enrollmentId: place.enrollmentId,
    from: place.step,
    ...targetOf(before, after, place),
  }));
}

function targetOf(before: Workflow, after: Workflow, { step, status, pending }: InFlight): { to: Target; why: string } {
  const old = trackWith(before, step);
  if (old === null) return { to: { do: 'stays' }, why: `its version has no step “${step}”` };
  const now = old.baseline ? (after.baseline?.steps ?? null) : after.steps;
  if (now === null) return { to: { do: 'stays' }, why: 'the new version has no baseline' };
  const was = old.steps[old.at];
  const same = now.find(({ id }) => id === step);
  if (was && same && kindOf(same) === kindOf(was)) return onSameStep(before, after, { was, same, status, pending });
  const card = pending === null ? '' : '; its card is withdrawn';
  if (same) return { to: { do: 'enter', step }, why: `step “${step}” became something else${card}` };
  const next = old.steps.slice(old.at + 1).find(({ id }) => now.some((candidate) => candidate.id === id));
  if (next)
    return {
      to: { do: 'enter', step: next.id },
      why: `step “${step}” is gone; “${next.id}” is the next that is left${card}`,
    };
  return { to: { do: 'done' }, why: `step “${step}” is gone, and none that came after it is left${card}` };
}

type SameStep = Pick<InFlight, 'status' | 'pending'> & { was: Step; same: Step };

function onSameStep(
  before: Workflow,
  after: Workflow,
  { was, same, status, pending }: SameStep,
): { to: Target; why: string } {
  const { id: step } = same;
  const changed = contentHash(was) !== contentHash(same);
  if (pending === null)
    return {
      to: { do: 'keep', step },
      why: status !== 'active' && changed ? 'the same step, which changed: what runs already runs on' : 'the same step',
    };
  if (changed) return { to: { do: 'enter', step }, why: `step “${step}” changed; its card is withdrawn and made anew` };
  if (pending === 'decision' && contentHash(saidToAll(before)) !== contentHash(saidToAll(after)))
    return {
      to: { do: 'enter', step },
      why: 'what drafts are made from changed; its card is withdrawn and made anew',
    };
  return { to: { do: 'keep', step }, why: 'the same step; its card stays' };
}

/** What the workflow says of itself to whoever drafts at any step, and what stands in every mail. */
function saidToAll({ facts, tone, allowed_links, sender, why, lead_fields, required_fields }: Workflow): unknown {
  return { facts, tone, allowed_links, sender, why, lead_fields, required_fields };
}

function trackWith(workflow: Workflow, step: string): { steps: readonly Step[]; at: number; baseline: boolean } | null {
  for (const [steps, baseline] of [
    [workflow.steps, false],
    [workflow.baseline?.steps ?? [], true],
  ] as const) {
    const at = steps.findIndex(({ id }) => id === step);
    if (at !== -1) return { steps, at, baseline };
  }
  return null;
}

/** The plan in numbers, most leads first: who goes from where to where, and why. */
export function migrationSummary(
  plan: readonly Migration[],
): Array<{ from: string; to: Target; why: string; count: number }> {
  const groups = new Map<string, { from: string; to: Target; why: string; count: number }>();
  for (const { from, to, why } of plan) {
    const key = JSON.stringify([from, to, why]);
    const group = groups.get(key);
    if (group) group.count++;
    else groups.set(key, { from, to, why, count: 1 });
  }
  return [...groups.values()].toSorted((a, b) => b.count - a.count);
}
