import {
  type LeadScoreExample,
  type LeadScoreLearning,
  LEADS_NEEDED,
  CONVERSIONS_NEEDED,
  learnLeadScore,
} from '../core/scoring/lead-score-model.ts';
import { leadScoreWords } from '../core/scoring/lead-score-words.ts';
import { ruleScore } from '../core/scoring/rule-score.ts';
import { snapshotOf } from '../core/scoring/scored-lead.ts';
import { appendAudit } from '../db/audit.ts';
import { dayOf, takeRun } from '../db/clock-runs.ts';
import { transact } from '../db/client.ts';
import {
  type ArrivedLead,
  arrivedLeads,
  insertLeadScoreModel,
  lastScoreTrainedAt,
  leadScoreInUse,
} from '../db/lead-score-models.ts';
import type { Context } from './context.ts';
import { announceLearning } from './learned-notice.ts';
import { scoredLeads } from './score-lead.ts';

const JOB = 'learn-lead-score';
const DAY_MS = 86_400_000;
/** A lead is looked at as it was known so long after it came: it had time to do something, and the sale is ahead. */
const LOOK_AFTER_MS = 7 * DAY_MS;
/** Converted within so long after that: yes; else no. Every lead gets the whole time, or late buyers would count as none. */
const WINDOW_MS = 60 * DAY_MS;
const REST_MS = 28 * DAY_MS;
/** The newest: older ones came by other ways, and counting must not keep people's clicks waiting. */
const MOST_LEADS = 3_000;
const PAGE = 500;

/** Once a day: learns the lead score anew where there is enough to learn from and nothing was tried for four weeks. Answers with how many were put in use. */
export async function learnLeadScores(ctx: Context): Promise<number> {
  const now = ctx.clock.now();
  if (!(await takeRun(ctx.db, { workspaceId: ctx.workspaceId, job: JOB, fireAt: dayOf(now), startedAt: now })))
    return 0;
  const last = await lastScoreTrainedAt(ctx.db, ctx.workspaceId);
  if (last !== null && now.getTime() - last.getTime() < REST_MS) return 0;
  const arrived = await arrivedSoFar(ctx, now);
  if (arrived.length < LEADS_NEEDED || arrived.filter(convertedInTime).length < CONVERSIONS_NEEDED) return 0;
  return (await learn(ctx, arrived, 'system:clock')).ok ? 1 : 0;
}

/** Learns the lead score now, because somebody says so. Says what came of it, before and after. */
export async function retrainLeadScore(
  ctx: Context,
  actor: string,
): Promise<{ learning: LeadScoreLearning; lines: string[] }> {
  const learning = await learn(ctx, await arrivedSoFar(ctx, ctx.clock.now()), actor);
  return { learning, lines: leadScoreWords(learning) };
}

function arrivedSoFar(ctx: Context, now: Date): Promise<ArrivedLead[]> {
  return arrivedLeads(ctx.db, {
    workspaceId: ctx.workspaceId,
    arrivedBy: new Date(now.getTime() - LOOK_AFTER_MS - WINDOW_MS),
    lookAfterMs: LOOK_AFTER_MS,
    limit: MOST_LEADS,
  });
}

function convertedInTime({ lead, convertedAt }: ArrivedLead): boolean {
  return convertedAt !== null && convertedAt.getTime() <= lead.createdAt.getTime() + LOOK_AFTER_MS + WINDOW_MS;
}

async function examplesOf(ctx: Context, arrived: readonly ArrivedLead[]): Promise<LeadScoreExample[]> {
  const examples: LeadScoreExample[] = [];
  for (let from = 0; from < arrived.length; from += PAGE) {
    const page = arrived.slice(from, from + PAGE);
    const scored = await scoredLeads(
      ctx.db,
      page.map(({ lead }) => lead),
    );
    for (const [i, one] of page.entries()) {
      const lead = scored[i];
      if (lead === undefined) throw new Error(`no facts of lead ${one.lead.id}`);
      const snapshot = snapshotOf(lead, new Date(one.lead.createdAt.getTime() + LOOK_AFTER_MS));
      const { convertedAt } = one;
      examples.push({
        cells: snapshot.cells,
        byRules: ruleScore(lead, snapshot).score,
        converted: convertedInTime(one),
        setAfter:
          convertedAt === null
            ? []
            : Object.keys(lead.setAt).filter((name) => (lead.setAt[name]?.getTime() ?? 0) > convertedAt.getTime()),
      });
    }
  }
  return examples;
}

async function learn(ctx: Context, arrived: readonly ArrivedLead[], actor: string): Promise<LeadScoreLearning> {
  const { workspaceId } = ctx;
  const now = ctx.clock.now();
  const inUse = await leadScoreInUse(ctx.db, workspaceId);
  const learning = learnLeadScore(await examplesOf(ctx, arrived), inUse?.model ?? null);
  const lines = leadScoreWords(learning);
  const id = ctx.ids.id();
  await transact(ctx.db, async (tx) => {
    const version = await insertLeadScoreModel(tx, {
      id,
      workspaceId,
      name: learning.ok ? learning.name : 'none',
      status: learning.ok ? 'in_use' : 'not_learned',
      model: learning.ok ? learning.learned : null,
      report: learning.report,
      because: learning.ok ? null : learning.because,
      actor,
      trainedAt: now,
    });
    if (learning.ok)
      await announceLearning(ctx, tx, { id, title: `The lead score is learned anew (version ${version})`, lines });
    await appendAudit(tx, workspaceId, [
      {
        at: now,
        actor,
        action: learning.ok ? 'lead_score.learned' : 'lead_score.not_learned',
        subjectType: 'lead_score_model',
        subjectId: id,
        data: {
          ...(learning.ok ? { scorer: learning.name, version } : { because: learning.because }),
          leads: arrived.length,
        },
      },
    ]);
  });
  ctx.log.info({ actor, text: lines.join(' ') }, 'learned the lead score');
  if (learning.ok) ctx.queue.wake();
  return learning;
}
