import { eq } from 'drizzle-orm';
import { decisions } from '../db/schema.ts';
import { currentVersion } from '../db/workflows.ts';
import type { Context } from './context.ts';

/**
 * Whether this person may decide: on the list themselves or in a listed user group, and a full, living member of our own
 * workspace. An empty list is nobody; so is anybody whom Slack won't tell us about.
 */
export async function mayDecide(ctx: Context, userId: string, approvers: readonly string[]): Promise<boolean> {
  if (approvers.length === 0) return false;
  try {
    const person = await ctx.directory.person(userId);
    if (!person || person.isBot || person.isDeleted || person.isGuest || !person.isOurs) return false;
    if (approvers.includes(userId)) return true;
    for (const group of approvers.filter((id) => id.startsWith('S')))
      if ((await ctx.directory.groupMembers(group)).includes(userId)) return true;
    return false;
  } catch (error) {
    ctx.log.warn({ user: userId, error: String(error) }, 'could not find out who this is: refused');
    return false;
  }
}

/** An admin or owner of our own Slack workspace; nobody whom Slack won't tell us about. */
export async function isWorkspaceAdmin(ctx: Context, userId: string): Promise<boolean> {
  try {
    const person = await ctx.directory.person(userId);
    return person !== null && person.isAdmin && person.isOurs && !person.isBot && !person.isDeleted && !person.isGuest;
  } catch (error) {
    ctx.log.warn({ user: userId, error: String(error) }, 'could not find out who this is: refused');
    return false;
  }
}

export type Standing = { may: boolean /** As configured, for "who may". */; approvers: string[] };

/** Whether this person may decide this decision now; nobody may decide one that does not exist. */
export async function mayDecideOn(ctx: Context, decisionId: string, userId: string): Promise<Standing> {
  const [decision] = await ctx.db
    .select({ kind: decisions.kind, workflowId: decisions.workflowId })
    .from(decisions)
    .where(eq(decisions.id, decisionId));
  if (!decision?.workflowId) return { may: false, approvers: [] };
  const approvers = (await currentVersion(ctx.db, decision.workflowId)).definition.approvers[decision.kind];
  return { may: await mayDecide(ctx, userId, approvers), approvers };
}
