import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import type { Fault } from '../../sandbox/openai/faults.ts';
import { kindRules } from '../../src/core/kinds/rules.ts';
import { leadFacts, proposalInputs } from '../core/proposal-inputs.ts';
import { answered, type Rig, rigFor, standInRig } from './stand-in-server.ts';

const inputs = proposalInputs();
const open: Rig[] = [];
const opened = <R extends Rig>(rig: R): R => {
  open.push(rig);
  return rig;
};
afterEach(async () => {
  for (const rig of open.splice(0)) await rig.close();
});

const GOOD_SCORE = {
  score: 71,
  reasons: ['Head of Operations decides on tools.'],
  rationale: 'Fit and interest are high.',
  doubt: 0.2,
};
const GOOD_DRAFT = {
  subject: 'One question',
  subjectVariants: ['Another', 'A third'],
  body: 'Hi Ana,\n\nThank you.\n\nMara Lind',
  rationale: 'It fits.',
  doubt: 0.1,
  claims: [],
};

test('a score comes back in its stored form, with what it cost and who wrote it', async () => {
  const { model, lastBody, requests } = opened(await standInRig());
  const answer = await model.propose('lead_score', inputs);
  expect(answer).toMatchObject({
    ok: true,
    model: 'countersign-sandbox-templates',
    promptVersion: 'lead-score-2',
    usage: { calls: 1 },
  });
  if (!answer.ok) throw new Error(answer.detail);
  expect(kindRules.lead_score.schema.safeParse(answer.content).success).toBe(true);
  expect(answer.doubt).toBeGreaterThanOrEqual(0);
  expect(answer.usage.inputTokens).toBeGreaterThan(100);
  expect(requests()).toBe(1);
  expect(lastBody()).toMatchObject({
    model: 'gpt-test-2026-08-01',
    store: false,
    text: { format: { type: 'json_schema', strict: true, name: 'lead_score' } },
  });
  expect(lastBody()).not.toHaveProperty('tools');
});

test('a draft comes back as subject, body and other subjects that differ from it', async () => {
  const { model } = opened(await standInRig());
  const answer = await model.propose('email_draft', inputs);
  if (!answer.ok) throw new Error(answer.detail);
  expect(kindRules.email_draft.schema.safeParse(answer.content).success).toBe(true);
  expect(answer.content.body).toContain('Ana');
  expect(answer.content.subjectVariants).not.toContain(answer.content.subject);
});

test('model and prompt can be named without a call', async () => {
  const { model, requests } = opened(await standInRig());
  expect(model.version('email_draft')).toEqual({ model: 'gpt-test-2026-08-01', promptVersion: 'email-draft-1' });
  expect(requests()).toBe(0);
});

const FAULTS: Array<{
  faults: Array<[Fault, number]>;
  problem: 'unavailable' | 'refused' | 'truncated' | 'invalid' | null;
  calls: number;
}> = [
  { faults: [[{ kind: 'rate_limited', retryAfter: 0 }, 1]], problem: null, calls: 2 },
  { faults: [[{ kind: 'rate_limited', retryAfter: 0 }, 3]], problem: 'unavailable', calls: 2 },
  { faults: [[{ kind: 'rate_limited', retryAfter: 30 }, 3]], problem: 'unavailable', calls: 1 },
  { faults: [[{ kind: 'server_error', status: 503 }, 1]], problem: null, calls: 2 },
  { faults: [[{ kind: 'server_error', status: 500 }, 3]], problem: 'unavailable', calls: 2 },
  { faults: [[{ kind: 'cut' }, 2]], problem: 'unavailable', calls: 2 },
  { faults: [[{ kind: 'cut', at: 'middle' }, 2]], problem: 'unavailable', calls: 2 },
  { faults: [[{ kind: 'refusal', text: 'I will not, you canary.' }, 1]], problem: 'refused', calls: 1 },
  { faults: [[{ kind: 'truncated' }, 1]], problem: null, calls: 2 },
  { faults: [[{ kind: 'truncated' }, 5]], problem: 'truncated', calls: 2 },
  { faults: [[{ kind: 'invalid_json' }, 2]], problem: null, calls: 3 },
  { faults: [[{ kind: 'invalid_json' }, 9]], problem: 'invalid', calls: 3 },
  { faults: [[{ kind: 'wrong_types' }, 9]], problem: 'invalid', calls: 3 },
  { faults: [[{ kind: 'extra_keys' }, 9]], problem: 'invalid', calls: 3 },
  { faults: [[{ kind: 'empty' }, 9]], problem: 'invalid', calls: 3 },
  {
    faults: [
      [{ kind: 'server_error' }, 1],
      [{ kind: 'invalid_json' }, 1],
      [{ kind: 'truncated' }, 1],
    ],
    problem: 'truncated',
    calls: 3,
  },
  {
    faults: [
      [{ kind: 'invalid_json' }, 1],
      [{ kind: 'refusal' }, 1],
    ],
    problem: 'refused',
    calls: 2,
  },
];

