import { and, asc, eq, sql } from 'drizzle-orm';
import type { StoryRows } from '../core/lead-story.ts';
import { oneLine } from '../core/plain-text.ts';
import type { Workflow } from '../core/workflow.ts';
import { stepWords } from '../core/workflow/step-words.ts';
import { list, rows } from '../db/client.ts';
import { historyOfLead } from '../db/enrollment-steps.ts';
import type { LeadRow } from '../db/leads.ts';
import {
  decisions,
  enrollments,
  leadEvents,
  messages,
  outcomes,
  proposalVersions,
  verdicts,
  workflows,
  workflowVersions,
} from '../db/schema.ts';
import { suppressionsOf } from '../db/suppressions.ts';
import type { Context } from './context.ts';

export type EnrollmentOf = {
  row: typeof enrollments.$inferSelect;
  workflow: string;
  version: number;
  definition: Workflow;
};

/** Every enrollment of a lead, oldest first, with the version it is on. */
export async function enrollmentsOf(ctx: Context, leadId: string): Promise<EnrollmentOf[]> {
  const found = await ctx.db
    .select({ row: enrollments, workflow: workflows.name, version: workflowVersions })
    .from(enrollments)
    .innerJoin(workflows, eq(workflows.id, enrollments.workflowId))
    .innerJoin(workflowVersions, eq(workflowVersions.id, enrollments.workflowVersionId))
    .where(eq(enrollments.leadId, leadId))
    .orderBy(asc(enrollments.enteredAt), asc(enrollments.id));
  return found.map(({ row, workflow, version }) => ({
    row,
    workflow,
    version: version.version,
    definition: version.definition,
  }));
}

/** What a step does, in two or three words; null for one that the version does not have. */
export function stepTitle(definition: Workflow, id: string): string | null {
  const step = [...definition.steps, ...(definition.baseline?.steps ?? [])].find((candidate) => candidate.id === id);
  return step === undefined ? null : stepWords(step).title;
}

/** Gathers what a lead's story is told from. */
export async function storyRows(ctx: Context, lead: LeadRow, found: readonly EnrollmentOf[]): Promise<StoryRows> {
  const steps = await historyOfLead(ctx.db, lead.id);
  return {
    enrollments: found.map(({ row, workflow, version }) => ({
      id: row.id,
      workflow,
      version,
      arm: row.arm,
      status: row.status,
      enteredAt: row.enteredAt,
      endedAt: row.endedAt,
      exitReason: row.exitReason,
    })),
    steps: steps.map(({ toStep, ...step }) => ({ ...step, to: toStep })),
    moves: await movesOf(ctx, found, steps),
    decisions: await decisionsOf(ctx, lead.id),
    messages: await messagesOf(ctx, lead.id),
    events: await eventsOf(ctx, lead.id),
    outcomes: (
      await ctx.db.select().from(outcomes).where(eq(outcomes.leadId, lead.id)).orderBy(asc(outcomes.occurredAt))
    ).map(({ id, type, classification, reasons, occurredAt }) => ({
      id,
      type,
      classification,
      reasons,
      at: occurredAt,
    })),
    suppressions: (await suppressionsOf(ctx.db, lead, ctx.secrets.addressKey)).map(
      ({ id, reason, scope, createdAt }) => ({
        id,
        reason,
        scope,
        at: createdAt,
      }),
    ),
  };
}

/** Moves that the audit has, of enrollments from before the history was kept: it begins with how a lead was enrolled. */
async function movesOf(
  ctx: Context,
  found: readonly EnrollmentOf[],
  steps: ReadonlyArray<{ enrollmentId: string; did: string }>,
): Promise<StoryRows['moves'][number][]> {
  const older = found.filter(
    ({ row }) => !steps.some(({ enrollmentId, did }) => enrollmentId === row.id && did === 'enrolled'),
  );
  if (older.length === 0) return [];
  const moved = await rows<{ id: string; from: string; to: string | null; at: string }>(
    ctx.db,
    sql`select subject_id as id, data->>'from' as "from", data->>'step' as "to", to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
        from audit where workspace_id = ${ctx.workspaceId}::uuid and subject_type = 'enrollment' and subject_id = any(${list(older.map(({ row }) => row.id))}::text[])
          and data->>'from' is not null and data->>'from' is distinct from data->>'step' order by seq`,
  );
  return moved.map(({ id, from, to, at }) => {
    const enrollment = older.find(({ row }) => row.id === id);
    const title = to === null || enrollment === undefined ? null : stepTitle(enrollment.definition, to);
    return { enrollmentId: id, from, to, title, at: new Date(at) };
  });
}

