import type { WebResponse } from './route.ts';

export function json(status: number, body: Record<string, unknown>): WebResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  };
}
