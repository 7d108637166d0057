import { and, desc, eq, gte, isNotNull, sql } from 'drizzle-orm';
import type { Kind } from '../core/kinds/kind.ts';
import type { LearnedRisk } from '../core/risk-model.ts';
import { type DbOrTx, rows, type Tx } from './client.ts';
import { decisions, riskModels, verdicts } from './schema.ts';

export type RiskModelInUse = { id: string; name: string; model: LearnedRisk };

/** What scores the risk of a kind now; null for the stated prior. */
export async function riskModelInUse(db: DbOrTx, workspaceId: string, kind: Kind): Promise<RiskModelInUse | null> {
  const [row] = await db
    .select()
    .from(riskModels)
    .where(and(eq(riskModels.workspaceId, workspaceId), eq(riskModels.kind, kind), eq(riskModels.status, 'in_use')));
  return row?.model ? { id: row.id, name: row.name, model: row.model } : null;
}

/** When a risk was last learned or tried for this kind; null for never. That there was too little to learn from is no trial. */
export async function lastTrainedAt(db: DbOrTx, workspaceId: string, kind: Kind): Promise<Date | null> {
  const [row] = await db
    .select({ trainedAt: riskModels.trainedAt })
    .from(riskModels)
    .where(
      and(
        eq(riskModels.workspaceId, workspaceId),
        eq(riskModels.kind, kind),
        sql`coalesce(${riskModels.because}, '') not in ('too_few', 'too_few_failures')`,
      ),
    )
    .orderBy(desc(riskModels.trainedAt))
    .limit(1);
  return row?.trainedAt ?? null;
}

/** Writes what learning came to; one that is to be used takes the place of the one that was. */
export async function insertRiskModel(tx: Tx, row: typeof riskModels.$inferInsert): Promise<void> {
  if (row.status === 'in_use')
    await tx
      .update(riskModels)
      .set({ status: 'retired' })
      .where(
        and(
          eq(riskModels.workspaceId, row.workspaceId),
          eq(riskModels.kind, row.kind),
          eq(riskModels.status, 'in_use'),
        ),
      );
  await tx.insert(riskModels).values(row);
}

/** Judged decisions of a kind and their failures since a moment: whether it is worth while to read them. */
export async function countJudged(
  db: DbOrTx,
  { workspaceId, kind, since }: { workspaceId: string; kind: Kind; since: Date },
): Promise<{ labels: number; failures: number }> {
  const [row] = await rows<{ labels: number; failures: number }>(
    db,
    sql`select count(*)::int as labels, count(*) filter (where v.loss > 0)::int as failures
        from decisions d join verdicts v on v.decision_id = d.id and v.purpose = 'settle' and v.loss is not null
        where d.workspace_id = ${workspaceId}::uuid and d.kind = ${kind} and d.settled_at >= ${since.toISOString()}::timestamptz
          and d.purpose = 'live' and d.risk_features is not null`,
  );
  return row ?? { labels: 0, failures: 0 };
}

export type Judged = Pick<
  typeof decisions.$inferSelect,
  'id' | 'risk' | 'riskFeatures' | 'findings' | 'tainted' | 'gate' | 'route'
> & { loss: number };

/** The newest judged decisions of a kind with their features, at most `limit`, oldest first. */
export async function judgedDecisions(
  db: DbOrTx,
  { workspaceId, kind, since, limit }: { workspaceId: string; kind: Kind; since: Date; limit: number },
): Promise<Judged[]> {
  const found = await db
    .select({
      id: decisions.id,
      risk: decisions.risk,
      riskFeatures: decisions.riskFeatures,
      findings: decisions.findings,
      tainted: decisions.tainted,
      gate: decisions.gate,
      route: decisions.route,
      loss: verdicts.loss,
    })
    .from(decisions)
    .innerJoin(verdicts, and(eq(verdicts.decisionId, decisions.id), eq(verdicts.purpose, 'settle')))
    .where(
      and(
        eq(decisions.workspaceId, workspaceId),
        eq(decisions.kind, kind),
        eq(decisions.purpose, 'live'),
        gte(decisions.settledAt, since),
        isNotNull(decisions.riskFeatures),
        isNotNull(verdicts.loss),
      ),
    )
    .orderBy(desc(decisions.settledAt), desc(decisions.id))
    .limit(limit);
  return found.toReversed().map((row) => ({ ...row, loss: row.loss ?? 0 }));
}

/** Decisions whose label late harm turned into a failure. */
export async function harmedDecisions(db: DbOrTx, workspaceId: string): Promise<Set<string>> {
  const found = await rows<{ id: string }>(
    db,
    sql`select distinct decision_id as id from policy_events
        where workspace_id = ${workspaceId}::uuid and type = 'relabelled' and decision_id is not null`,
  );
  return new Set(found.map(({ id }) => id));
}

/** What was let out at a step, newest first, as it went out. */
export async function approvedTexts(
  db: DbOrTx,
  { workspaceId, cellId, limit }: { workspaceId: string; cellId: string; limit: number },
): Promise<Record<string, unknown>[]> {
  const found = await rows<{ content: Record<string, unknown> }>(
    db,
    sql`select p.content from decisions d join proposal_versions p on p.decision_id = d.id and p.version = d.proposal_version
        where d.workspace_id = ${workspaceId}::uuid and d.settled_at is not null and d.cell_id = ${cellId}::uuid
          and d.status in ('approved', 'edited') and d.purpose = 'live' and p.content is not null
        order by d.settled_at desc limit ${limit}`,
  );
  return found.map(({ content }) => content);
}
