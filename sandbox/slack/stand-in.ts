import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { assembleWorkspace } from './assemble-workspace.ts';
import { createDeliver } from './deliver.ts';
import { person, type Person } from './driver.ts';
import { createEvents } from './events.ts';
import { createFaults } from './faults.ts';
import { createHttpTransport } from './http-transport.ts';
import { deriveCredentials, type SlackCredentials, seededIds } from './identity.ts';
import { createJournal } from './journal.ts';
import { readManifest } from './manifest.ts';
import { receiveUpload } from './methods/files.ts';
import { botUser, type ChannelSeed, DEFAULT_USERGROUPS, defaultChannels, defaultPeople } from './people.ts';
import { createRateLimiter, furthestClock, type RateLimiter } from './rate-limits.ts';
import { fileIn, readAll } from './request-body.ts';
import { answerWith, RESPONSE_PATH, serveResponseUrl } from './response-urls.ts';
import { createSocketServer } from './socket-transport.ts';
import { serveWebApi, type WebApi } from './web-api.ts';
import type { SlackUser, SlackUsergroup, SlackWorkspace } from './workspace.ts';
import { addChannel } from './new-conversation.ts';
import { createWorld, type World } from './world.ts';

/**
 * A strict local Slack. It knows Slack from Slack's documentation and nothing of the app, so that a mistake of the app
 * shows. Mount `handle` and `upgrade` in an HTTP server; the app's `slackApiUrl` is `http://HOST:PORT/slack/api/`.
 */
export type SlackStandInOptions = {
  /** The parsed `manifest.json`; what it does not grant is refused. */
  manifest: unknown;
  /** Seeds credentials and ids; the same seed gives the same ones. */
  seed?: number;
  people?: SlackUser[];
  channels?: ChannelSeed[];
  usergroups?: SlackUsergroup[];
  /** Optional scopes that whoever installed the app did not grant. */
  refusedScopes?: readonly string[];
  delivery: { mode: 'http'; url: () => string } | { mode: 'socket' };
  /** Slack's published rate limits (see `rate-limits.ts`); on unless this says `false`. */
  rateLimits?: boolean;
  /** Business time in ms where it can be moved: limits follow it too, so that a day that passes at once refills them. */
  businessNow?: () => number;
  /** File that every call and delivery is appended to, one JSON object a line; posts are on disk before they are answered. */
  journal?: string;
  /** Machine time in ms. */
  now?: () => number;
  /** How long the app may take to answer; Slack's 3,000 ms. */
  ackDeadlineMs?: number;
  /** `timer`: event retries go out by themselves, as Slack's do. `manual` (default): on `deliverRetries()`. */
  eventRetries?: 'manual' | 'timer';
  /** Where the app reaches this server. Without it: the host that the app's last call was addressed to. */
  baseUrl?: () => string;
};

