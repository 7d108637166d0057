import { and, desc, eq, isNotNull } from 'drizzle-orm';
import { contentHash } from '../core/canonical-json.ts';
import { type Hit, type Judgement, judgeHit, type SeenHit, seenHitSchema } from '../core/click.ts';
import type { RenderedMail } from '../core/message.ts';
import { type TrackedLink, trackedTargets } from '../core/tracked-links.ts';
import { appendAudit, type AuditEvent } from '../db/audit.ts';
import { transact, type Tx } from '../db/client.ts';
import { insertLeadEvent } from '../db/leads.ts';
import { decisions, leadEvents, leads, messages, outcomes, unsubscribeLinks } from '../db/schema.ts';
import type { Context } from './context.ts';
import { recordOutcome } from './record-outcome.ts';
import { wakeLead } from './wake-lead.ts';

type Message = typeof messages.$inferSelect;
/** A hit that is kept, and what it was taken for so far. */
type Kept = Hit & Judgement;

/** A link that is fetched over and over fills no table; what a person did first is kept all the same. */
export const MAX_HITS = 200;

/** What a request shows of whoever made it. */
export type Request = Pick<SeenHit, 'method' | 'userAgent' | 'prefetch' | 'network'>;

/** Somebody, or some program, opened a link of a mail. Never ends anything, and does nothing for a lead who was erased. */
export async function recordClick(ctx: Context, link: TrackedLink, request: Request): Promise<void> {
  await recordHit(ctx, link.decisionId, { ...request, what: link.trap ? 'trap' : 'link', link: link.target });
}

/** Somebody looked at the page that a mail's way out leads to: never a click, but programs that open every link do. */
export async function recordUnsubscribeLook(ctx: Context, token: string, request: Request): Promise<void> {
  const [link] = await ctx.db.select().from(unsubscribeLinks).where(eq(unsubscribeLinks.token, token));
  if (link?.decisionId) await recordHit(ctx, link.decisionId, { ...request, what: 'unsubscribe', link: null });
}

async function recordHit(ctx: Context, decisionId: string, seen: SeenHit): Promise<void> {
  const [decision] = await ctx.db
    .select({ leadId: decisions.leadId })
    .from(decisions)
    .where(and(eq(decisions.id, decisionId), eq(decisions.workspaceId, ctx.workspaceId)));
  if (!decision?.leadId) throw new Error(`a link was opened of decision ${decisionId}, which is not there`);
  const ids = { hit: ctx.ids.id(), event: ctx.ids.id() };
  const place = { decisionId, leadId: decision.leadId };
  await transact(ctx.db, (tx) => writeHit(ctx, tx, place, ids, seen));
  ctx.queue.wake();
}

type Place = { decisionId: string; leadId: string };

/** Under the lead's lock, so that hits at once see each other. */
async function writeHit(
  ctx: Context,
  tx: Tx,
  place: Place,
  ids: { hit: string; event: string },
  seen: SeenHit,
): Promise<void> {
  const [lead] = await tx.select().from(leads).where(eq(leads.id, place.leadId)).for('update');
  if (!lead || lead.email === null) return;
  const message = await messageHit(tx, place.decisionId);
  const kept = await keptHits(tx, ctx.workspaceId, place.decisionId);
  const hit: Hit = { ...seen, id: ids.hit, at: ctx.clock.now() };
  const { own, burst } = judgeHit(kept, hit, mailHit(ctx, message));
  const events: AuditEvent[] = [];
  const after = await judgeAnew(ctx, tx, { place, message, kept, burst }, events);
  const counts = own.classification === 'human' && !after.some((other) => countsAs(other, hit));
  if (kept.length < MAX_HITS || counts) {
    const outcome = await recordOutcome(ctx, tx, {
      id: hit.id,
      leadId: place.leadId,
      messageId: message?.id ?? null,
      decisionId: place.decisionId,
      type: 'clicked',
      ...own,
      source: SOURCE,
      dedupeKey: `hit:${hit.id}`,
      raw: seen,
      occurredAt: hit.at,
    });
    events.push(...outcome.events);
    if (counts && message !== null)
      await insertLeadEvent(tx, {
        id: ids.event,
        workspaceId: ctx.workspaceId,
        leadId: place.leadId,
        type: 'clicked',
        source: SOURCE,
        externalId: eventKey(message.id, hit.link),
        payload: { link: (hit.link ?? '').slice(0, 300), step: message.step },
        occurredAt: hit.at,
        receivedAt: hit.at,
      });
  }
  // A click that was taken back counts as a change too: what rested on it is looked at anew.
  if (counts || burst.length > 0)
    events.push(...(await wakeLead(ctx, tx, place.leadId, { events: counts ? ['clicked'] : [] })).events);
  if (events.length > 0) await appendAudit(tx, ctx.workspaceId, events);
}

