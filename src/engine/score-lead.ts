import type { ScoredFacts } from '../core/facts.ts';
import { learnedScore } from '../core/scoring/learned-score.ts';
import { ruleScore, type ScoreAnswer } from '../core/scoring/rule-score.ts';
import { ownColumns, type ScoredLead, snapshotOf } from '../core/scoring/scored-lead.ts';
import type { DbOrTx } from '../db/client.ts';
import { leadScoreInUse } from '../db/lead-score-models.ts';
import type { LeadRow } from '../db/leads.ts';
import { bareFacts } from './lead-facts.ts';

const REASONS_SHOWN = 4;

/** Leads as a score sees them, in their order. */
export async function scoredLeads(db: DbOrTx, leads: readonly LeadRow[]): Promise<ScoredLead[]> {
  const facts = await bareFacts(db, leads);
  return leads.map((lead, i) => ({
    businessAddress: lead.accountId !== null,
    company: lead.company,
    title: lead.title,
    source: lead.source,
    fields: lead.fields,
    setAt: Object.fromEntries(
      Object.entries(lead.valueSources ?? {}).map(([name, { at }]) => [name, new Date(at)] as const),
    ),
    doings: facts[i]?.events ?? [],
  }));
}

/** What the learned score says of a lead now, or the rules while there is none. */
export async function scoreLead(db: DbOrTx, lead: LeadRow, now: Date): Promise<ScoreAnswer> {
  const [scored] = await scoredLeads(db, [lead]);
  if (scored === undefined) throw new Error(`no facts of lead ${lead.id}`);
  const inUse = await leadScoreInUse(db, lead.workspaceId);
  const snapshot = snapshotOf(scored, now);
  return inUse === null ? ruleScore(scored, snapshot) : learnedScore(inUse.model, inUse.name, snapshot);
}

/** The same for model and reviewers: reasons rest on our own columns and on those that the workflow shows, on no other. */
export async function scoredFacts(
  db: DbOrTx,
  lead: LeadRow,
  shownFields: readonly string[],
  now: Date,
): Promise<ScoredFacts> {
  const { scorer, score, fit, engagement, chance, reasons } = await scoreLead(db, lead, now);
  return {
    scorer,
    score,
    fit,
    engagement,
    chance: chance === null ? null : Math.round(chance * 1000) / 1000,
    reasons: reasons
      .filter(({ column }) => ownColumns.has(column) || shownFields.includes(column))
      .slice(0, REASONS_SHOWN)
      .map(({ text, bare }) => ({ text: text.slice(0, 200).toWellFormed(), bare })),
  };
}
