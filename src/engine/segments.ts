import { parseSegment, SEGMENT_NAME, segmentCycle, segmentMentions } from '../core/segment-definition.ts';
import type { Condition } from '../core/workflow/condition.ts';
import { appendAudit } from '../db/audit.ts';
import { transact, type Tx } from '../db/client.ts';
import type { LeadRow } from '../db/leads.ts';
import {
  deleteSegment,
  findSegment,
  keepMembers,
  keepMembership,
  listSegments,
  lockSegment,
  putSegment,
  type Segment,
} from '../db/segments.ts';
import { listWorkflows } from '../db/workflows.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import { didYouMean } from '../core/did-you-mean.ts';
import type { Context } from './context.ts';
import { everyLead } from './every-lead.ts';
import { bareFacts, withSegments } from './lead-facts.ts';

export type SaveSegmentResult =
  | { ok: true; name: string; version: number; changed: boolean /** Leads that match now. */; leads: number }
  | { ok: false; problems: string[] };

/**
 * Saves a condition over leads under a name, or replaces it. Whoever matches at this moment counts as having matched before:
 * a workflow that a segment triggers takes in those who come to match it from now on.
 *
 * @param input.text YAML or JSON of a condition. `by`: for the audit, `person:U0ANA`.
 */
export async function saveSegment(
  ctx: Context,
  input: { name: string; text: string; file: string; by: string },
): Promise<SaveSegmentResult> {
  const { name, by } = input;
  if (!SEGMENT_NAME.test(name))
    return {
      ok: false,
      problems: [`“${name}” is no name for a segment: lower-case letters, digits and hyphens, at most 60`],
    };
  const parsed = parseSegment(input.text, input.file);
  if (!parsed.ok) return parsed;
  const problems = await misfits(ctx, name, parsed.condition);
  if (problems.length > 0) return { ok: false, problems };
  const known = await findSegment(ctx.db, ctx.workspaceId, name);
  if (known !== null && canonicalJson(known.condition) === canonicalJson(parsed.condition))
    return { ok: true, name, version: known.version, changed: false, leads: await countMembers(ctx, name) };
  const now = ctx.clock.now();
  const version = await transact(ctx.db, async (tx) => {
    const saved = await putSegment(tx, {
      id: ctx.ids.id(),
      workspaceId: ctx.workspaceId,
      name,
      condition: parsed.condition,
      by,
      at: now,
    });
    await appendAudit(tx, ctx.workspaceId, [
      {
        at: now,
        actor: by,
        action: 'segment.saved',
        subjectType: 'segment',
        subjectId: saved.id,
        data: { version: saved.version },
      },
    ]);
    return saved.version;
  });
  return { ok: true, name, version, changed: true, leads: await fillSegment(ctx, name) };
}

async function misfits(ctx: Context, name: string, condition: Condition): Promise<string[]> {
  const saved = await listSegments(ctx.db, ctx.workspaceId);
  const names = saved.map((segment) => segment.name);
  const conditions = new Map([
    ...saved.map((each): [string, Condition] => [each.name, each.condition]),
    [name, condition],
  ]);
  const unknown = segmentMentions(condition)
    .filter((each) => !conditions.has(each))
    .map((each) => {
      const meant = didYouMean(each, names);
      return `there is no segment “${each}”${meant === null ? '' : `; did you mean “${meant}”?`}`;
    });
  const cycle = segmentCycle(name, conditions);
  return [...unknown, ...(cycle === null ? [] : [`the segment would ask for itself: ${cycle.join(' → ')}`])];
}

export type ShownSegment = {
  name: string;
  condition: Condition;
  version: number;
  createdBy: string;
  updatedAt: Date;
  /** Leads that match now. */
  leads: number;
  /** Workflows whose current version asks for it. */
  usedBy: string[];
};

/** Every saved segment with how many leads match it now. */
export async function showSegments(ctx: Context): Promise<ShownSegment[]> {
  const saved = await listSegments(ctx.db, ctx.workspaceId);
  const counts = await countAll(ctx, saved);
  const uses = await Promise.all(saved.map((segment) => usedBy(ctx, segment.name)));
  return saved.map(({ name, condition, version, createdBy, updatedAt }, i) => ({
    name,
    condition,
    version,
    createdBy,
    updatedAt,
    leads: counts.get(name) ?? 0,
    usedBy: uses[i] ?? [],
  }));
}

