import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maySend, type SendFacts } from '../../src/core/send-gate.ts';

const NOON = new Date('2026-11-23T11:00:00Z');
const hours = (n: number) => new Date(NOON.getTime() + n * 3_600_000);
const facts = (over: Partial<SendFacts> = {}): SendFacts => ({
  now: NOON,
  sendAfter: hours(-1),
  decisionStatus: 'approved',
  decisionHash: 'h',
  rowHash: 'h',
  messageTo: 'ana@x.example',
  leadEmail: 'ana@x.example',
  suppressed: null,
  repliedSince: false,
  enrollmentStatus: 'active',
  exitReason: null,
  workspacePaused: false,
  workflowStatus: 'active',
  sentInWindow: 0,
  cap: { mails: 3, within: '7d' },
  capFreeAt: null,
  quietHours: { from: '20:00', to: '08:00' },
  zone: 'Europe/Berlin',
  expiresAt: hours(48),
  ...over,
});

test('a mail that nothing stops is sent, approved or edited, also at the second its time comes', () => {
  expect(maySend(facts())).toEqual({ do: 'send' });
  expect(maySend(facts({ decisionStatus: 'edited', sendAfter: NOON }))).toEqual({ do: 'send' });
  expect(maySend(facts({ enrollmentStatus: 'done' }))).toEqual({ do: 'send' });
  expect(maySend(facts({ enrollmentStatus: null, quietHours: undefined }))).toEqual({ do: 'send' });
});

const CANCELS: Array<[string, Partial<SendFacts>]> = [
  ['pending', { decisionStatus: 'pending' }],
  ['rejected', { decisionStatus: 'rejected' }],
  ['expired', { decisionStatus: 'expired' }],
  ['withdrawn', { decisionStatus: 'withdrawn' }],
  ['Approved', { decisionStatus: 'Approved' }],
  ['not what was approved', { decisionHash: 'other' }],
  ['not what was approved', { decisionHash: null }],
  ['erased', { leadEmail: null }],
  ['address was changed', { leadEmail: 'ANA@x.example' }],
  ['may not be mailed (unsubscribed)', { suppressed: 'unsubscribed' }],
  ['may not be mailed', { suppressed: '' }],
  ['replied', { repliedSince: true }],
  ['left the workflow (converted)', { enrollmentStatus: 'exited', exitReason: 'converted' }],
  ['longer than an approval holds', { expiresAt: NOON }],
];
test.for(CANCELS)('it is cancelled: %s', ([reason, over]) => {
  expect(maySend(facts(over))).toEqual({ do: 'cancel', reason: expect.stringContaining(reason) });
});

const DEFERS: Array<[string, Partial<SendFacts>, Date]> = [
  ['everything is paused', { workspacePaused: true }, new Date(NOON.getTime() + 60_000)],
  ['the workflow is paused', { workflowStatus: 'paused' }, new Date(NOON.getTime() + 60_000)],
  ['the workflow is archived', { workflowStatus: 'archived' }, new Date(NOON.getTime() + 60_000)],
  ['the lead is paused', { enrollmentStatus: 'paused' }, new Date(NOON.getTime() + 60_000)],
  ['its time has not come', { sendAfter: hours(2) }, hours(2)],
  ['3 mails within 7d', { sentInWindow: 3, capFreeAt: hours(5) }, hours(5)],
  ['quiet hours in Asia/Tokyo', { zone: 'Asia/Tokyo' }, new Date('2026-11-24T08:00:00+09:00')],
];
test.for(DEFERS)('it waits: %s', ([reason, over, until]) => {
  expect(maySend(facts(over))).toEqual({ do: 'defer', until, reason: expect.stringContaining(reason) });
});

test('a lead at its cap gets nothing, also when nobody can say until when', () => {
  expect(maySend(facts({ sentInWindow: 3, capFreeAt: null })).do).toBe('defer');
  expect(maySend(facts({ sentInWindow: 9, capFreeAt: null })).do).toBe('defer');
});

const any = fc.record({
  sendAfter: fc.constantFrom(hours(-1), hours(1)),
  decisionStatus: fc.constantFrom('approved', 'edited', 'approved', 'rejected', 'pending'),
  decisionHash: fc.constantFrom('h', 'h', 'g', null),
  leadEmail: fc.constantFrom('ana@x.example', 'ana@x.example', 'b@x.example', null),
  suppressed: fc.constantFrom(null, null, 'unsubscribed'),
  repliedSince: fc.boolean(),
  enrollmentStatus: fc.constantFrom(null, 'active', 'paused', 'exited', 'done'),
  workspacePaused: fc.boolean(),
  workflowStatus: fc.constantFrom('active', 'paused'),
  sentInWindow: fc.nat(4),
  capFreeAt: fc.constantFrom(null, hours(3)),
  zone: fc.constantFrom('Europe/Berlin', 'Asia/Tokyo'),
  expiresAt: fc.constantFrom(hours(-1), hours(9)),
});

test('an opt-out, an erasure, a reply, an exit or a changed text cancels, whatever else holds', () => {
  const final: Array<Partial<SendFacts>> = [
    { suppressed: 'complained' },
    { leadEmail: null },
    { repliedSince: true },
    { enrollmentStatus: 'exited' },
    { decisionHash: 'changed' },
    { decisionStatus: 'rejected' },
    { messageTo: 'other@x.example' },
    { expiresAt: hours(-1) },
  ];
  fc.assert(
    fc.property(any, fc.constantFrom(...final), (some, reason) => {
      expect(maySend(facts({ ...some, ...reason })).do).toBe('cancel');
    }),
    { seed: 12, numRuns: 2000 },
  );
});

test('nothing is sent unless everything allows it, and what waits waits for later', () => {
  let sent = 0;
  fc.assert(
    fc.property(any, (some) => {
      const all = facts(some);
      const answer = maySend(all);
      if (answer.do === 'defer') expect(answer.until.getTime()).toBeGreaterThan(NOON.getTime());
      if (answer.do !== 'send') return;
      sent += 1;
      expect(['approved', 'edited']).toContain(all.decisionStatus);
      expect(all).toMatchObject({
        decisionHash: all.rowHash,
        leadEmail: all.messageTo,
        suppressed: null,
        repliedSince: false,
        workspacePaused: false,
        workflowStatus: 'active',
        zone: 'Europe/Berlin',
      });
      expect(['exited', 'paused']).not.toContain(all.enrollmentStatus);
      expect(all.sentInWindow).toBeLessThan(all.cap.mails);
      expect(all.sendAfter.getTime()).toBeLessThanOrEqual(NOON.getTime());
      expect(all.expiresAt.getTime()).toBeGreaterThan(NOON.getTime());
    }),
    { seed: 13, numRuns: 20_000 },
  );
  expect(sent).toBeGreaterThan(3);
});
