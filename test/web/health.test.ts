import { afterEach, expect, test } from 'vitest';
import { healthRoutes, type ReadinessCheck } from '../../src/web/health.ts';
import { type RunningWeb, startWeb } from './web-for-tests.ts';

let web: RunningWeb;
afterEach(() => web.close());

const logged: string[] = [];
async function ask(
  path: string,
  checks: ReadinessCheck[],
  timeoutMs = 5_000,
): Promise<{ status: number; body: unknown }> {
  logged.length = 0;
  web = await startWeb({
    routes: healthRoutes({ checks, timeoutMs, log: { error: (_fields, message) => logged.push(message) } }),
  });
  const answer = await fetch(web.url + path);
  return { status: answer.status, body: await answer.json() };
}

const well: ReadinessCheck = { name: 'well', check: async () => null };
const down: ReadinessCheck = { name: 'mail_server', check: async () => 'refused the connection' };

test('the process is alive whatever else is down', async () => {
  expect(await ask('/healthz', [down])).toEqual({ status: 200, body: { status: 'ok' } });
});

test('ready means that every check holds', async () => {
  expect(await ask('/readyz', [well, well])).toEqual({ status: 200, body: { status: 'ready' } });
});

test('not ready names each cause', async () => {
  const clock: ReadinessCheck = { name: 'clock', check: async () => 'three seconds apart from the database' };
  expect(await ask('/readyz', [well, down, clock])).toEqual({
    status: 503,
    body: {
      status: 'not_ready',
      causes: [
        { check: 'mail_server', cause: 'refused the connection' },
        { check: 'clock', cause: 'three seconds apart from the database' },
      ],
    },
  });
});

test('a check that throws or hangs is a cause, and tells nobody its secrets', async () => {
  let aborted = false;
  const throws: ReadinessCheck = {
    name: 'database',
    check: async () => {
      throw new Error('password hunter2 refused');
    },
  };
  const hangs: ReadinessCheck = {
    name: 'queue',
    check: (signal) =>
      new Promise(() => {
        signal.addEventListener('abort', () => {
          aborted = true;
        });
      }),
  };
  const { status, body } = await ask('/readyz', [throws, hangs], 20);
  expect(status).toBe(503);
  expect(body).toEqual({
    status: 'not_ready',
    causes: [
      { check: 'database', cause: 'could not be checked' },
      { check: 'queue', cause: 'no answer within 20 ms' },
    ],
  });
  expect(aborted).toBe(true);
  expect(logged).toEqual(['a readiness check failed']);
});