export type SlackStandIn = {
  credentials: SlackCredentials;
  /** Somebody in the workspace, by handle or id, who acts by what is visible. */
  as(who: string): Person;
  /** Serves `/slack/api/METHOD`, `/slack/response/…`, `/slack/upload/…`, `/slack/files/…`; false when the path is another's. */
  handle(req: IncomingMessage, res: ServerResponse): Promise<boolean>;
  /** Serves the Socket Mode path; false when the path is another's. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  workspace: SlackWorkspace;
  close(): Promise<void>;
};

const DEFAULT_SEED = 1;
const ACK_DEADLINE_MS = 3_000;

function setUpWorld(options: SlackStandInOptions, baseUrl: () => string): World {
  const seed = options.seed ?? DEFAULT_SEED;
  const credentials = deriveCredentials(seed);
  const grants = readManifest(options.manifest, options.refusedScopes);
  const people = options.people ?? defaultPeople(credentials.teamId);
  const world = createWorld({
    credentials,
    grants,
    ids: seededIds(seed),
    usergroups: (options.usergroups ?? DEFAULT_USERGROUPS).map((group) => ({ ...group, users: [...group.users] })),
    people: [...people.map((somebody) => ({ ...somebody })), botUser(credentials, grants.name)],
    now: options.now ?? Date.now,
    baseUrl,
  });
  for (const channel of options.channels ?? defaultChannels(credentials.botUserId)) addChannel(world, channel);
  return world;
}

/** Everything below `/slack/` that is not the app's own. */
async function route(api: WebApi, req: IncomingMessage, res: ServerResponse): Promise<boolean> {
  const { pathname } = new URL(req.url ?? '/', 'http://sandbox');
  const after = (prefix: string): string | null => (pathname.startsWith(prefix) ? pathname.slice(prefix.length) : null);
  const method = after('/slack/api/');
  if (method !== null) {
    await serveWebApi(api, method, req, res);
    return true;
  }
  const response = after(RESPONSE_PATH);
  if (response !== null) {
    const outcome = await serveResponseUrl(api.world, response.split('/')[1] ?? '', req);
    const detail = { status: outcome.status, body: outcome.body };
    api.journal.write(
      { at: api.world.now(), type: 'call', method: 'response_url', ok: outcome.status === 200, detail },
      true,
    );
    answerWith(res, outcome);
    return true;
  }
  const upload = after('/slack/upload/');
  if (upload !== null) {
    const bytes = await fileIn(await readAll(req), req.headers['content-type'] ?? '');
    const body = bytes === null ? null : receiveUpload(api.world, upload, bytes);
    res.writeHead(body === null ? 404 : 200).end(body ?? 'no such upload');
    return true;
  }
  const download = after('/slack/files/');
  if (download === null) return false;
  serveFile(api.world, download, res);
  return true;
}

/** Slack asks who is reading; here everybody on this machine may. Never as a page of this server's own. */
function serveFile(world: World, id: string, res: ServerResponse): void {
  const file = world.files.get(id);
  if (file === undefined || file.bytes === null || !file.complete) {
    res.writeHead(404).end('no such file');
    return;
  }
  const shown = file.mimetype.startsWith('image/') && file.mimetype !== 'image/svg+xml';
  res.writeHead(200, {
    'content-type': shown ? file.mimetype : 'application/octet-stream',
    'content-disposition': `${shown ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(file.name)}`,
    'x-content-type-options': 'nosniff',
  });
  res.end(file.bytes);
}

/** A request that broke off or could not be read ends here, in the journal; the app sees a 500. */
function failed(api: WebApi, res: ServerResponse, error: unknown): true {
  const detail = { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  api.journal.write({ at: api.world.now(), type: 'call', method: 'unreadable', ok: false, detail }, false);
  if (res.headersSent) res.destroy();
  else res.writeHead(500, { 'content-type': 'application/json' }).end('{"ok":false,"error":"internal_error"}');
  return true;
}

function limiterOf(options: SlackStandInOptions, now: () => number): RateLimiter | null {
  if (options.rateLimits === false) return null;
  return createRateLimiter(furthestClock(now, ...(options.businessNow === undefined ? [] : [options.businessNow])));
}

export function createSlackStandIn(options: SlackStandInOptions): SlackStandIn {
  let lastHost: string | null = null;
  const baseUrl = (): string => {
    if (options.baseUrl !== undefined) return options.baseUrl();
    if (lastHost === null) throw new Error('the Slack stand-in has not been called yet and was given no baseUrl');
    return `http://${lastHost}`;
  };
  const world = setUpWorld(options, baseUrl);
  const deadlineMs = options.ackDeadlineMs ?? ACK_DEADLINE_MS;
  const journal = createJournal(options.journal);
  const faults = createFaults();
  const sockets = createSocketServer(world, deadlineMs);
  const { mode } = options.delivery;
  const transport =
    options.delivery.mode === 'socket'
      ? sockets
      : createHttpTransport({
          url: options.delivery.url,
          signingSecret: world.credentials.signingSecret,
          deadlineMs,
          now: world.now,
        });
  const deliver = createDeliver(world, transport, journal);
  const events = createEvents(world, deliver, options.eventRetries ?? 'manual');
  const api: WebApi = {
    world,
    faults,
    journal,
    limiter: limiterOf(options, world.now),
    sockets,
  };
  const workspace = assembleWorkspace({ world, deliver, events, faults, journal, sockets }, transport, mode);
  return {
    credentials: world.credentials,
    as: (who) => person(workspace, who),
    handle: (req, res) => {
      lastHost = req.headers.host ?? lastHost;
      return route(api, req, res).catch((error: unknown) => failed(api, res, error));
    },
    upgrade: sockets.upgrade,
    workspace,
    close: async () => {
      events.close();
      await sockets.close();
      journal.close();
    },
  };
}
