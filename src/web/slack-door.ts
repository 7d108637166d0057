import type { IncomingMessage } from 'node:http';
import { declaredLength } from './request-body.ts';

const MAX_BYTES = 1024 * 1024;
const WINDOW_SECONDS = 5 * 60;

/**
 * What is refused before Slack's own receiver reads the request. That receiver checks the signature, and refuses old
 * timestamps but not future ones, which would keep a stolen request valid for as long as its thief likes.
 * A status to answer with, or null to let the untouched request through.
 */
export function slackRefusal(request: IncomingMessage, nowMs: number): 401 | 413 | null {
  const stamp = request.headers['x-slack-request-timestamp'];
  if (typeof stamp !== 'string' || !/^\d{1,12}$/.test(stamp)) return 401;
  if (Math.abs(nowMs / 1000 - Number(stamp)) > WINDOW_SECONDS) return 401;
  return declaredLength(request) > MAX_BYTES ? 413 : null;
}
