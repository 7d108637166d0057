import { and, eq, gt, sql } from 'drizzle-orm';
import { policyOf } from '../core/autonomy/policy-config.ts';
import { progressOf } from '../core/autonomy/raising.ts';
import { type Kind, kinds } from '../core/kinds/kind.ts';
import {
  FAILURES_NEEDED,
  LABELS_NEEDED,
  type LearnedRisk,
  learnRisk,
  type Learning,
  type RiskExample,
} from '../core/risk-model.ts';
import { FEATURES_VERSION } from '../core/risk-features.ts';
import { rulesOf } from '../core/kinds/rules.ts';
import { learningLines, learningWords } from '../core/risk-words.ts';
import { appendAudit } from '../db/audit.ts';
import { listCells } from '../db/cells.ts';
import { dayOf, takeRun } from '../db/clock-runs.ts';
import { transact } from '../db/client.ts';
import {
  countJudged,
  harmedDecisions,
  insertRiskModel,
  type Judged,
  judgedDecisions,
  lastTrainedAt,
  riskModelInUse,
} from '../db/risk-models.ts';
import { cells } from '../db/schema.ts';
import { isWorkspaceAdmin } from './approvers.ts';
import type { Context } from './context.ts';
import { announceLearning } from './learned-notice.ts';
import { evidenceRisk } from './pass-gate.ts';

const JOB = 'learn-risk';
const DAY_MS = 86_400_000;
/** A new scorer costs every step of its kind what it has earned: not more often than this. */
const REST_MS = 28 * DAY_MS;
/** What was judged before says little of the drafts of today. */
const LEARN_FROM_MS = 365 * DAY_MS;
const MOST_EXAMPLES = 5_000;

/**
 * Once a day: learns the risk of each kind anew where there is enough to learn from, nothing was learned for four weeks, and no step
 * of the kind has much to lose, earned or half earned, since another scorer begins a new epoch. Answers with how many kinds have a new scorer.
 */
export async function learnRisks(ctx: Context): Promise<number> {
  const day = dayOf(ctx.clock.now());
  if (!(await takeRun(ctx.db, { workspaceId: ctx.workspaceId, job: JOB, fireAt: day, startedAt: ctx.clock.now() })))
    return 0;
  let learned = 0;
  for (const kind of kinds) if ((await isDue(ctx, kind)) && (await learn(ctx, kind, 'system:clock')).ok) learned += 1;
  return learned;
}

export function nextLearningAt(ctx: Context): Date {
  return new Date(dayOf(ctx.clock.now()).getTime() + DAY_MS);
}

async function isDue(ctx: Context, kind: Kind): Promise<boolean> {
  const now = ctx.clock.now().getTime();
  const last = await lastTrainedAt(ctx.db, ctx.workspaceId, kind);
  if (last !== null && now - last.getTime() < REST_MS) return false;
  const since = new Date(now - LEARN_FROM_MS);
  const { labels, failures } = await countJudged(ctx.db, { workspaceId: ctx.workspaceId, kind, since });
  if (labels < LABELS_NEEDED || failures < FAILURES_NEEDED) return false;
  return (await standAbove(ctx, kind)) === 0 && !(await isHalfway(ctx, kind));
}

/** Whether a step of the kind has half of the clean checks that its next rung takes. */
async function isHalfway(ctx: Context, kind: Kind): Promise<boolean> {
  const now = ctx.clock.now().getTime();
  return (await listCells(ctx.db, ctx.workspaceId)).some((cell) => {
    if (cell.kind !== kind) return false;
    const { labels, atLeast } = progressOf(cell.standing, now, policyOf(kind));
    return atLeast !== null && labels >= atLeast / 2;
  });
}

/** How many steps of a kind approve anything without asking, or wait for people's word on it. */
async function standAbove(ctx: Context, kind: Kind): Promise<number> {
  const earned = gt(sql<number>`(${cells.standing}->>'rung')::int`, 0);
  const proposed = sql`${cells.standing}->'proposal' <> 'null'::jsonb`;
  return ctx.db.$count(
    cells,
    and(eq(cells.workspaceId, ctx.workspaceId), eq(cells.kind, kind), sql`(${earned} or ${proposed})`),
  );
}