export type RemoveSegmentResult = { ok: true } | { ok: false; text: string };

/** Removes a segment that nothing asks for any more. */
export async function removeSegment(ctx: Context, input: { name: string; by: string }): Promise<RemoveSegmentResult> {
  const found = await findSegment(ctx.db, ctx.workspaceId, input.name);
  if (found === null) return { ok: false, text: `There is no segment “${input.name}”.` };
  const uses = await usedBy(ctx, input.name);
  if (uses.length > 0)
    return { ok: false, text: `“${input.name}” is asked for by ${uses.join(', ')}; change that first.` };
  const now = ctx.clock.now();
  await transact(ctx.db, async (tx) => {
    await deleteSegment(tx, found.id);
    await appendAudit(tx, ctx.workspaceId, [
      {
        at: now,
        actor: input.by,
        action: 'segment.removed',
        subjectType: 'segment',
        subjectId: found.id,
        data: { version: found.version },
      },
    ]);
  });
  return { ok: true };
}

/** Published workflows and other segments that name it. */
async function usedBy(ctx: Context, name: string): Promise<string[]> {
  const others = (await listSegments(ctx.db, ctx.workspaceId))
    .filter((segment) => segment.name !== name && segmentMentions(segment.condition).includes(name))
    .map((segment) => `segment ${segment.name}`);
  const workflows = (await listWorkflows(ctx.db, ctx.workspaceId))
    .filter(({ workflow, definition }) => workflow.status !== 'archived' && namesSegment(definition, name))
    .map(({ workflow }) => `workflow ${workflow.name}`);
  return [...others, ...workflows];
}

/** Anywhere in a workflow `{ segment: NAME }` stands for the segment of that name. */
function namesSegment(value: unknown, name: string): boolean {
  if (Array.isArray(value)) return value.some((item) => namesSegment(item, name));
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, item]) => (key === 'segment' && item === name) || namesSegment(item, name));
}

/** The leads that match a segment now, a page at a time. */
export async function* leadsIn(ctx: Context, name: string): AsyncGenerator<LeadRow[], undefined> {
  const saved = await listSegments(ctx.db, ctx.workspaceId);
  for await (const page of everyLead(ctx.db, ctx.workspaceId)) {
    const facts = await bareFacts(ctx.db, page);
    const now = ctx.clock.now();
    yield page.filter((_, i) => {
      const own = facts[i];
      return own !== undefined && withSegments(own, saved, now).segments.includes(name);
    });
  }
  return undefined;
}

async function countMembers(ctx: Context, name: string): Promise<number> {
  let count = 0;
  for await (const page of leadsIn(ctx, name)) count += page.length;
  return count;
}

async function countAll(ctx: Context, saved: readonly Segment[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  if (saved.length === 0) return counts;
  for await (const page of everyLead(ctx.db, ctx.workspaceId)) {
    const now = ctx.clock.now();
    for (const facts of await bareFacts(ctx.db, page))
      for (const name of withSegments(facts, saved, now).segments) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** Writes down who matches a new condition, so that only those who come to match it later count as newcomers. */
async function fillSegment(ctx: Context, name: string): Promise<number> {
  let count = 0;
  const now = ctx.clock.now();
  for await (const page of leadsIn(ctx, name)) {
    count += page.length;
    await transact(ctx.db, async (tx) => {
      const segment = await lockSegment(tx, ctx.workspaceId, name);
      if (segment !== null)
        await keepMembers(
          tx,
          segment,
          page.map(({ id }) => id),
          now,
        );
    });
  }
  return count;
}

/**
 * Looks which segments a lead is in now and keeps it. Answers with the names of those it has come to match since somebody
 * looked last. In the transaction in which something about the lead changed; the caller holds the lead's lock.
 */
export async function updateMembership(ctx: Context, tx: Tx, lead: LeadRow): Promise<string[]> {
  const saved = await listSegments(tx, ctx.workspaceId);
  if (saved.length === 0) return [];
  const now = ctx.clock.now();
  const [facts] = await bareFacts(tx, [lead]);
  const names = facts === undefined || lead.erasedAt !== null ? [] : withSegments(facts, saved, now).segments;
  const ids = saved.filter(({ name }) => names.includes(name)).map(({ id }) => id);
  const entered = await keepMembership(tx, lead, ids, now);
  return saved.filter(({ id }) => entered.includes(id)).map(({ name }) => name);
}
