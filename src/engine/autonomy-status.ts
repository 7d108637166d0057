import { and, desc, eq, sql } from 'drizzle-orm';
import { brakeWords } from '../core/autonomy/cell-words.ts';
import { explainStanding } from '../core/autonomy/explain-standing.ts';
import { policyOf } from '../core/autonomy/policy-config.ts';
import { newPolicyState, type PolicyState, shareUpTo, thresholdOf } from '../core/autonomy/policy-state.ts';
import { progressOf } from '../core/autonomy/raising.ts';
import { spotCheckRate } from '../core/autonomy/spot-check-rate.ts';
import { didYouMean } from '../core/did-you-mean.ts';
import type { Kind } from '../core/kinds/kind.ts';
import { rows } from '../db/client.ts';
import { policyEvents } from '../db/schema.ts';
import { marked, speechOf } from './autonomy-speech.ts';
import { type CellPlace, cellPlaces } from './cell-places.ts';
import type { Context } from './context.ts';
import { type LeakFacts, leakFacts } from './leak-facts.ts';

/** Where one cell stands. Sentences name people between marks (autonomy-speech.ts). */
export type CellFacts = {
  address: string;
  workflow: string;
  step: string;
  kind: Kind;
  epoch: number;
  rung: number;
  /** How many rungs its ladder has; null before it is drawn. */
  rungs: number | null;
  /** The highest risk that goes without asking; 0 asks every time. */
  tau: number;
  /** Of this epoch's decisions, the share with a risk up to τ, 0…1. */
  share: number;
  /** It stands where a person put it, not earned. */
  setByPerson: boolean;
  /** S of the alarm; above 0 half is checked. */
  s: number;
  /** How many of what could go without asking are checked now, 0…1, least and most over its bands; null on rung 0. */
  checkRate: { least: number; most: number } | null;
  /** On the way to the next rung. */
  progress: { labels: number; atLeast: number | null };
  /** Why it is not on the next rung, or what is needed. */
  next: string;
  /** What people or measurements hold it by, besides what `next` says: a cap, a mode, a waiting proposal, a brake. */
  held: string[];
  lastChange: Date | null;
  /** Of the decisions made in the last 7 and 28 days. */
  week: AutomaticShare;
  month: AutomaticShare;
  leak: LeakFacts | null;
};

export type AutomaticShare = { automatic: number; decisions: number };
export type AutonomyFacts = { now: Date; workflow: string | null; cells: CellFacts[] };
export type AutonomyStatus = { ok: true; facts: AutonomyFacts } | { ok: false; text: string };

/** How every cell stands, or those of one workflow. */
export async function autonomyStatus(ctx: Context, workflow: string | null = null): Promise<AutonomyStatus> {
  const all = await cellPlaces(ctx.db, ctx.workspaceId);
  const wanted = workflow?.toLowerCase().replace(/\/.*$/, '') ?? null;
  const places = wanted === null ? all : all.filter((place) => place.workflow === wanted);
  if (workflow !== null && places.length === 0) return { ok: false, text: unknownWorkflow(workflow, all) };
  const leaks = await leakFacts(ctx);
  const shares = await automaticShares(ctx);
  const cells: CellFacts[] = [];
  for (const place of places) cells.push(await cellFacts(ctx, place, { leaks, shares }));
  return { ok: true, facts: { now: ctx.clock.now(), workflow: wanted, cells } };
}

function unknownWorkflow(workflow: string, places: readonly CellPlace[]): string {
  const names = [...new Set(places.map((place) => place.workflow))].filter((name) => name !== '');
  const meant = didYouMean(workflow, names);
  const known = names.length === 0 ? 'None is published yet.' : `There is ${names.slice(0, 20).join(', ')}.`;
  return `There is no workflow “${workflow.slice(0, 80)}”. ${meant === null ? known : `Did you mean ${meant}?`}`;
}

type Counted = { leaks: Map<string, LeakFacts>; shares: Map<string, { week: AutomaticShare; month: AutomaticShare }> };

