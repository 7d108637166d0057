import type { LeadFacts } from '../core/workflow/condition.ts';
import { zoneOf } from '../core/workflow/local-time.ts';
import { accountZoneOf } from '../db/accounts.ts';
import { nextExitChange } from '../core/workflow/next-step.ts';
import { goalOf } from '../core/workflow/settings.ts';
import type { Workflow } from '../core/workflow.ts';
import type { DbOrTx } from '../db/client.ts';
import type { LeadRow } from '../db/leads.ts';
import type { enrollments } from '../db/schema.ts';
import { findWorkspace } from '../db/workspaces.ts';
import { leadFacts } from './lead-facts.ts';

type Enrollment = typeof enrollments.$inferSelect;

/** Whether anything in this workflow asks for facts of the lead; one of decisions and plain waits does not, and saves five reads. */
export function asksForFacts(workflow: Workflow): boolean {
  return (
    canEndEarly(workflow) ||
    [...workflow.steps, ...(workflow.baseline?.steps ?? [])].some(
      (step) => !('decide' in step) && !('exit' in step) && !('wait' in step && typeof step.wait === 'string'),
    )
  );
}

/** Whether its goal or an exit condition can end it wherever a lead stands. */
export function canEndEarly(workflow: Pick<Workflow, 'goal' | 'exit_when'>): boolean {
  return goalOf(workflow).when !== null || (workflow.exit_when ?? []).length > 0;
}

/** `all`: also where the workflow's conditions ask for none, because words have to be filled in. */
type Asked = { lead: LeadRow; enrollment: Enrollment; workflow: Workflow; now: Date; all?: boolean };

/** What the conditions of an enrollment's workflow may ask now; in the transaction that acts on the answer, under the lead's lock. */
export async function enrollmentFacts(
  db: DbOrTx,
  { lead, enrollment, workflow, now, all = false }: Asked,
): Promise<LeadFacts> {
  const { enteredAt, stepEnteredAt } = enrollment;
  if (!all && !asksForFacts(workflow))
    return { fields: {}, tags: [], score: lead.score, segments: [], events: [], enteredAt, zone: 'UTC' };
  const { timezone } = await findWorkspace(db, lead.workspaceId);
  const facts = await leadFacts(db, lead, { enteredAt, stepEnteredAt }, now);
  return { ...facts, zone: zoneOf(lead.timezone, await accountZoneOf(db, lead), timezone) };
}

/** When an enrollment must be looked at next: when its own timer is over, or when passing time alone could end it. */
export function lookAgainAt(workflow: Workflow, timer: Date, facts: LeadFacts, now: Date): Date {
  const change = canEndEarly(workflow) ? nextExitChange(workflow, facts, now) : null;
  return change !== null && change < timer ? change : timer;
}
