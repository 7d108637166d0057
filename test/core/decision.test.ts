import { expect, test } from 'vitest';
import {
  decisionStatuses,
  isReasonCode,
  reasonCodes,
  reasonLabels,
  settle,
  type SettleAnswer,
  type SettleFacts,
  type SettleRequest,
  settlers,
} from '../../src/core/decision.ts';

const DEADLINE = new Date('2026-11-25T12:00:00Z');
const BEFORE = new Date(DEADLINE.getTime() - 1);
const ANA = { type: 'person', id: 'U0ANA' } as const;
const seen = { version: 2, hash: 'h2' };
const requests: SettleRequest[] = [
  { verdict: 'approve', ...seen },
  { verdict: 'edit', ...seen, content: { body: 'better' } },
  { verdict: 'reject', ...seen, reasons: ['wrong_tone'], note: '' },
  { verdict: 'expire' },
  { verdict: 'withdraw', reason: 'the lead left' },
];
const facts = (over: Partial<SettleFacts> = {}): SettleFacts => ({
  status: 'pending',
  version: 2,
  hash: 'h2',
  hasProposal: true,
  mayDecide: true,
  findings: [],
  hashNow: 'h2',
  deadlineAt: DEADLINE,
  ...over,
});
const outcome = (answer: SettleAnswer) => (answer.ok ? answer.status : answer.refusal.code);
const BLOCK = { code: 'placeholder', severity: 'block', text: 'A placeholder.' } as const;
const LOOK = { code: 'promise', severity: 'look', text: 'A promise.' } as const;

/** What holds beside the request, and what becomes of approve, edit, reject, expire and withdraw. */
const TABLE: Array<[string, Partial<SettleFacts>, [string, string, string, string, string]]> = [
  ['nothing speaks against it', {}, ['approved', 'edited', 'rejected', 'stale', 'withdrawn']],
  [
    'the actor may not decide',
    { mayDecide: false },
    ['not_allowed', 'not_allowed', 'not_allowed', 'stale', 'withdrawn'],
  ],
  ['another version is there now', { version: 3 }, ['stale', 'stale', 'stale', 'stale', 'withdrawn']],
  ['the same version has another hash', { hash: 'other' }, ['stale', 'stale', 'stale', 'stale', 'withdrawn']],
  ['there is no proposal', { hasProposal: false }, ['no_proposal', 'edited', 'rejected', 'stale', 'withdrawn']],
  [
    'the address or sender changed',
    { hashNow: 'other' },
    ['changed_since', 'edited', 'rejected', 'stale', 'withdrawn'],
  ],
  ['a guardrail blocks', { findings: [LOOK, BLOCK] }, ['blocked', 'blocked', 'rejected', 'stale', 'withdrawn']],
  ['a guardrail asks to look', { findings: [LOOK] }, ['approved', 'edited', 'rejected', 'stale', 'withdrawn']],
];
test.for(TABLE)('while it is pending and %s: approve, edit, reject, expire, withdraw → %3$j', ([, over, expected]) => {
  expect(requests.map((request) => outcome(settle(facts(over), request, ANA, BEFORE)))).toEqual(expected);
});

test.for(TABLE)(
  'once the deadline has come and %s, silence expires it and nobody may give a verdict',
  ([, over, expected]) => {
    const answers = requests.map((request) => outcome(settle(facts(over), request, ANA, DEADLINE)));
    const earlier = new Set(['not_allowed', 'stale']);
    expect(answers).toEqual([
      ...expected.slice(0, 3).map((code) => (earlier.has(code) ? code : 'past_deadline')),
      'expired',
      'withdrawn',
    ]);
  },
);

test('what is settled stays settled, whoever asks for whatever', () => {
  for (const status of decisionStatuses.filter((one) => one !== 'pending'))
    for (const [, over] of TABLE)
      for (const request of requests)
        for (const type of settlers)
          for (const now of [BEFORE, DEADLINE])
            expect(outcome(settle(facts({ ...over, status }), request, { type, id: 'x' }, now))).toBe(
              'already_settled',
            );
});

test('the whole table of status × request × may × seen × proposal × hash × guardrail × time: an approval needs all of it', () => {
  let approvals = 0;
  let cells = 0;
  for (const status of decisionStatuses)
    for (const mayDecide of [true, false])
      for (const hash of ['h2', 'h9'])
        for (const version of [2, 3])
          for (const hasProposal of [true, false])
            for (const hashNow of [hash, 'new'])
              for (const findings of [[], [LOOK], [BLOCK]])
                for (const now of [BEFORE, DEADLINE])
                  for (const request of requests) {
                    cells += 1;
                    const answer = settle(
                      facts({ status, mayDecide, hash, version, hasProposal, hashNow, findings }),
                      request,
                      ANA,
                      now,
                    );
                    const allowed =
                      status === 'pending' && mayDecide && hash === 'h2' && version === 2 && now === BEFORE;
                    if (answer.ok && answer.status === 'approved') {
                      approvals += 1;
                      expect([
                        request.verdict,
                        allowed,
                        hasProposal,
                        hashNow,
                        findings.some((finding) => finding.severity === 'block'),
                      ]).toEqual(['approve', true, true, 'h2', false]);
                    }
                    if (answer.ok && (answer.status === 'edited' || answer.status === 'rejected'))
                      expect([allowed, request.verdict === (answer.status === 'edited' ? 'edit' : 'reject')]).toEqual([
                        true,
                        true,
                      ]);
                    if (answer.ok && answer.status === 'expired')
                      expect([request.verdict, now]).toEqual(['expire', DEADLINE]);
                    if (!answer.ok && answer.refusal.code === 'blocked')
                      expect(answer.refusal.findings).toEqual([BLOCK]);
                  }
  expect(cells).toBe(6 * 2 * 2 * 2 * 2 * 2 * 3 * 2 * 5);
  expect(approvals).toBe(2);
});

test('the clock and the program never give a verdict; the autopilot may where it may', () => {
  for (const type of ['clock', 'system'] as const)
    for (const request of requests.slice(0, 3))
      expect(() => settle(facts(), request, { type, id: 'tick' }, BEFORE)).toThrow(/tick can't give a verdict/);
  expect(outcome(settle(facts(), { verdict: 'approve', ...seen }, { type: 'autopilot', id: 'gate-1' }, BEFORE))).toBe(
    'approved',
  );
  expect(
    outcome(
      settle(facts({ mayDecide: false }), { verdict: 'approve', ...seen }, { type: 'autopilot', id: 'gate-1' }, BEFORE),
    ),
  ).toBe('not_allowed');
});

test('a refusal by a guardrail says what is wrong', () => {
  expect(settle(facts({ findings: [BLOCK] }), { verdict: 'approve', ...seen }, ANA, BEFORE)).toMatchObject({
    refusal: { text: "It can't go out as it is: A placeholder." },
  });
});

test('every reason has a label', () => {
  expect(Object.keys(reasonLabels)).toEqual([...reasonCodes]);
  expect(isReasonCode('toString')).toBe(false);
});
