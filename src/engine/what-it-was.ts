import { and, eq } from 'drizzle-orm';
import { type CheckShown, type Grade, gradeOf } from '../core/reviewers/check.ts';
import type { DbOrTx } from '../db/client.ts';
import { findReviewCheck } from '../db/review-checks.ts';
import { verdicts } from '../db/schema.ts';

/** What a card that tests reviews shows again, and what was said of it the first time. */
export type WhatItWas = CheckShown & { sourceId: string; first: { by: string; grade: Grade | null } };

/** @throws Error for a decision that tests nothing. */
export async function whatItWas(db: DbOrTx, decisionId: string): Promise<WhatItWas> {
  const check = await findReviewCheck(db, decisionId);
  if (check === null) throw new Error(`decision ${decisionId} shows nothing again`);
  const [verdict] = await db
    .select()
    .from(verdicts)
    .where(and(eq(verdicts.decisionId, check.sourceId), eq(verdicts.purpose, 'settle')));
  if (!verdict) throw new Error(`decision ${check.sourceId} was shown again without a verdict`);
  const { editEffort: effort, majorFields, originalOk } = verdict;
  const change = effort === null ? null : { effort, majorFields: majorFields ?? [] };
  return {
    type: check.type,
    // Of a second review nobody in the channel is told what the first one said.
    reasons: check.type === 'known_bad' ? verdict.reasons : [],
    note: check.type === 'known_bad' ? verdict.note : null,
    sourceId: check.sourceId,
    first: { by: verdict.actor, grade: gradeOf({ verdict: verdict.verdict, change, originalOk }) },
  };
}
