import { and, eq } from 'drizzle-orm';
import { explainEffect } from '../core/autonomy/explain.ts';
import type { PolicyEffect } from '../core/autonomy/policy-effect.ts';
import type { PolicyEvent } from '../core/autonomy/policy-event.ts';
import { type Cell, lockCell } from '../db/cells.ts';
import { type DbOrTx, transact } from '../db/client.ts';
import { cells, policyEvents } from '../db/schema.ts';
import { currentVersion, findWorkflow } from '../db/workflows.ts';
import { isWorkspaceAdmin, mayDecide } from './approvers.ts';
import { type ControlActor, type ControlAnswer, refuse, stampOf, steer } from './autonomy-controls.ts';
import { speechOf } from './autonomy-speech.ts';
import { toldAbout } from './cell-notices.ts';
import { addressOf } from './cell-places.ts';
import type { Context } from './context.ts';

/** The raise or proposal that a notice is about: the cell, and the place of what raised it in its log. */
export type RaiseRef = { cellId: string; seq: number };
export type RaiseAnswer = 'undo' | 'cap_here' | 'agree' | 'not_now';
type Raised = Extract<PolicyEffect, { type: 'raised' | 'proposed' }>;

/**
 * What somebody presses on the notice of a raise. `undo` goes back to the rung before, `cap_here` lets it rise no further: both
 * only ever take away, so who may approve such decisions may, like an admin. `agree` and `not_now` are the word of an approver; it takes
 * two of them.
 */
export async function answerRaise(
  ctx: Context,
  { cellId, seq, answer, userId }: RaiseRef & { answer: RaiseAnswer; userId: string },
): Promise<ControlAnswer> {
  const [known] = await ctx.db.select().from(cells).where(eq(cells.id, cellId));
  if (!known || known.workspaceId !== ctx.workspaceId) return gone();
  // Who somebody is, is asked of Slack: before the transaction, never in it.
  const refusal = await whyNot(ctx, known, answer, userId);
  if (refusal !== null) {
    ctx.log.info({ user: userId, cell: cellId, answer }, 'an answer to a raise was refused');
    return refuse('not_allowed', refusal);
  }
  const first = known.standing.proposal?.confirmedBy ?? null;
  const without = answer === 'agree' && first !== null && (await mayNotAnymore(ctx, known, first)) ? first : null;
  return transact(ctx.db, async (tx) => {
    const cell = await lockCell(tx, cellId);
    const raise = await findRaise(tx, cellId, seq);
    if (raise === null) return gone();
    const actor = { type: 'person', id: userId } as const;
    const place = { address: addressOf(cell) };
    if (raise.effect.type !== askedBy[answer]) return gone();
    const over = standsNoMore(cell, raise);
    if (over !== null) return refuse('refused', `${place.address}: ${over}`);
    return steer(ctx, tx, cell, { place, event: eventOf(ctx, answer, raise, actor, without), actor });
  });
}

/** Which notice has the button. */
const askedBy: Record<RaiseAnswer, Raised['type']> = {
  undo: 'raised',
  cap_here: 'raised',
  agree: 'proposed',
  not_now: 'proposed',
};

const gone = () => refuse('unknown_notice', 'What this notice is about does not exist any more.');

async function whyNot(ctx: Context, cell: Cell, answer: RaiseAnswer, userId: string): Promise<string | null> {
  const workflow = await findWorkflow(ctx.db, cell.workspaceId, cell.workflow);
  const approvers =
    workflow === null ? [] : (await currentVersion(ctx.db, workflow.id)).definition.approvers[cell.kind];
  if (await mayDecide(ctx, userId, approvers)) return null;
  if (answer === 'agree' || answer === 'not_now')
    return 'Only approvers of these decisions may answer for a raise. Nothing was changed.';
  return (await isWorkspaceAdmin(ctx, userId))
    ? null
    : 'Only approvers of these decisions and admins of the Slack workspace may do this. Nothing was changed.';
}

/** Whoever agreed first has to be an approver still when the second one does. */
async function mayNotAnymore(ctx: Context, cell: Cell, by: string): Promise<boolean> {
  return (await whyNot(ctx, cell, 'agree', by.replace(/^person:/, ''))) !== null;
}

export type FoundRaise = {
  effect: Raised;
  /** The epoch it was raised in. */
  epoch: number;
  /** What ended it since; null while nothing did. */
  ended: PolicyEffect | null;
};

/** A raise or a proposal as it was told, and what became of it since. Null where there is none. */
export async function findRaise(db: DbOrTx, cellId: string, seq: number): Promise<FoundRaise | null> {
  const told = await toldAbout(db, cellId);
  const at = told.findIndex(({ seq: of, effect }) => of === seq && isRaised(effect));
  const effect = told[at]?.effect;
  if (!effect || !isRaised(effect)) return null;
  const [event] = await db
    .select({ epoch: policyEvents.epoch })
    .from(policyEvents)
    .where(and(eq(policyEvents.cellId, cellId), eq(policyEvents.seq, seq)));
  if (!event) return null;
  const ended = told.slice(at + 1).find(({ effect: later }) => ends(effect, later))?.effect ?? null;
  return { effect, epoch: event.epoch, ended };
}

function isRaised(effect: PolicyEffect): effect is Raised {
  return effect.type === 'raised' || effect.type === 'proposed';
}

function ends(raise: Raised, later: PolicyEffect): boolean {
  switch (later.type) {
    case 'raised':
    case 'lowered':
    case 'restarted':
    case 'restored':
      return true;
    case 'proposal_withdrawn':
      return raise.type === 'proposed';
    case 'capped':
      return raise.type === 'raised' && later.tau <= raise.to.tau;
    case 'ladder_drawn':
    case 'proposed':
    case 'proposal_confirmed_once':
    case 'tightened':
    case 'relaxed':
    case 'frozen':
    case 'unfrozen':
    case 'uncapped':
    case 'earned':
    case 'mode_changed':
    case 'refused':
      return false;
  }
}

/** Why there is nothing left to answer, in a sentence; null while it stands. */
function standsNoMore(cell: Cell, { effect, epoch, ended }: FoundRaise): string | null {
  if (ended !== null) return explainEffect(ended, speechOf(cell.kind));
  const { standing } = cell;
  const stands =
    standing.epoch === epoch &&
    (effect.type === 'raised' ? standing.rung === effect.to.rung : standing.proposal?.rung === effect.to.rung);
  return stands ? null : 'It does not stand any more.';
}

function eventOf(
  ctx: Context,
  answer: RaiseAnswer,
  { effect, epoch }: FoundRaise,
  actor: ControlActor,
  without: string | null,
): PolicyEvent {
  const stamp = stampOf(ctx, actor);
  switch (answer) {
    case 'undo':
      return { type: 'restored', ...stamp, reason: 'the raise was undone', rung: effect.from.rung };
    case 'cap_here':
      return { type: 'capped', ...stamp, reason: 'this far and no further', tau: effect.to.tau };
    case 'agree':
      return { type: 'raise_confirmed', ...stamp, reason: 'agreed', epoch, rung: effect.to.rung, without };
    case 'not_now':
      return { type: 'raise_declined', ...stamp, reason: 'not now', epoch, rung: effect.to.rung };
  }
}
