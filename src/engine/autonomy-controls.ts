import { explainEffect } from '../core/autonomy/explain.ts';
import type { PolicyEffect, RefusedBecause } from '../core/autonomy/policy-effect.ts';
import type { PolicyEvent } from '../core/autonomy/policy-event.ts';
import { type PolicyState, thresholdOf } from '../core/autonomy/policy-state.ts';
import type { ControlOrder } from '../core/autonomy-order.ts';
import { appendAudit } from '../db/audit.ts';
import { type Cell, ensureCell } from '../db/cells.ts';
import { transact, type Tx } from '../db/client.ts';
import { isWorkspaceAdmin } from './approvers.ts';
import { speechOf, unmarked } from './autonomy-speech.ts';
import { type CellPlace, cellPlaces, findPlace } from './cell-places.ts';
import type { Context } from './context.ts';
import { observe } from './observe.ts';

/** A person in Slack, or whoever sits at the machine. */
export type ControlActor = { type: 'person'; id: string } | { type: 'cli' };

/** Sentences name people between marks (autonomy-speech.ts). */
export type ControlAnswer =
  | { ok: true; address: string; text: string }
  | {
      ok: false;
      code: 'not_allowed' | 'unknown_place' | 'unknown_notice' | 'refused';
      text: string;
      /** What to order instead, as it is typed after `autonomy`; null where nothing would help. */
      remedy: string | null;
    };

type Refusal = Extract<ControlAnswer, { ok: false }>;

/** Carries out what an admin orders of one cell, in one transaction under its lock: standing, log, notices and audit. */
export async function controlAutonomy(
  ctx: Context,
  { order, actor }: { order: ControlOrder; actor: ControlActor },
): Promise<ControlAnswer> {
  // Who somebody is, is asked of Slack: before the transaction, never in it.
  if (actor.type === 'person' && !(await isWorkspaceAdmin(ctx, actor.id))) {
    ctx.log.info({ user: actor.id, verb: order.verb }, 'an order about autonomy was refused');
    return refuse('not_allowed', 'Only admins and owners of the Slack workspace may do this. Nothing was changed.');
  }
  const found = findPlace(await cellPlaces(ctx.db, ctx.workspaceId), order.place);
  if (!found.ok) return refuse('unknown_place', found.text);
  const { place } = found;
  return transact(ctx.db, async (tx) => {
    const cell = await ensureCell(tx, {
      id: ctx.ids.id(),
      workspaceId: ctx.workspaceId,
      kind: place.kind,
      workflow: place.workflow,
      step: place.step,
      now: ctx.clock.now(),
    });
    if (order.verb === 'uncap' && cell.standing.cap === null)
      return refuse('refused', `${place.address}: it has no cap.`);
    return steer(ctx, tx, cell, { place, event: eventOf(order, cell.standing, stampOf(ctx, actor)), actor });
  });
}

type Stamp = { id: string; at: number; by: string };

/** Who acts, as the policy keeps it. */
function byOf(actor: ControlActor): string {
  return actor.type === 'person' ? actor.id : 'cli';
}

export function stampOf(ctx: Context, actor: ControlActor): Stamp {
  return { id: ctx.ids.id(), at: ctx.clock.now().getTime(), by: byOf(actor) };
}

function eventOf(order: ControlOrder, standing: PolicyState, stamp: Stamp): PolicyEvent {
  const base = { ...stamp, reason: unmarked(order.reason) };
  switch (order.verb) {
    case 'cap':
      return { type: 'capped', ...base, tau: order.tau === 'here' ? thresholdOf(standing) : order.tau };
    case 'uncap':
      return { type: 'capped', ...base, tau: 1 };
    case 'freeze':
      return { type: 'frozen', ...base };
    case 'unfreeze':
      return { type: 'unfrozen', ...base };
    case 'reset':
      return { type: 'reset', ...base };
    case 'restore':
      return { type: 'restored', ...base, rung: order.rung };
    case 'mode':
      return { type: 'mode_set', ...base, proposeOnly: order.proposeOnly };
  }
}

/**
 * Tells a locked cell what a person ordered, and answers in its own sentences. What the policy refuses stands in its log too,
 * and changes nothing.
 */
export async function steer(
  ctx: Context,
  tx: Tx,
  cell: Cell,
  { place, event, actor }: { place: Pick<CellPlace, 'address'>; event: PolicyEvent; actor: ControlActor },
): Promise<ControlAnswer> {
  const { effects, audit, state } = await observe(ctx, tx, cell, [event], `${actor.type}:${byOf(actor)}`);
  await appendAudit(tx, ctx.workspaceId, audit);
  const speech = speechOf(cell.kind);
  const refusal = effects.find((effect) => effect.type === 'refused');
  if (refusal) {
    const said = explainEffect(refusal, speech) ?? '';
    const { more, remedy } = remedyFor(refusal.because, state, place.address);
    return refuse('refused', [`${place.address}: ${said}`, more].filter(Boolean).join(' '), remedy);
  }
  const said = effects.map((effect) => explainEffect(effect, speech) ?? quietly(effect)).filter(Boolean);
  return { ok: true, address: place.address, text: `${place.address}: ${said.join(' ')}` };
}

/** What nobody is told of in the channel, told to whoever did it. */
function quietly(effect: PolicyEffect): string {
  return effect.type === 'proposal_confirmed_once' ? 'Your agreement counts; one more person has to agree.' : '';
}

function remedyFor(
  because: RefusedBecause,
  state: PolicyState,
  address: string,
): { more: string; remedy: string | null } {
  switch (because) {
    case 'frozen':
      return { more: '', remedy: `unfreeze ${address} WHY` };
    case 'capped':
      return { more: '', remedy: `uncap ${address} WHY` };
    case 'no_such_rung':
      return state.ladder === null
        ? { more: 'It is not drawn yet: too few decisions are known.', remedy: null }
        : { more: `It has rungs 0 to ${state.ladder.length}.`, remedy: `restore ${address} RUNG WHY` };
    case 'already_there':
    case 'reason_missing':
    case 'no_proposal':
    case 'same_person':
    case 'no_longer_holds':
      return { more: '', remedy: null };
  }
}

export function refuse(code: Refusal['code'], text: string, remedy: string | null = null): Refusal {
  return { ok: false, code, text, remedy };
}
