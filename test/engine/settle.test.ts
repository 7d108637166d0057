import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { audit, decisions, leads, messages, proposalVersions, verdicts, workflows } from '../../src/db/schema.ts';
import { cardFacts } from '../../src/engine/card.ts';
import { publishWorkflow } from '../../src/engine/publish-workflow.ts';
import { settleDecision } from '../../src/engine/settle.ts';
import { tick } from '../../src/engine/tick.ts';
import { undoApproval } from '../../src/engine/undo.ts';
import { engines } from '../support/database.ts';
import { ANA, DAY, engineWorld, MINUTE, oneMail } from './engine-world.ts';

const OUTSIDER = 'U0EVE';
const words = 'we saw that you read our paper and wondered what you made of it. '.repeat(3);
const written = { subject: 'Written by Ana', body: `Hello Lee,\n\n${words}\n\nNora`, subjectVariants: [] };

describe.each(engines)('settling on %s', (engine) => {
  const at = engineWorld(engine);

  const untouched = async (id: string) => {
    expect(await at.decision(id)).toMatchObject({ status: 'pending', settledAt: null, proposalVersion: 1 });
    expect(await at.ctx.db.select().from(verdicts)).toEqual([]);
    expect(await at.ctx.db.select().from(messages)).toEqual([]);
    expect(await at.ctx.db.select().from(proposalVersions).where(eq(proposalVersions.decisionId, id))).toHaveLength(1);
  };

  test.for(['approve', 'edit', 'reject'] as const)('an outsider can’t %s, and nothing changes', async (verdict) => {
    const { id } = await at.pendingDecision();
    at.world.people.add(OUTSIDER);
    const request = { verdict, content: written, reasons: ['other' as const], note: '' };
    expect(await at.decide(id, request, OUTSIDER)).toMatchObject({ ok: false, refusal: { code: 'not_allowed' } });
    await untouched(id);
  });

  test('nobody is an approver while Slack won’t say who people are, or when nobody is listed', async () => {
    const { id } = await at.pendingDecision();
    at.world.people.clear();
    expect(await at.decide(id)).toMatchObject({ ok: false, refusal: { code: 'not_allowed' } });
    at.world.people.add('U0ANA');
    await publishWorkflow(at.ctx, oneMail({ approvers: { lead_score: [], email_draft: [] } }), 'test');
    expect(await at.decide(id)).toMatchObject({ ok: false, refusal: { code: 'not_allowed' } });
    await untouched(id);
  });

  test.for([
    ['another version', { version: 2 }],
    ['another hash', { hash: 'f'.repeat(64) }],
  ] as const)('a verdict on %s than is there is refused', async ([, seen]) => {
    const { id } = await at.pendingDecision();
    expect(await at.decide(id, seen)).toMatchObject({ ok: false, refusal: { code: 'stale' } });
    expect(await at.decide(id, { verdict: 'edit', content: written, ...seen })).toMatchObject({
      refusal: { code: 'stale' },
    });
    await untouched(id);
  });

  test('an edit that a guardrail blocks is refused with its reasons, and the draft is as it was', async () => {
    const { id } = await at.pendingDecision();
    const content = { ...written, body: `Hello [First Name],\n\n${words}` };
    const result = await at.decide(id, { verdict: 'edit', content });
    expect(result).toMatchObject({
      ok: false,
      refusal: {
        code: 'blocked',
        findings: expect.arrayContaining([expect.objectContaining({ code: 'placeholder', severity: 'block' })]),
      },
    });
    await untouched(id);
    expect(await at.decide(id, { verdict: 'edit', content: { subject: '' } })).toMatchObject({
      refusal: { code: 'blocked' },
    });
    await untouched(id);
  });

  test('an edit sends what the person wrote, and the model’s draft stays beside it', async () => {
    const { id } = await at.pendingDecision();
    expect(await at.decide(id, { verdict: 'edit', content: written })).toMatchObject({ ok: true, status: 'edited' });
    await at.world.drain();
    expect(at.world.mails[0]?.mail).toMatchObject({
      subject: written.subject,
      text: expect.stringContaining('Hello Lee,'),
    });
    const versions = await at.ctx.db.select().from(proposalVersions).where(eq(proposalVersions.decisionId, id));
    expect(versions.map(({ authorType }) => authorType).sort()).toEqual(['model', 'person']);
  });

  test('what would be sent has changed since the card was shown: it can’t be approved as it stood', async () => {
    const { id, leadId } = await at.pendingDecision();
    await at.ctx.db
      .update(leads)
      .set({ email: 'other@acme.example' })
      .where(eq(leads.id, leadId ?? ''));
    expect(await at.decide(id)).toMatchObject({ ok: false, refusal: { code: 'changed_since' } });
    await untouched(id);
    expect(await at.decide(id, { verdict: 'reject', reasons: ['wrong_person'], note: '' })).toMatchObject({ ok: true });
  });

  test('a draft whose inputs were erased can’t go out, only be rejected', async () => {
    const { id } = await at.pendingDecision();
    await at.ctx.db.update(proposalVersions).set({ inputs: null }).where(eq(proposalVersions.decisionId, id));
    expect(await at.decide(id)).toMatchObject({ ok: false, refusal: { code: 'changed_since' } });
    expect(await at.decide(id, { verdict: 'edit', content: written })).toMatchObject({ ok: false });
    await untouched(id);
    expect(await at.decide(id, { verdict: 'reject', reasons: ['other'], note: '' })).toMatchObject({ ok: true });
  });

  test('the second of two clicks hears who decided', async () => {
    const { id } = await at.pendingDecision();
    expect(await at.decide(id)).toMatchObject({ ok: true });
    const second = await at.decide(id, { verdict: 'reject', reasons: ['other'], note: '' }, 'U0BEN');
    expect(second).toMatchObject({
      ok: false,
      refusal: { code: 'already_settled' },
      settledBy: { id: 'U0ANA', status: 'approved' },
    });
    expect(await at.ctx.db.select().from(messages)).toHaveLength(1);
  });

  test('silence is never an approval: at its deadline a decision expires, and a click of that moment is too late', async () => {
    const { id, leadId } = await at.pendingDecision();
    at.world.passTime(3 * DAY - 1);
    await at.world.drain();
    await untouched(id);
    at.world.passTime(1);
    expect(await at.decide(id)).toMatchObject({ ok: false, refusal: { code: 'past_deadline' } });
    await at.world.drain();
    expect(await at.decision(id)).toMatchObject({ status: 'expired', settledByType: 'clock' });
    expect(await at.enrollmentOf(leadId ?? '')).toMatchObject({ status: 'exited', pendingDecisionId: null });
    at.world.passTime(30 * DAY);
    await at.world.drain();
    expect(at.world.mails).toEqual([]);
    expect(await at.ctx.db.select().from(messages)).toEqual([]);
  });

  test('a click in the last moment wins, and the clock that comes after it changes nothing', async () => {
    const { id } = await at.pendingDecision();
    at.world.passTime(3 * DAY);
    await tick(at.ctx);
    at.world.now = new Date(at.world.now.getTime() - 1);
    expect(await at.decide(id)).toMatchObject({ ok: true });
    at.world.passTime(1);
    await at.world.drain();
    expect(await at.decision(id)).toMatchObject({ status: 'approved', settledByType: 'person' });
  });

  test('the gate’s word does not count where the cell did not give it', async () => {
    const { id, proposalHash } = await at.pendingDecision();
    const request = { verdict: 'approve', version: 1, hash: proposalHash } as const;
    const actor = { type: 'autopilot', id: 'autopilot' } as const;
    expect(await settleDecision(at.ctx, { decisionId: id, actor, via: 'gate', request })).toMatchObject({ ok: false });
    await at.ctx.db.update(decisions).set({ route: 'auto', purpose: 'seeded_check' }).where(eq(decisions.id, id));
    expect(await settleDecision(at.ctx, { decisionId: id, actor, via: 'gate', request })).toMatchObject({ ok: false });
    await untouched(id);
  });

  test('a decision made under an old version is carried out under it, while today’s approvers decide', async () => {
    const { id, leadId } = await at.pendingDecision();
    await publishWorkflow(
      at.ctx,
      oneMail({ approvers: { lead_score: ['U0BEN'], email_draft: ['U0BEN'] }, why: 'Another reason for this mail.' }),
      'test',
    );
    expect(await at.decide(id)).toMatchObject({ ok: false, refusal: { code: 'not_allowed' } });
    expect(await at.decide(id, {}, 'U0BEN')).toMatchObject({ ok: true });
    await at.world.drain();
    expect(at.world.mails[0]?.mail.text).toContain('You get this mail because you downloaded');
    expect(await at.enrollmentOf(leadId ?? '')).toMatchObject({ status: 'done' });
  });

  test('every settlement writes its audit row', async () => {
    const { id } = await at.pendingDecision();
    await at.decide(id);
    const log = await at.ctx.db.select().from(audit).where(eq(audit.subjectId, id));
    expect(log.map(({ action, actor }) => [action, actor])).toEqual([
      ['decision.proposed', 'system:propose'],
      ['card.posted', 'system:sync'],
      ['decision.approved', 'person:U0ANA'],
    ]);
  });

  test('an approval is undone before the mail leaves, once, by an approver', async () => {
    const { id, decisionId } = await at.approvedMail(oneMail({ undo_window: '10m' }));
    at.world.people.add(OUTSIDER);
    expect(await undoApproval(at.ctx, { decisionId, actor: { type: 'person', id: OUTSIDER } })).toMatchObject({
      ok: false,
    });
    expect((await cardFacts(at.ctx, decisionId))?.message).toMatchObject({ canUndo: true });
    expect(await undoApproval(at.ctx, { decisionId, actor: ANA })).toEqual({ ok: true });
    expect(await undoApproval(at.ctx, { decisionId, actor: ANA })).toMatchObject({ ok: false });
    at.world.passTime(DAY);
    await at.world.drain();
    expect(at.world.mails).toEqual([]);
    expect(await at.message(id)).toMatchObject({ status: 'cancelled', statusReason: 'undone' });
    expect(await at.decision(decisionId)).toMatchObject({ status: 'approved', undoneBy: 'U0ANA' });
  });

  test('an undo that comes between the claim and the sending stops the mail; after it, it is too late', async () => {
    const stopped = await at.approvedMail(oneMail({ undo_window: '1m' }));
    at.world.passTime(MINUTE);
    await tick(at.ctx);
    expect(await undoApproval(at.ctx, { decisionId: stopped.decisionId, actor: ANA })).toEqual({ ok: true });
    await at.world.drain();
    expect(at.world.mails).toEqual([]);
    const gone = await at.approvedMail();
    await at.world.drain();
    expect(await undoApproval(at.ctx, { decisionId: gone.decisionId, actor: ANA })).toMatchObject({ ok: false });
    expect(await at.message(gone.id)).toMatchObject({ status: 'sent' });
  });

  test('an approval in a workflow that was archived meanwhile sends nothing and settles nothing twice', async () => {
    const { id } = await at.pendingDecision();
    await at.ctx.db.update(workflows).set({ status: 'archived' });
    expect(await at.decide(id)).toMatchObject({ ok: true });
    await at.world.drain();
    expect(at.world.mails).toEqual([]);
  });
});
