import { and, asc, eq } from 'drizzle-orm';
import type { PolicyEvent } from '../core/autonomy/policy-event.ts';
import { type Brake, brakes, type PolicyState } from '../core/autonomy/policy-state.ts';
import type { Kind } from '../core/kinds/kind.ts';
import { catchBound, catchBrake, type Catches, isTrusted } from '../core/reviewers/catch-rate.ts';
import type { AuditEvent } from '../db/audit.ts';
import { lockCell } from '../db/cells.ts';
import type { DbOrTx, Tx } from '../db/client.ts';
import { ownCatches, teamCatches } from '../db/review-checks.ts';
import { cells } from '../db/schema.ts';
import type { Context } from './context.ts';
import { observe } from './observe.ts';

/** So long an answered check measures somebody; afterwards it is nobody's any more. */
const MEASURED_MS = 180 * 86_400_000;

export function measuredSince(now: Date): Date {
  return new Date(now.getTime() - MEASURED_MS);
}

/** What the team catches of this kind. */
export function catchesOf(db: DbOrTx, ctx: Context, kind: Kind): Promise<Catches> {
  return teamCatches(db, ctx.workspaceId, kind, measuredSince(ctx.clock.now()));
}

/** Whether approvals of this person count as evidence. */
export async function isTrustedReviewer(db: DbOrTx, workspaceId: string, actor: string, now: Date): Promise<boolean> {
  return isTrusted(await ownCatches(db, workspaceId, actor, measuredSince(now)));
}

/**
 * What a cell has to be told of the team's catches; nothing while it knows. Too few checks of late take nothing back: what was known
 * of the team holds until twelve fresh ones say otherwise, or forgetting would raise thresholds.
 */
export function catchRateEvents(ctx: Context, standing: PolicyState, catches: Catches): PolicyEvent[] {
  const lower = catchBound(catches);
  if (standing.catchRate === lower || lower === null) return [];
  return [{ type: 'catch_rate_set', id: ctx.ids.id(), at: ctx.clock.now().getTime(), lower }];
}

/**
 * Tells every cell of a kind what its reviewers catch, in the transaction of the answer that changed it. Takes the locks of the
 * cells, in the order of their ids. Answers with audit rows to append last.
 */
export async function spreadCatchRate(ctx: Context, tx: Tx, kind: Kind): Promise<AuditEvent[]> {
  const catches = await catchesOf(tx, ctx, kind);
  const found = await tx
    .select({ id: cells.id })
    .from(cells)
    .where(and(eq(cells.workspaceId, ctx.workspaceId), eq(cells.kind, kind)))
    .orderBy(asc(cells.id));
  const audit: AuditEvent[] = [];
  for (const { id } of found) {
    const cell = await lockCell(tx, id);
    const events = [
      ...catchRateEvents(ctx, cell.standing, catches),
      ...brakeEvents(ctx, cell.standing, { catch_rate: catchBrake(catches) }),
    ];
    audit.push(...(await observe(ctx, tx, cell, events, 'system:reviews')).audit);
  }
  return audit;
}

/** The brakes that have to change: those that are on or off against what is wanted. A reason means on; what is left out stays. */
export function brakeEvents(
  ctx: Context,
  standing: PolicyState,
  wanted: Partial<Record<Brake, string | null>>,
): PolicyEvent[] {
  const at = ctx.clock.now().getTime();
  return brakes.flatMap((brake): PolicyEvent[] => {
    const reason = wanted[brake];
    if (reason === undefined || standing.brakes.includes(brake) === (reason !== null)) return [];
    return [{ type: 'brake_set', id: ctx.ids.id(), at, brake, on: reason !== null, reason: reason ?? '' }];
  });
}