test.for(FAULTS)('$faults ends as $problem after $calls calls', async ({ faults, problem, calls }) => {
  for (const kind of ['lead_score', 'email_draft'] as const) {
    const { model, standIn, requests, log } = opened(await standInRig());
    for (const [fault, times] of faults) standIn.faults.next(fault, times);
    const answer = await model.propose(kind, inputs);
    expect(answer.ok ? null : answer.problem).toBe(problem);
    expect([answer.usage.calls, requests()]).toEqual([calls, calls]);
    expect(log).toHaveLength(problem === null ? 0 : 1);
    expect(JSON.stringify([answer.ok ? null : answer, log])).not.toMatch(/canary|sk-/);
  }
});

test('an answer that never comes, or never ends, is unavailable when its time is up, after one call', async () => {
  const hanging = opened(await standInRig({ timeoutMs: 60 }));
  hanging.standIn.faults.next({ kind: 'hang' }, 9);
  expect(await hanging.model.propose('email_draft', inputs)).toMatchObject({
    ok: false,
    problem: 'unavailable',
    usage: { calls: 1 },
    detail: expect.stringContaining('0.06 s'),
  });
  const dripping = opened(
    await rigFor((_req, res) => void res.writeHead(200, { 'content-type': 'application/json' }).write('{"id":'), {
      timeoutMs: 60,
    }),
  );
  expect(await dripping.model.propose('email_draft', inputs)).toMatchObject({
    ok: false,
    problem: 'unavailable',
    usage: { calls: 1 },
  });
});

test('whoever waits may stop waiting', async () => {
  const { model, standIn } = opened(await standInRig());
  standIn.faults.next({ kind: 'hang' });
  const stop = new AbortController();
  const waiting = model.propose('lead_score', inputs, stop.signal);
  stop.abort();
  expect(await waiting).toMatchObject({
    ok: false,
    problem: 'unavailable',
    detail: 'The program stopped waiting for the model.',
  });
});

test('a wrong key and an unknown model say what to check, without showing the key', async () => {
  const wrongKey = opened(await standInRig({ apiKey: 'sk-wrong-canary' }));
  const refused = await wrongKey.model.propose('lead_score', inputs);
  expect(refused).toMatchObject({
    ok: false,
    problem: 'unavailable',
    detail: expect.stringContaining('OPENAI_API_KEY'),
    usage: { calls: 1 },
  });
  for (const [status, code, problem, told] of [
    [404, 'model_not_found', 'unavailable', 'OPENAI_MODEL'],
    [403, 'forbidden', 'unavailable', 'OPENAI_MODEL'],
    [400, 'unsupported_parameter', 'unavailable', 'OPENAI_MODEL'],
    [400, 'content_policy_violation', 'refused', 'policy'],
    [429, 'insufficient_quota', 'unavailable', 'billing'],
  ] as const) {
    const rig = opened(
      await rigFor(
        (_req, res) =>
          void res
            .writeHead(status, { 'content-type': 'application/json' })
            .end(JSON.stringify({ error: { message: 'The key sk-canary is no good', type: 'x', code } })),
      ),
    );
    const answer = await rig.model.propose('lead_score', inputs);
    expect(answer).toMatchObject({ ok: false, problem, detail: expect.stringContaining(told), usage: { calls: 1 } });
    expect(JSON.stringify([answer, rig.log, refused])).not.toContain('canary');
  }
});

test('a content filter, a failed response, a foreign body and no server at all each have their problem', async () => {
  const says = async (body: string, type = 'application/json') => {
    const rig = opened(await rigFor((_req, res) => void res.writeHead(200, { 'content-type': type }).end(body)));
    const answer = await rig.model.propose('lead_score', inputs);
    return [answer.ok ? null : answer.problem, answer.usage.calls];
  };
  expect(await says(answered('', { status: 'incomplete', incomplete_details: { reason: 'content_filter' } }))).toEqual([
    'refused',
    1,
  ]);
  expect(await says(answered('', { status: 'failed', error: { code: 'server_error', message: 'x' } }))).toEqual([
    'unavailable',
    2,
  ]);
  expect(await says('<html>Bad gateway</html>', 'text/html')).toEqual(['invalid', 3]);
  expect(await says('{"hello":"world"}')).toEqual(['invalid', 3]);
  expect(await says('not json')).toEqual(['invalid', 3]);
  expect(await says('')).toEqual(['invalid', 3]);
  expect(await says(answered('', { output: [{ type: 'function_call', name: 'send_mail', arguments: '{}' }] }))).toEqual(
    ['invalid', 3],
  );
  expect(await says(answered('', { output: 'nothing' }))).toEqual(['invalid', 3]);
  const closed = await rigFor(() => undefined);
  await closed.close();
  expect(await closed.model.propose('lead_score', inputs)).toMatchObject({
    ok: false,
    problem: 'unavailable',
    usage: { calls: 2 },
  });
});

