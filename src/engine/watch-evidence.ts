import { and, eq, isNotNull, lt, ne, sql } from 'drizzle-orm';
import { policyOf } from '../core/autonomy/policy-config.ts';
import { agreementOf } from '../core/reviewers/agreement.ts';
import { type BrakeFacts, brakesOf } from '../core/reviewers/brakes.ts';
import { appendAudit } from '../db/audit.ts';
import { type Cell, listCells, lockCell } from '../db/cells.ts';
import { dayOf, takeRun } from '../db/clock-runs.ts';
import { rows, transact, type Tx } from '../db/client.ts';
import { listDoubles } from '../db/doubles.ts';
import { decisions, slackPosts, verdicts } from '../db/schema.ts';
import { brakeEvents, catchesOf, catchRateEvents, measuredSince } from './catch-rates.ts';
import type { Context } from './context.ts';
import { observe } from './observe.ts';

const JOB = 'watch-evidence';
const DAY_MS = 86_400_000;
/** Two people's answers: the newest of a cell. */
const DOUBLES = 100;
/** Risks with which the epoch began, and the newest that are held against them. */
const RISKS_THEN = 200;
const RISKS_NOW = 1_000;
const ELIGIBLE = 1_000;
/** So long it can be seen how long somebody looked at a card. */
const TIMES_KEPT_MS = 90 * DAY_MS;

/** Once a day, whether the evidence of each cell can still be trusted; what holds it back is switched on or off. Answers with how many cells changed. */
export async function watchEvidence(ctx: Context): Promise<number> {
  const day = dayOf(ctx.clock.now());
  if (!(await takeRun(ctx.db, { workspaceId: ctx.workspaceId, job: JOB, fireAt: day, startedAt: ctx.clock.now() })))
    return 0;
  await forgetTimes(ctx);
  let changed = 0;
  for (const { id } of await listCells(ctx.db, ctx.workspaceId)) if (await watchCell(ctx, id)) changed += 1;
  if (changed > 0) ctx.queue.wake();
  return changed;
}

export function nextWatchAt(ctx: Context): Date {
  return new Date(dayOf(ctx.clock.now()).getTime() + DAY_MS);
}

async function watchCell(ctx: Context, id: string): Promise<boolean> {
  return transact(ctx.db, async (tx) => {
    const cell = await lockCell(tx, id);
    const facts = await brakeFacts(ctx, tx, cell);
    const events = [
      ...catchRateEvents(ctx, cell.standing, facts.catches),
      ...brakeEvents(ctx, cell.standing, brakesOf(facts)),
    ];
    const { audit } = await observe(ctx, tx, cell, events, 'system:watch');
    await appendAudit(tx, ctx.workspaceId, audit);
    return events.length > 0;
  });
}

async function brakeFacts(ctx: Context, tx: Tx, cell: Cell): Promise<BrakeFacts> {
  return {
    spotChecks: await spotChecks(ctx, tx, cell),
    risks: await risks(ctx, tx, cell),
    eligible: await eligible(tx, cell),
    eps: policyOf(cell.kind).eps,
    catches: await catchesOf(tx, ctx, cell.kind),
    agreement: agreementOf(
      await listDoubles(tx, ctx.workspaceId, { cellId: cell.id, since: measuredSince(ctx.clock.now()), most: DOUBLES }),
    ),
  };
}

function ago(ctx: Context, days: number) {
  return sql`${new Date(ctx.clock.now().getTime() - days * DAY_MS).toISOString()}::timestamptz`;
}

async function spotChecks(ctx: Context, tx: Tx, { id }: Cell): Promise<BrakeFacts['spotChecks']> {
  const [row] = await rows<BrakeFacts['spotChecks']>(
    tx,
    sql`select (count(*) filter (where status <> 'withdrawn'))::int as ended, (count(*) filter (where status = 'expired'))::int as "timedOut"
        from decisions where cell_id = ${id}::uuid and purpose = 'live' and route = 'spot_check' and settled_at >= ${ago(ctx, 30)}`,
  );
  return row ?? { ended: 0, timedOut: 0 };
}

/** The epoch's first risks, which its ladder was drawn from, as far as they are older than the ones of the last 28 days. */
async function risks(ctx: Context, tx: Tx, { id, standing }: Cell): Promise<BrakeFacts['risks']> {
  const ofEpoch = sql`from decisions where cell_id = ${id}::uuid and purpose = 'live' and risk is not null and (gate->>'epoch')::int = ${standing.epoch}`;
  const then = await rows<{ risk: number }>(
    tx,
    sql`select risk ${ofEpoch} and created_at < ${ago(ctx, 28)} order by created_at, id limit ${RISKS_THEN}`,
  );
  const now = await rows<{ risk: number }>(
    tx,
    sql`select risk ${ofEpoch} and created_at >= ${ago(ctx, 28)} order by created_at desc, id desc limit ${RISKS_NOW}`,
  );
  return { then: then.map(({ risk }) => risk), now: now.map(({ risk }) => risk) };
}

/** What could be automatic in this epoch, newest last; the loss of a spot check is that of its verdict, or of harm that came later. */
async function eligible(tx: Tx, { id, standing }: Cell): Promise<BrakeFacts['eligible']> {
  const found = await rows<{ loss: number | null; q: number }>(
    tx,
    sql`select case when d.route = 'spot_check' then greatest(v.loss, (select max((e.payload->>'loss')::float8) from policy_events e
            where e.cell_id = d.cell_id and e.decision_id = d.id and e.type = 'relabelled')) end as loss, (d.gate->>'q')::float8 as q
        from decisions d left join verdicts v on v.decision_id = d.id and v.purpose = 'settle'
        where d.cell_id = ${id}::uuid and d.purpose = 'live' and d.route in ('auto', 'spot_check') and (d.gate->>'epoch')::int = ${standing.epoch}
        order by d.created_at desc, d.id desc limit ${ELIGIBLE}`,
  );
  return found.toReversed();
}

/**
 * How long somebody looked at a card follows from when it appeared; after 90 days that is taken out of verdicts and posts. After
 * half a year nobody's name stands beside an answered check any more: only what the team said is left.
 */
async function forgetTimes(ctx: Context): Promise<void> {
  const now = ctx.clock.now();
  const old = new Date(now.getTime() - TIMES_KEPT_MS);
  const { workspaceId } = ctx;
  await ctx.db
    .update(verdicts)
    .set({ shownAt: null })
    .where(and(eq(verdicts.workspaceId, workspaceId), lt(verdicts.decidedAt, old), isNotNull(verdicts.shownAt)));
  await ctx.db
    .update(slackPosts)
    .set({ firstShownAt: null })
    .where(
      and(
        eq(slackPosts.workspaceId, workspaceId),
        eq(slackPosts.purpose, 'card'),
        lt(slackPosts.createdAt, old),
        isNotNull(slackPosts.firstShownAt),
      ),
    );
  const measured = measuredSince(now);
  await ctx.db
    .update(verdicts)
    .set({ actor: FORGOTTEN })
    .where(
      and(
        eq(verdicts.workspaceId, workspaceId),
        ne(verdicts.purpose, 'settle'),
        lt(verdicts.decidedAt, measured),
        ne(verdicts.actor, FORGOTTEN),
      ),
    );
  await ctx.db
    .update(decisions)
    .set({ settledBy: FORGOTTEN })
    .where(
      and(
        eq(decisions.workspaceId, workspaceId),
        ne(decisions.purpose, 'live'),
        lt(decisions.settledAt, measured),
        ne(decisions.settledBy, FORGOTTEN),
      ),
    );
}

const FORGOTTEN = 'forgotten';
