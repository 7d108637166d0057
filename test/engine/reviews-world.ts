import { and, eq, ne } from 'drizzle-orm';
import type { ReasonCode, SettleRequest } from '../../src/core/decision.ts';
import type { CheckType } from '../../src/core/reviewers/check.ts';
import { decisions, verdicts } from '../../src/db/schema.ts';
import { makeCheck } from '../../src/engine/make-check.ts';
import type { SettleResult } from '../../src/engine/settlement.ts';
import { DAY, type EngineWorld, HOUR, oneMail } from './engine-world.ts';

type Decision = typeof decisions.$inferSelect;

/** Longer than anybody could need to read a card. */
export const READ = HOUR;
/** One mail, nothing drawn by chance: a test makes the checks it is about. */
export const quietMail = () => oneMail({ reviews: { seeded: 0, second: 0 } });

export const rejection = (reasons: ReasonCode[] = ['wrong_tone'], note = 'Far too pushy.') =>
  ({ verdict: 'reject', reasons, note }) satisfies Partial<SettleRequest>;

/** A draft that was decided by Ben, after time to read it, as long ago as said. */
export async function decided(
  at: EngineWorld,
  request: Partial<SettleRequest> = rejection(),
  { ago = 8 * DAY, by = 'U0BEN', workflow = quietMail() } = {},
): Promise<Decision> {
  const { id } = await at.pendingDecision(workflow);
  at.world.passTime(READ);
  const result = await at.decide(id, request, by);
  if (!result.ok) throw new Error(result.refusal.text);
  await at.world.drain();
  at.world.passTime(ago);
  await at.world.drain();
  return at.decision(id);
}

/** The card that shows a decided draft again, as it waits. */
export async function checkOn(at: EngineWorld, source: Decision, type: CheckType = 'known_bad'): Promise<Decision> {
  if (!(await makeCheck(at.ctx, type, { decisionId: source.id, version: 1 }))) throw new Error('no check was made');
  await at.world.drain();
  const [check] = await waitingChecks(at);
  if (!check) throw new Error('no check waits');
  return check;
}

const waitingChecks = (at: EngineWorld) =>
  at.ctx.db
    .select()
    .from(decisions)
    .where(and(eq(decisions.status, 'pending'), ne(decisions.purpose, 'live')));

/** A check with a rejected draft, answered by Ana. */
export async function answered(
  at: EngineWorld,
  request: Partial<SettleRequest> = rejection(),
  by = 'U0ANA',
): Promise<SettleResult> {
  const check = await checkOn(at, await decided(at));
  at.world.passTime(READ);
  return at.decide(check.id, request, by);
}

export const verdictOn = async (at: EngineWorld, decisionId: string) => {
  const [verdict] = await at.ctx.db.select().from(verdicts).where(eq(verdicts.decisionId, decisionId));
  return verdict;
};
