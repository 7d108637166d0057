import type { IncomingMessage, ServerResponse } from 'node:http';
import { isRecord, parseJson } from './json.ts';
import { type Content, hasSomethingToShow, post, readContent, removeMessage, revise, whisper } from './posting.ts';
import { parseBody, readAll } from './request-body.ts';
import type { Ephemeral } from './workspace.ts';
import { conversationOrThrow, ephemeralsOf, findMessage, type ResponseUrl, type World } from './world.ts';

/** response_url: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses */

export const RESPONSE_PATH = '/slack/response/';
const LIFE_MS = 30 * 60_000;
const MOST_USES = 5;
/** So many at the most are remembered; a machine that clicks faster than people loses the oldest. */
const KEPT = 20_000;

export function createResponseUrl(world: World, to: Omit<ResponseUrl, 'expiresAt' | 'used'>): string {
  const secret = world.ids.secret(24);
  const oldest = world.responseUrls.entries().next().value;
  if (oldest !== undefined && (oldest[1].expiresAt < world.now() - LIFE_MS || world.responseUrls.size >= KEPT))
    world.responseUrls.delete(oldest[0]);
  world.responseUrls.set(secret, { ...to, expiresAt: world.now() + LIFE_MS, used: 0 });
  return `${world.baseUrl()}${RESPONSE_PATH}${world.credentials.teamId}/${secret}`;
}

type Outcome = { status: number; body: string };
const fine: Outcome = { status: 200, body: 'ok' };
const failed = (status: number, error: string): Outcome => ({ status, body: JSON.stringify({ ok: false, error }) });

const flag = (value: unknown): boolean => value === true || value === 'true';

/** The text and blocks of a message response; JSON strings are taken for blocks as in forms. */
function contentOf(world: World, args: Record<string, unknown>) {
  const given = (name: string): unknown => {
    const value = args[name];
    return typeof value === 'string' ? parseJson(value) : value;
  };
  return readContent(
    world,
    { text: args.text, blocks: given('blocks'), attachments: given('attachments'), metadata: undefined },
    'messageText',
  );
}

/** The ephemeral message that was clicked, as long as its person still has it. */
function clickedEphemeral(world: World, to: ResponseUrl): Ephemeral | null {
  return ephemeralsOf(world, to.user).find((entry) => entry.ts === to.source?.ts) ?? null;
}

function removeSource(world: World, to: ResponseUrl): Outcome {
  if (to.source === null) return failed(404, 'message_not_found');
  if (to.source.ephemeral) {
    const shown = clickedEphemeral(world, to);
    if (shown === null) return failed(404, 'message_not_found');
    world.ephemerals.set(
      to.user,
      ephemeralsOf(world, to.user).filter((entry) => entry !== shown),
    );
    world.changed();
    return fine;
  }
  const message = findMessage(world, to.channel, to.source.ts);
  if (message === null) return failed(404, 'message_not_found');
  removeMessage(world, message);
  return fine;
}

/**
 * Does what a message response asks: deletes or replaces what was clicked, or adds a message. Also used for what a slash
 * command's ack carries.
 */
export function applyResponse(world: World, to: ResponseUrl, args: Record<string, unknown>): Outcome {
  if (flag(args.delete_original)) return removeSource(world, to);
  const read = contentOf(world, args);
  if ('refusal' in read) return failed(400, read.refusal.error);
  if (!hasSomethingToShow(read.content)) return failed(400, 'no_text');
  if (flag(args.replace_original) && to.source !== null) return replaceSource(world, to, to.source, read.content);
  const thread = typeof args.thread_ts === 'string' ? args.thread_ts : undefined;
  const channel = conversationOrThrow(world, to.channel);
  if (args.response_type === 'in_channel')
    post(world, channel, read.content, thread === undefined ? {} : { threadTs: thread });
  else whisper(world, to.channel, to.user, read.content, thread);
  return fine;
}

/** A message response says all of the new message: blocks that are not given are gone. */
function replaceSource(
  world: World,
  to: ResponseUrl,
  source: { ts: string; ephemeral: boolean },
  content: Partial<Content>,
): Outcome {
  const whole = { blocks: [], attachments: [], text: '', ...content };
  if (source.ephemeral) {
    const shown = clickedEphemeral(world, to);
    if (shown === null) return failed(404, 'message_not_found');
    Object.assign(shown, whole);
    world.changed();
    return fine;
  }
  const message = findMessage(world, to.channel, source.ts);
  if (message === null) return failed(404, 'message_not_found');
  revise(world, message, whole);
  return fine;
}

export async function serveResponseUrl(world: World, secret: string, req: IncomingMessage): Promise<Outcome> {
  const to = world.responseUrls.get(secret);
  if (to === undefined) return failed(404, 'no_service');
  if (world.now() > to.expiresAt) return failed(404, 'expired_url');
  if (to.used >= MOST_USES) return failed(404, 'used_url');
  // Slack takes whatever is not a form for JSON here, whatever the header says.
  const sent = req.headers['content-type'] ?? '';
  const type = sent.startsWith('application/x-www-form-urlencoded') ? sent : 'application/json';
  const parsed = await parseBody(await readAll(req), type, new URLSearchParams());
  if ('error' in parsed) return failed(400, 'invalid_payload');
  to.used += 1;
  const payload = typeof parsed.args.payload === 'string' ? parseJson(parsed.args.payload) : parsed.args;
  return isRecord(payload) ? applyResponse(world, to, payload) : failed(400, 'invalid_payload');
}

export function answerWith(res: ServerResponse, outcome: Outcome): void {
  res.writeHead(outcome.status, { 'content-type': outcome.body === 'ok' ? 'text/html' : 'application/json' });
  res.end(outcome.body);
}
