import { expect, test, vi } from 'vitest';
import { createLog } from '../src/log.ts';

/** What the log writes to standard output while `work` runs. */
function written(work: (log: ReturnType<typeof createLog>) => void, secrets: string[]): string {
  const lines: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    lines.push(String(chunk));
    return true;
  });
  try {
    work(createLog('debug', secrets));
  } finally {
    spy.mockRestore();
  }
  return lines.join('');
}

const secret = 'canary-secret-7f3a9b';
const address = 'canary.person@acme.example';

test.for([
  ['in the message', (log: ReturnType<typeof createLog>) => log.info({}, `token ${secret} of ${address}`)],
  [
    'in a nested object',
    (log: ReturnType<typeof createLog>) => log.warn({ a: { b: [{ c: `x${secret}y`, d: address }] } }, 'm'),
  ],
  [
    'in an error',
    (log: ReturnType<typeof createLog>) => log.error({ error: new Error(`bad ${secret} ${address}`) }, 'm'),
  ],
  [
    'in a URL',
    (log: ReturnType<typeof createLog>) => log.error({ url: `smtp://user:${secret}@mail.example.com` }, 'm'),
  ],
  ['at debug level', (log: ReturnType<typeof createLog>) => log.debug({ text: `${secret}${address}` }, 'm')],
] as const)('no secret and no address gets out %s', ([, work]) => {
  const out = written(work, [secret]);
  expect(out).not.toContain('canary');
  expect(JSON.parse(out)).toMatchObject({ msg: expect.any(String) });
});

test.for([
  'xoxb-123456789-abcdefgh',
  'xapp-1-A123-456-abcdef',
  'sk-proj-abcdefghijk',
  'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
])('a token is recognised by its look: %s', (token) => {
  expect(written((log) => log.info({ token }, 'm'), [])).not.toContain(token);
});