async function decisionsOf(ctx: Context, leadId: string): Promise<StoryRows['decisions'][number][]> {
  const found = await ctx.db
    .select({ decision: decisions, verdict: verdicts, content: proposalVersions.content })
    .from(decisions)
    .leftJoin(verdicts, and(eq(verdicts.decisionId, decisions.id), eq(verdicts.purpose, 'settle')))
    .leftJoin(
      proposalVersions,
      and(
        eq(proposalVersions.decisionId, decisions.id),
        eq(proposalVersions.version, sql`coalesce(${verdicts.proposalVersion}, ${decisions.proposalVersion})`),
      ),
    )
    .where(and(eq(decisions.leadId, leadId), eq(decisions.purpose, 'live')))
    .orderBy(asc(decisions.createdAt), asc(decisions.id));
  return found.map(({ decision, verdict, content }) => ({
    id: decision.id,
    verdictId: verdict?.id ?? null,
    kind: decision.kind,
    step: decision.step,
    status: decision.status,
    route: decision.route,
    because: decision.gate.because.map(({ text }) => text.replace(/\.$/, '')),
    modelProblem: decision.modelProblem,
    createdAt: decision.createdAt,
    deadlineAt: decision.deadlineAt,
    settled:
      decision.settledAt === null || decision.settledByType === null
        ? null
        : {
            at: decision.settledAt,
            by: decision.settledByType,
            id: decision.settledBy ?? '',
            reason: decision.settledReason,
          },
    verdict: verdict === null ? null : { reasons: verdict.reasons, note: verdict.note },
    undone: decision.undoneAt === null ? null : { at: decision.undoneAt, by: decision.undoneBy ?? '' },
    content: inFewWords(content),
  }));
}

/** “score 72”, “subject “…””: what tells one proposal from another in a line. */
function inFewWords(content: Record<string, unknown> | null): string | null {
  if (content === null) return null;
  if (typeof content['score'] === 'number') return `score ${content['score']}`;
  return typeof content['subject'] === 'string' ? `“${oneLine(content['subject'])}”` : null;
}

async function messagesOf(ctx: Context, leadId: string): Promise<StoryRows['messages'][number][]> {
  const found = await ctx.db
    .select()
    .from(messages)
    .where(eq(messages.leadId, leadId))
    .orderBy(asc(messages.approvedAt), asc(messages.id));
  if (found.length === 0) return [];
  const deferrals = await rows<{ id: string; reason: string | null; at: string }>(
    ctx.db,
    sql`select subject_id as id, data->>'reason' as reason, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
        from audit where workspace_id = ${ctx.workspaceId}::uuid and subject_type = 'message' and action = 'message.deferred'
          and subject_id = any(${list(found.map(({ id }) => id))}::text[]) order by seq`,
  );
  return found.map((message) => {
    const own = deferrals.filter(({ id }) => id === message.id);
    return {
      id: message.id,
      decisionId: message.decisionId,
      step: message.step,
      subject: typeof message.mail?.['subject'] === 'string' ? oneLine(message.mail['subject']) : null,
      status: message.status,
      reason: message.statusReason,
      approvedAt: message.approvedAt,
      sendAfter: message.sendAfter,
      sendingAt: message.sendingAt,
      sentAt: message.sentAt,
      endedAt: message.endedAt,
      deferred: own.map(({ reason, at }, i) => ({
        at: new Date(at),
        // The row keeps the reason of the last one as long as the mail still waits.
        reason: reason ?? (i === own.length - 1 && message.status === 'approved' ? message.statusReason : null),
      })),
    };
  });
}

async function eventsOf(ctx: Context, leadId: string): Promise<StoryRows['events'][number][]> {
  const found = await ctx.db
    .select()
    .from(leadEvents)
    .where(eq(leadEvents.leadId, leadId))
    .orderBy(asc(leadEvents.occurredAt), asc(leadEvents.id));
  return found.map(({ id, type, source, payload, occurredAt }) => ({
    id,
    type,
    source,
    detail: oneLine(
      Object.entries(payload)
        .map(([key, value]) => `${key}: ${value}`)
        .join('; '),
    ).slice(0, 200),
    at: occurredAt,
  }));
}
