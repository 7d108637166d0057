import { eq, inArray } from 'drizzle-orm';
import { z } from 'zod';
import { stuckKinds } from '../core/stuck.ts';
import { enrollments, leads, workflows } from '../db/schema.ts';
import type { SlackPost } from '../db/slack-posts.ts';
import type { NoticeFacts } from './card-facts.ts';
import type { Context } from './context.ts';

const payloadSchema = z.object({
  stuck: z.array(z.object({ enrollmentId: z.string(), kind: z.enum(stuckKinds), since: z.coerce.date() })),
});

/** As many leads stand on the card by name. */
const NAMED = 15;

/** What the card of stuck leads says, from today's rows. */
export async function stuckNotice(ctx: Context, post: SlackPost): Promise<NoticeFacts> {
  const { stuck } = payloadSchema.parse(post.payload);
  const named = stuck.slice(0, NAMED);
  const found =
    named.length === 0
      ? []
      : await ctx.db
          .select({ enrollment: enrollments, lead: leads, workflow: workflows.name })
          .from(enrollments)
          .innerJoin(leads, eq(leads.id, enrollments.leadId))
          .innerJoin(workflows, eq(workflows.id, enrollments.workflowId))
          .where(
            inArray(
              enrollments.id,
              named.map(({ enrollmentId }) => enrollmentId),
            ),
          );
  return {
    type: 'stuck',
    leads: named.flatMap(({ enrollmentId, kind, since }) => {
      const row = found.find(({ enrollment }) => enrollment.id === enrollmentId);
      if (!row) return [];
      const { lead, workflow, enrollment } = row;
      const leadName = [lead.firstName, lead.lastName].filter(Boolean).join(' ') || (lead.email ?? 'an erased lead');
      return [{ leadName, leadEmail: lead.email, workflow, step: enrollment.step, kind, since }];
    }),
    more: stuck.length - named.length,
  };
}
