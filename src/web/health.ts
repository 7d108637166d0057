import type { Route, WebResponse } from './route.ts';

/** Something that has to hold for this process to do its work. */
export type ReadinessCheck = {
  /** Short and stable: `database`, `mail_server`. */
  name: string;
  /** Null: all is well; else the cause in words, without secrets. A throw counts as not ready. */
  check: (signal: AbortSignal) => Promise<string | null>;
};

export type HealthSettings = {
  checks: readonly ReadinessCheck[];
  log: { error(fields: Record<string, unknown>, message: string): void };
  /** How long one check may take, milliseconds. */
  timeoutMs?: number;
};

/**
 * `GET /healthz`: the process answers, nothing more; what restarts a process must not depend on others being well.
 * `GET /readyz`: 200, or 503 with `{ status, causes: [{ check, cause }] }`.
 */
export function healthRoutes({ checks, log, timeoutMs = 4_000 }: HealthSettings): Route[] {
  return [
    { method: 'GET', path: '/healthz', maxBytes: 0, handle: async () => json(200, { status: 'ok' }) },
    {
      method: 'GET',
      path: '/readyz',
      maxBytes: 0,
      handle: async () => {
        const results = await Promise.all(checks.map((check) => run(check, timeoutMs, log)));
        const causes = results.filter((result) => result !== null);
        return causes.length === 0 ? json(200, { status: 'ready' }) : json(503, { status: 'not_ready', causes });
      },
    },
  ];
}

async function run(
  { name, check }: ReadinessCheck,
  timeoutMs: number,
  log: HealthSettings['log'],
): Promise<{ check: string; cause: string } | null> {
  const timeout = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => {
      timeout.abort();
      resolve(`no answer within ${timeoutMs} ms`);
    }, timeoutMs);
  });
  try {
    const cause = await Promise.race([check(timeout.signal), late]);
    return cause === null ? null : { check: name, cause };
  } catch (error) {
    log.error({ err: error, check: name }, 'a readiness check failed');
    return { check: name, cause: 'could not be checked' };
  } finally {
    clearTimeout(timer);
  }
}

function json(status: number, body: object): WebResponse {
  return { status, headers: { 'Content-Type': 'application/json; charset=utf-8' }, body: `${JSON.stringify(body)}\n` };
}