const SOURCE = 'link';

const countsAs = (kept: Kept, { link }: Hit): boolean => kept.classification === 'human' && kept.link === link;

const eventKey = (messageId: string, link: string | null): string => `${messageId}:${contentHash({ link })}`;

/** The newest mail of the decision that was ever on the wire: one that a person had sent again has the same links. */
async function messageHit(tx: Tx, decisionId: string): Promise<Message | null> {
  const [message] = await tx
    .select()
    .from(messages)
    .where(and(eq(messages.decisionId, decisionId), isNotNull(messages.sendingAt)))
    .orderBy(desc(messages.sendingAt), desc(messages.id))
    .limit(1);
  return message ?? null;
}

function mailHit(ctx: Context, message: Message | null): Parameters<typeof judgeHit>[2] {
  const mail = message?.mail as RenderedMail | null | undefined;
  return {
    deliveredAt: message?.sentAt ?? message?.sendingAt ?? null,
    links: mail ? trackedTargets(ctx.secrets.linkKey, mail.html) : [],
  };
}

async function keptHits(tx: Tx, workspaceId: string, decisionId: string): Promise<Kept[]> {
  const rows = await tx
    .select()
    .from(outcomes)
    .where(
      and(
        eq(outcomes.decisionId, decisionId),
        eq(outcomes.workspaceId, workspaceId),
        eq(outcomes.type, 'clicked'),
        eq(outcomes.source, SOURCE),
      ),
    );
  return rows.flatMap(({ id, occurredAt: at, classification, reasons, raw }) => {
    const seen = seenHitSchema.safeParse(raw);
    return seen.success ? [{ ...seen.data, id, at, classification, reasons: reasons as Kept['reasons'] }] : [];
  });
}

type Anew = { place: Place; message: Message | null; kept: Kept[]; burst: ReturnType<typeof judgeHit>['burst'] };

/** Writes what the newest hit made of earlier ones, and takes back the clicks that were none. Answers with all hits as they are now. */
async function judgeAnew(
  ctx: Context,
  tx: Tx,
  { place, message, kept, burst }: Anew,
  events: AuditEvent[],
): Promise<Kept[]> {
  const anew = new Map(burst.map((judged) => [judged.id, judged]));
  const after = kept.map((hit) => ({ ...hit, ...anew.get(hit.id) }));
  for (const [i, hit] of after.entries()) {
    const before = kept[i];
    if (before === undefined || sameJudgement(before, hit)) continue;
    const { classification, reasons } = hit;
    await tx.update(outcomes).set({ classification, reasons }).where(eq(outcomes.id, hit.id));
    if (before.classification === classification) continue;
    events.push({
      at: ctx.clock.now(),
      actor: 'system:clicks',
      action: 'outcome.reclassified',
      subjectType: 'lead',
      subjectId: place.leadId,
      data: { outcome: hit.id, was: before.classification, is: classification, reasons },
    });
    if (before.classification === 'human' && message !== null && !after.some((other) => countsAs(other, hit)))
      await tx
        .delete(leadEvents)
        .where(
          and(
            eq(leadEvents.workspaceId, ctx.workspaceId),
            eq(leadEvents.source, SOURCE),
            eq(leadEvents.externalId, eventKey(message.id, hit.link)),
          ),
        );
  }
  return after;
}

function sameJudgement(a: Judgement, b: Judgement): boolean {
  return a.classification === b.classification && contentHash(a.reasons) === contentHash(b.reasons);
}
