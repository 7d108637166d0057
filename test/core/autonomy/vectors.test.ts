import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { advanceAlarm } from '../../../src/core/autonomy/alarm.ts';
import {
  certificate,
  isCertified,
  labelsNeeded,
  predictorFor,
  upperLimit,
} from '../../../src/core/autonomy/certificate.ts';
import { leakLedger } from '../../../src/core/autonomy/leak-ledger.ts';
import { policyFor } from '../../../src/core/autonomy/policy-config.ts';
import { policyRunSchema, runVector } from '../../../src/core/autonomy/policy-run.ts';

const numbers = z.array(z.number());
const counts = z.object({ n: numbers, s: numbers, N: numbers, a: z.number(), b0: z.number() });
const vectors = z
  .object({
    certificate_logE: z.array(
      counts.extend({ eps: z.number(), logE: z.number(), worst_p: numbers, certified_at_delta_0_05: z.boolean() }),
    ),
    certificate_upper_limit: z.array(counts.extend({ delta: z.number(), upper: z.number(), tol: z.number() })),
    clean_labels_needed: z.array(z.object({ eps: z.number(), delta: z.number(), clean_labels_needed: z.number() })),
    leak_ledger: z.array(
      z.object({
        bad_audit_q: numbers,
        q_min: z.number(),
        delta: z.number(),
        ipw_estimate: z.number(),
        upper: z.number(),
      }),
    ),
    cusum: z.array(z.object({ name: z.string(), seq: numbers, S: numbers, alarm_index: z.number().nullable() })),
    policy_runs: z.array(policyRunSchema),
  })
  .parse(JSON.parse(readFileSync(new URL('../autonomy-vectors.json', import.meta.url), 'utf8')));

const TOLERANCE = 1e-9;
const bandsOf = ({ n, s, N }: { n: number[]; s: number[]; N: number[] }) =>
  n.map((labels, i) => ({ labels, losses: s[i] ?? 0, decisions: N[i] ?? 0 }));
const near = (actual: number, expected: number, tolerance = TOLERANCE) =>
  expect(Math.abs(actual - expected), `${actual} is not ${expected}`).toBeLessThanOrEqual(tolerance);

describe('the certificate', () => {
  test.for(vectors.certificate_logE)('of n=$n s=$s N=$N at ε=$eps is $logE', (vector) => {
    const { logE, worstRates } = certificate(bandsOf(vector), vector.eps, vector);
    near(logE, vector.logE);
    for (const [i, rate] of vector.worst_p.entries()) near(worstRates[i] ?? Number.NaN, rate);
    expect(isCertified(bandsOf(vector), vector.eps, vector, 0.05)).toBe(vector.certified_at_delta_0_05);
  });

  test.for(vectors.certificate_upper_limit)('limits the bad rate of n=$n s=$s to $upper', (vector) => {
    near(upperLimit(bandsOf(vector), vector, vector.delta), vector.upper, vector.tol);
  });

  test.for(vectors.clean_labels_needed)('needs $clean_labels_needed clean labels at ε=$eps, δ=$delta', (vector) => {
    expect(labelsNeeded(0, vector.eps, predictorFor(vector.eps), vector.delta)).toBe(vector.clean_labels_needed);
  });
});

test.for(vectors.leak_ledger)(
  'the leak ledger of failures at q=$bad_audit_q is $ipw_estimate, at most $upper',
  (vector) => {
    const checks = vector.bad_audit_q.map((q) => ({ loss: 1, q }));
    const { bad, upper } = leakLedger(checks, vector.q_min, vector.delta);
    near(bad, vector.ipw_estimate);
    near(upper, vector.upper);
  },
);

test.for(vectors.cusum)('the CUSUM of $name', ({ seq, S, alarm_index: alarmIndex }) => {
  const config = policyFor(0.05);
  let s = 0;
  const all = seq.map((loss) => (s = advanceAlarm(s, loss, config)));
  for (const [i, expected] of S.entries()) near(all[i] ?? Number.NaN, expected);
  const alarm = all.findIndex((value) => value >= config.alarmAt);
  expect(alarm === -1 ? null : alarm).toBe(alarmIndex);
});

test.for(vectors.policy_runs)('the whole run $name comes out as expected', (run) => {
  expect(runVector(run)).toEqual([]);
});

test('a run that names neither its changes nor its end is compared event by event', () => {
  const [run] = vectors.policy_runs;
  if (!run) throw new Error('there should be a run');
  const { changes: _changes, final: _final, ...events } = run;
  expect(runVector(events)).toEqual([]);
});
