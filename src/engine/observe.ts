import type { PolicyEffect } from '../core/autonomy/policy-effect.ts';
import { inOrder, type PolicyEvent } from '../core/autonomy/policy-event.ts';
import { policyOf } from '../core/autonomy/policy-config.ts';
import { reduceTogether } from '../core/autonomy/policy.ts';
import type { PolicyState } from '../core/autonomy/policy-state.ts';
import type { AuditEvent } from '../db/audit.ts';
import { type Cell, lastEventAt, saveCell } from '../db/cells.ts';
import type { Tx } from '../db/client.ts';
import { wantPost } from '../db/slack-posts.ts';
import { currentVersion, findWorkflow } from '../db/workflows.ts';
import { movesButtons, touchButtons } from './cell-notices.ts';
import type { Context } from './context.ts';

export type Observed = {
  state: PolicyState;
  effects: PolicyEffect[] /** For the caller to append last. */;
  audit: AuditEvent[];
};

/**
 * Tells a locked cell what happened, in the transaction in which it happened: its standing, its log, the notices that people
 * get and the audit rows move together or not at all.
 */
export async function observe(
  ctx: Context,
  tx: Tx,
  cell: Cell,
  events: readonly PolicyEvent[],
  actor: string,
): Promise<Observed> {
  if (events.length === 0) return { state: cell.standing, effects: [], audit: [] };
  const now = ctx.clock.now();
  const after = afterAll(inOrder(events), await lastEventAt(tx, cell.id));
  const { state, effects } = reduceTogether(cell.standing, after, policyOf(cell.kind));
  // In the order in which they were applied: the log's replay has to give the standing.
  const seq = await saveCell(tx, cell, { state, events: after, actor, now });
  const told = effects.filter(isNews);
  if (effects.some(movesButtons)) await touchButtons(tx, cell.id, now);
  await postNotices(ctx, tx, cell, seq, told);
  return {
    state,
    effects,
    audit: effects.filter(isChange).map((effect) => ({
      at: now,
      actor,
      action: `autonomy.${effect.type}`,
      subjectType: 'cell',
      subjectId: cell.id,
      data: { epoch: state.epoch, rung: state.rung, seq },
    })),
  };
}

/**
 * Who gets the lock of the cell first is applied first, and the log says so by its times alone: two clicks in one millisecond, or
 * a clock that was set back, are put right behind what was applied before.
 */
function afterAll(events: readonly PolicyEvent[], last: number | null): readonly PolicyEvent[] {
  const first = events[0];
  if (first === undefined || last === null || first.at > last) return events;
  const late = last + 1 - first.at;
  return events.map((event) => ({ ...event, at: event.at + late }));
}

async function postNotices(ctx: Context, tx: Tx, cell: Cell, seq: number, effects: PolicyEffect[]): Promise<void> {
  if (effects.length === 0) return;
  const workflow = await findWorkflow(tx, cell.workspaceId, cell.workflow);
  if (workflow === null) return;
  const channel = (await currentVersion(tx, workflow.id)).definition.channels[cell.kind];
  for (const [i, effect] of effects.entries())
    await wantPost(tx, {
      id: ctx.ids.id(),
      workspaceId: ctx.workspaceId,
      purpose: 'notice',
      subjectType: 'cell',
      subjectId: `${cell.id}:${seq}:${i}`,
      channel,
      payload: { type: 'autonomy', cellId: cell.id, seq, effect },
      now: ctx.clock.now(),
    });
}

/** Changes of where a cell stands, or of what holds it there. */
function isChange({ type }: PolicyEffect): boolean {
  return type !== 'ladder_drawn' && type !== 'refused';
}

/** What everybody in the channel should hear of at once. */
function isNews(effect: PolicyEffect): boolean {
  switch (effect.type) {
    case 'raised':
    case 'proposed':
    case 'lowered':
    case 'tightened':
    case 'frozen':
    case 'unfrozen':
    case 'capped':
    case 'uncapped':
    case 'restored':
    case 'mode_changed':
    case 'proposal_withdrawn':
      return true;
    case 'restarted':
      // A recovery on rung 0 changes nothing for people; a reset or another version does.
      return effect.because !== 'recovery';
    case 'earned':
    case 'proposal_confirmed_once':
    case 'relaxed':
    case 'ladder_drawn':
    case 'refused':
      return false;
  }
}