async function cellFacts(ctx: Context, place: CellPlace, { leaks, shares }: Counted): Promise<CellFacts> {
  const { address, workflow, step, kind, cell } = place;
  const at = ctx.clock.now().getTime();
  const config = policyOf(kind);
  const state = cell?.standing ?? newPolicyState();
  const { labels, atLeast } = progressOf(state, at, config);
  const rates = Array.from({ length: state.rung }, (_, i) => spotCheckRate(state, i + 1, at, config));
  const none: AutomaticShare = { automatic: 0, decisions: 0 };
  const { week, month } = shares.get(cell?.id ?? '') ?? { week: none, month: none };
  return {
    address,
    workflow,
    step,
    kind,
    epoch: state.epoch,
    rung: state.rung,
    rungs: state.ladder?.length ?? null,
    tau: thresholdOf(state),
    share: shareUpTo(state, state.rung),
    setByPerson: state.restored !== null,
    s: state.s,
    checkRate: rates.length === 0 ? null : { least: Math.min(...rates), most: Math.max(...rates) },
    progress: { labels, atLeast },
    next: explainStanding(state, at, config, speechOf(kind)),
    held: await heldBy(ctx, cell?.id ?? null, state, progressOf(state, at, config).blocker === 'capped'),
    lastChange: state.lastChange === null ? null : new Date(state.lastChange),
    week,
    month,
    leak: leaks.get(cell?.id ?? '') ?? null,
  };
}

async function heldBy(ctx: Context, cellId: string | null, state: PolicyState, capSaid: boolean): Promise<string[]> {
  const { frozen, cap, restored, proposeOnly, proposal, brakes } = state;
  const signed = ({ by, reason }: { by: string; reason: string }) => `by ${marked(by)} (${reason})`;
  const standing = frozen === null;
  return [
    // `next` says the first thing that holds it; what it does not say follows here.
    ...(!standing && restored !== null ? [`Set by ${marked(restored.by)}, not earned (${restored.reason}).`] : []),
    ...(cap !== null && !(capSaid && standing && restored === null)
      ? [`Capped at risk ${cap.tau} ${signed(cap)}.`]
      : []),
    ...(proposeOnly ? [`Raises are only proposed${await modeSetBy(ctx, cellId)}.`] : []),
    ...(proposal === null
      ? []
      : [
          `A raise to rung ${proposal.rung} waits for ${proposal.confirmedBy === null ? 'two people' : `one more person after ${marked(proposal.confirmedBy)}`}.`,
        ]),
    ...(brakes.length === 0
      ? []
      : [`Half is checked, and nothing is raised: ${brakes.map((brake) => brakeWords[brake]).join('; ')}.`]),
  ];
}

async function modeSetBy(ctx: Context, cellId: string | null): Promise<string> {
  if (cellId === null) return '';
  const [set] = await ctx.db
    .select({ payload: policyEvents.payload })
    .from(policyEvents)
    .where(and(eq(policyEvents.cellId, cellId), eq(policyEvents.type, 'mode_set')))
    .orderBy(desc(policyEvents.seq))
    .limit(1);
  const { by, reason } = set?.payload ?? {};
  return typeof by === 'string' && typeof reason === 'string' ? `, set by ${marked(by)} (${reason})` : '';
}

async function automaticShares(ctx: Context): Promise<Counted['shares']> {
  const now = ctx.clock.now();
  const since = (days: number) => sql`${new Date(now.getTime() - days * 86_400_000).toISOString()}::timestamptz`;
  const found = await rows<{ cell: string; decisions: number; automatic: number; week: number; automaticWeek: number }>(
    ctx.db,
    sql`select cell_id as cell, count(*)::int as decisions, count(*) filter (where settled_by_type = 'autopilot')::int as automatic,
          count(*) filter (where created_at > ${since(7)})::int as week,
          count(*) filter (where created_at > ${since(7)} and settled_by_type = 'autopilot')::int as "automaticWeek"
        from decisions where workspace_id = ${ctx.workspaceId}::uuid and purpose = 'live' and created_at > ${since(28)} group by cell_id`,
  );
  return new Map(
    found.map(({ cell, decisions, automatic, week, automaticWeek }) => [
      cell,
      { month: { automatic, decisions }, week: { automatic: automaticWeek, decisions: week } },
    ]),
  );
}
