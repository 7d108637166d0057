import { normaliseAddress } from '../core/email-address.ts';
import { leadStory, type StoryLine } from '../core/lead-story.ts';
import { oneLine } from '../core/plain-text.ts';
import type { Workflow } from '../core/workflow.ts';
import { type LeadRow, leadsByHash } from '../db/leads.ts';
import { addressHash } from '../db/suppressions.ts';
import { marked } from './autonomy-speech.ts';
import type { Context } from './context.ts';
import { type EnrollmentOf, enrollmentsOf, stepTitle, storyRows } from './lead-story-rows.ts';

export type LeadStory = {
  email: string;
  name: string | null;
  company: string | null;
  score: number | null;
  since: Date;
  source: string | null;
  /** Where the lead stands now, one line an enrollment that is under way. */
  now: string[];
  /** Oldest first; people's ids stand between the marks of autonomy-speech. */
  lines: StoryLine[];
};

/** What happened to a lead and why, from rows alone. `text` of a refusal is literal. */
export async function whyLead(
  ctx: Context,
  typed: string,
): Promise<{ ok: true; story: LeadStory } | { ok: false; text: string }> {
  const lead = await leadOfAddress(ctx, typed);
  if (!lead.ok) return lead;
  const { row } = lead;
  const found = await enrollmentsOf(ctx, row.id);
  const story = await storyRows(ctx, row, found);
  const name = [row.firstName, row.lastName].filter((part) => part !== null).join(' ');
  return {
    ok: true,
    story: {
      email: lead.email,
      name: name === '' ? null : name,
      company: row.company,
      score: row.score,
      since: row.createdAt,
      source: row.source,
      now: found.flatMap(standsNow(ctx.clock.now())),
      lines: leadStory(story, marked),
    },
  };
}

/** The lead of an address as somebody typed it, also between `<…>` as Slack writes addresses. */
export async function leadOfAddress(
  ctx: Context,
  typed: string,
): Promise<{ ok: true; row: LeadRow; email: string } | { ok: false; text: string }> {
  const bare = typed.trim().replace(/^<(?:mailto:)?([^|>]+)(?:\|[^>]*)?>$/, '$1');
  const address = normaliseAddress(bare);
  if (!address.ok) return { ok: false, text: `“${oneLine(bare).slice(0, 80)}” is not an e-mail address.` };
  const hash = addressHash(ctx.secrets.addressKey, address.address);
  const row = (await leadsByHash(ctx.db, ctx.workspaceId, [hash])).get(hash);
  if (!row) return { ok: false, text: `There is no lead with the address ${address.address}.` };
  if (row.email === null)
    return { ok: false, text: 'This person’s data was erased on request: nothing that happened is kept by name.' };
  return { ok: true, row, email: row.email };
}

function standsNow(now: Date): (enrollment: EnrollmentOf) => string[] {
  return ({ row, workflow, definition }) => {
    if (row.status === 'done' || row.status === 'exited') return [];
    const where = `${workflow}: at ${row.step}${titleOf(definition, row.step)}`;
    if (row.status === 'paused')
      return [
        `${where}, paused${row.pausedReason === null ? '' : `: ${row.pausedReason}`}${row.dueAt === null ? '' : `; until ${utc(row.dueAt)}`}`,
      ];
    if (row.pendingDecisionId !== null) return [`${where}, waiting for people`];
    if (row.dueAt === null) return [where];
    if (row.dueAt > now) return [`${where}, until ${utc(row.dueAt)}`];
    return [row.asksPeople ? `${where}, in line until people have caught up with their cards` : `${where}, due now`];
  };
}

function titleOf(definition: Workflow, id: string): string {
  const title = stepTitle(definition, id);
  return title === null ? '' : ` (${title})`;
}

function utc(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