test('an answer of 10 MB is not read to its end', async () => {
  let written = 0;
  const piece = 'x'.repeat(64 * 1024);
  const rig = opened(
    await rigFor((_req, res) => {
      res.writeHead(200, { 'content-type': 'application/json' });
      const more = (): void => {
        for (let i = 0; i < 160 && !res.destroyed; i += 1) {
          written += piece.length;
          if (!res.write(piece)) return void res.once('drain', more);
        }
        res.end();
      };
      more();
    }),
  );
  expect(await rig.model.propose('email_draft', inputs)).toMatchObject({
    ok: false,
    problem: 'invalid',
    detail: 'The answer could not be used: it was too long.',
  });
  // Three answers of which at most a quarter of a megabyte each was taken, and what the sockets had buffered.
  expect(written).toBeLessThan(3 * 10 * 1024 * 1024);
});

test('a repeat tells the model what was wrong, and nothing of what it wrote', async () => {
  const { model, standIn } = opened(await standInRig());
  standIn.faults.next({ kind: 'extra_keys' });
  expect((await model.propose('lead_score', inputs)).ok).toBe(true);
  const [first, second] = standIn.calls();
  expect(first?.input).not.toContain('NOTE:');
  expect(second?.input).toContain(
    'NOTE: the last answer could not be used (the object: has keys that the schema does not know).',
  );
  expect(second?.input).not.toContain('not asked for');
});

test('500 fuzzed answers never throw and never become content that the kind does not allow', async () => {
  let body = '';
  const rig = opened(
    await rigFor((_req, res) => void res.writeHead(200, { 'content-type': 'application/json' }).end(body)),
  );
  const odd = fc.oneof(
    fc.anything(),
    fc.string(),
    fc.constantFrom<unknown>(
      Number.NaN,
      1e9,
      -1,
      1.5,
      '',
      '  ',
      null,
      [],
      {},
      true,
      '71',
      'x'.repeat(20_000),
      '\u0000',
      '\ud800',
      '\u200b',
      ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
      [''],
      ['\u200b'],
    ),
  );
  const spoiled = (good: Record<string, unknown>) =>
    fc
      .record(
        Object.fromEntries(
          Object.entries(good).map(([key, value]) => [
            key,
            fc.oneof({ weight: 3, arbitrary: fc.constant<unknown>(value) }, { weight: 1, arbitrary: odd }),
          ]),
        ),
        { requiredKeys: [] },
      )
      .chain((answer) =>
        fc.oneof(
          { weight: 4, arbitrary: fc.constant(answer) },
          { weight: 1, arbitrary: fc.dictionary(fc.string(), odd).map((more) => ({ ...answer, ...more })) },
        ),
      );
  const json = (value: unknown): string => {
    try {
      return (
        JSON.stringify(value, (_key, member: unknown) => (typeof member === 'bigint' ? String(member) : member)) ?? ''
      );
    } catch {
      return '{';
    }
  };
  const texts = fc.oneof(
    spoiled(GOOD_SCORE).map(json),
    spoiled(GOOD_DRAFT).map(json),
    fc.string(),
    fc.json(),
    fc.constantFrom(
      json(GOOD_SCORE),
      json(GOOD_DRAFT),
      '{"score":NaN}',
      `\`\`\`json\n${json(GOOD_SCORE)}\n\`\`\``,
      json(GOOD_SCORE).slice(0, -3),
    ),
  );
  let good = 0;
  await fc.assert(
    fc.asyncProperty(texts, fc.constantFrom('lead_score' as const, 'email_draft' as const), async (text, kind) => {
      body = answered(text);
      const before = rig.requests();
      const answer = await rig.model.propose(kind, inputs);
      expect(rig.requests() - before).toBeLessThanOrEqual(3);
      if (!answer.ok) {
        expect(answer.problem).toBe('invalid');
        return;
      }
      good += 1;
      expect(kindRules[kind].schema.safeParse(answer.content).error).toBeUndefined();
      expect(answer.rationale).not.toBe('');
      expect(answer.doubt).toSatisfy((doubt: number) => doubt >= 0 && doubt <= 1);
    }),
    { numRuns: 500, seed: 20_261_122 },
  );
  expect(good).toBeGreaterThan(20);
});

test('the fuzzed texts of the model appear in no detail and in no log', async () => {
  const rig = opened(
    await rigFor(
      (_req, res) =>
        void res
          .writeHead(200, { 'content-type': 'application/json' })
          .end(
            answered(JSON.stringify({ ...GOOD_SCORE, score: 'canary-1', 'canary-2': 'canary-3', reasons: 'canary-4' })),
          ),
    ),
  );
  const answer = await rig.model.propose('lead_score', proposalInputs({ lead: leadFacts({ firstName: 'canary-5' }) }));
  expect(answer).toMatchObject({ ok: false, problem: 'invalid' });
  expect(JSON.stringify([answer, rig.log])).not.toContain('canary');
});