/** Learns the risk of a kind from what people judged, and puts it in use where it is better. */
async function learn(ctx: Context, kind: Kind, actor: string): Promise<Learning> {
  const { workspaceId } = ctx;
  const now = ctx.clock.now();
  const since = new Date(now.getTime() - LEARN_FROM_MS);
  const inUse = await riskModelInUse(ctx.db, workspaceId, kind);
  const judged = await judgedDecisions(ctx.db, { workspaceId, kind, since, limit: MOST_EXAMPLES });
  const harmed = await harmedDecisions(ctx.db, workspaceId);
  const learning = learnRisk(examplesOf(judged, harmed), usable(inUse?.model ?? null));
  const id = ctx.ids.id();
  await transact(ctx.db, async (tx) => {
    await insertRiskModel(tx, {
      id,
      workspaceId,
      kind,
      name: learning.ok ? learning.name : 'none',
      status: learning.ok ? 'in_use' : 'not_learned',
      model: learning.ok ? learning.model : null,
      report: learning.report,
      because: learning.ok ? null : learning.because,
      actor,
      trainedAt: now,
    });
    await appendAudit(tx, workspaceId, [
      {
        at: now,
        actor,
        action: learning.ok ? 'risk.learned' : 'risk.not_learned',
        subjectType: 'risk_model',
        subjectId: id,
        data: {
          kind,
          ...(learning.ok ? { scorer: learning.name } : { because: learning.because }),
          examples: judged.length,
        },
      },
    ]);
    if (learning.ok)
      await announceLearning(ctx, tx, {
        id,
        title: `The risk of each ${rulesOf(kind).label} is learned anew`,
        lines: learningLines(kind, learning),
      });
  });
  ctx.log.info({ kind, actor, text: learningWords(kind, learning) }, 'learned the risk');
  return learning;
}

function usable(model: LearnedRisk | null): LearnedRisk | null {
  return model !== null && model.features === FEATURES_VERSION ? model : null;
}

function examplesOf(judged: readonly Judged[], harmed: ReadonlySet<string>): RiskExample[] {
  return judged.flatMap((decision): RiskExample[] => {
    const { riskFeatures, gate, route } = decision;
    if (riskFeatures === null || riskFeatures.version !== FEATURES_VERSION) return [];
    return [
      {
        values: riskFeatures.values,
        prior: riskFeatures.prior,
        bad: decision.loss >= 0.5 || harmed.has(decision.id),
        weight: route === 'spot_check' && gate.q > 0 ? 1 / gate.q : 1,
        eligible: evidenceRisk({ ...decision, because: gate.because }) !== null,
      },
    ];
  });
}

export type RetrainAnswer =
  | { ok: true; text: string; learning: Learning }
  | { ok: false; code: 'not_allowed'; text: string };

/**
 * Learns the risk of a kind now, because an admin says so: whatever its steps have earned. The text says what came of it, before and
 * after.
 */
export async function retrainRisk(
  ctx: Context,
  { kind, actor }: { kind: Kind; actor: { type: 'person'; id: string } | { type: 'cli' } },
): Promise<RetrainAnswer> {
  if (actor.type === 'person' && !(await isWorkspaceAdmin(ctx, actor.id)))
    return {
      ok: false,
      code: 'not_allowed',
      text: 'Only admins and owners of the Slack workspace may do this. Nothing was changed.',
    };
  const above = await standAbove(ctx, kind);
  const learning = await learn(ctx, kind, actor.type === 'person' ? `person:${actor.id}` : 'cli');
  const lost =
    learning.ok && above > 0
      ? ` ${above === 1 ? 'One step' : `${above} steps`} that approved without asking will ask again.`
      : '';
  return { ok: true, text: `${learningWords(kind, learning)}${lost}`, learning };
}
