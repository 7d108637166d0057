import { and, asc, eq } from 'drizzle-orm';
import type { PolicyEffect } from '../../src/core/autonomy/policy-effect.ts';
import type { Labelled, PolicyEvent } from '../../src/core/autonomy/policy-event.ts';
import { policyOf } from '../../src/core/autonomy/policy-config.ts';
import { replay } from '../../src/core/autonomy/policy.ts';
import type { PolicyState } from '../../src/core/autonomy/policy-state.ts';
import { type Cell, cellEvents, ensureCell } from '../../src/db/cells.ts';
import { transact } from '../../src/db/client.ts';
import { cells, policyEvents, verdicts } from '../../src/db/schema.ts';
import type { Context } from '../../src/engine/context.ts';
import { observe } from '../../src/engine/observe.ts';

const MAILS = { kind: 'email_draft', workflow: 'whitepaper-nurture', step: 'first-mail' } as const;
/** Of leads without a language and a score, as the tests' own are. */
export const plainSegments = ['language:unknown', 'tier:unscored'];

/** The cell of first mails, made where nothing was decided in it yet. */
export async function mailCell(ctx: Context): Promise<Cell> {
  return transact(ctx.db, (tx) =>
    ensureCell(tx, { ...MAILS, id: ctx.ids.id(), workspaceId: ctx.workspaceId, now: ctx.clock.now() }),
  );
}

/** Tells the cell of first mails what happened, as the engine would. */
export async function tell(
  ctx: Context,
  make: (state: PolicyState) => PolicyEvent[],
  actor = 'system:test',
): Promise<PolicyEffect[]> {
  return transact(ctx.db, async (tx) => {
    const place = { ...MAILS, id: ctx.ids.id(), workspaceId: ctx.workspaceId, now: ctx.clock.now() };
    const cell = await ensureCell(tx, place);
    return (await observe(ctx, tx, cell, make(cell.standing), actor)).effects;
  });
}

const plainLadder = [0.3, 0.45, 0.6, 0.7, 0.8];
/** How many decisions lie at each of these risks, so that up to four of a test's own before them change nothing. */
const SPREAD = [18, 5, 7, 5, 15];

/** Fifty decisions, from which the plain ladder is drawn. */
export function decisionsMade(ctx: Context, epoch = 1): PolicyEvent[] {
  return SPREAD.flatMap((count, i) => Array.from({ length: count }, () => plainLadder[i] ?? 0)).map((risk) => ({
    type: 'decided' as const,
    id: ctx.ids.id(),
    at: ctx.clock.now().getTime(),
    epoch,
    risk,
    segments: plainSegments,
    eligible: false,
  }));
}

/** A label as if a person had given it; a clean one of the first band unless told. */
export function oneLabel(ctx: Context, over: Partial<Labelled> = {}): Labelled {
  return {
    type: 'labelled',
    id: ctx.ids.id(),
    at: ctx.clock.now().getTime(),
    epoch: 1,
    risk: 0.1,
    segments: plainSegments,
    loss: 0,
    critical: false,
    q: null,
    reason: null,
    ...over,
  };
}

export function labels(ctx: Context, count: number, over: Partial<Labelled> = {}): Labelled[] {
  return Array.from({ length: count }, () => oneLabel(ctx, over));
}

/** Puts the cell on its first rung by the evidence that it takes: 69 clean labels. */
export async function earnFirstRung(ctx: Context): Promise<void> {
  await tell(ctx, () => [...decisionsMade(ctx), ...labels(ctx, 69)]);
}

/** What the log of a cell gives when it is played again. */
export async function replayed(ctx: Context, cell: Cell): Promise<PolicyState> {
  return replay(await cellEvents(ctx.db, cell.id), policyOf(cell.kind));
}

export async function eventsOf(
  ctx: Context,
  type?: PolicyEvent['type'],
): Promise<Array<typeof policyEvents.$inferSelect>> {
  const { id } = await mailCell(ctx);
  return ctx.db
    .select()
    .from(policyEvents)
    .where(and(eq(policyEvents.cellId, id), type === undefined ? undefined : eq(policyEvents.type, type)))
    .orderBy(asc(policyEvents.seq));
}

export async function verdictOn(ctx: Context, decisionId: string): Promise<typeof verdicts.$inferSelect> {
  const [verdict] = await ctx.db.select().from(verdicts).where(eq(verdicts.decisionId, decisionId));
  if (!verdict) throw new Error(`no verdict on ${decisionId}`);
  return verdict;
}

/** As it stands now, without making it. */
export async function standing(ctx: Context): Promise<PolicyState> {
  const [cell] = await ctx.db.select().from(cells).where(eq(cells.kind, MAILS.kind));
  if (!cell) throw new Error('there is no cell of first mails');
  return cell.standing;
}
