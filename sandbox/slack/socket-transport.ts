import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { Answer, Outgoing, Transport } from './deliver.ts';
import { isRecord, parseJson, stringAt } from './json.ts';
import type { World } from './world.ts';

/** Socket Mode: https://docs.slack.dev/apis/events-api/using-socket-mode */

export type SocketServer = Transport & {
  /** A single-use URL for one connection. Whoever comes with it when ten are open already is told so and sent away. */
  ticket: () => string;
  /** Takes the connection when its path and ticket are good; true when the path is Slack's, whatever came of it. */
  upgrade: (req: IncomingMessage, socket: Duplex, head: Buffer) => boolean;
  refresh: (reason: 'refresh_requested' | 'warning' | 'link_disabled') => void;
  connections: () => number;
};

const SOCKET_PATH = '/slack/socket';
const MOST_CONNECTIONS = 10;
const PING_EVERY_MS = 10_000;
const PATIENCE_MS = 10_000;
const HOST = 'applink-sandbox';

type Waiting = { settle: ((answer: Answer) => void) | null; late: () => void; socket: WebSocket };

function reject(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

export function createSocketServer(world: World, deadlineMs: number): SocketServer {
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Set<string>();
  const sockets = new Set<WebSocket>();
  const waiting = new Map<string, Waiting>();
  let turn = 0;

  const receive = (text: string): void => {
    const frame = parseJson(text);
    if (!isRecord(frame)) return;
    const entry = waiting.get(stringAt(frame, 'envelope_id') ?? '');
    if (entry === undefined) return;
    if (entry.settle === null) return entry.late();
    const body = isRecord(frame.payload) && Object.keys(frame.payload).length > 0 ? frame.payload : null;
    entry.settle({ acked: true, status: null, body });
  };

  const disconnect = (socket: WebSocket, reason: string): void => {
    socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: HOST } }));
  };

  const accept = (socket: WebSocket): void => {
    socket.on('error', () => socket.terminate());
    if (sockets.size >= MOST_CONNECTIONS) {
      disconnect(socket, 'too_many_websockets');
      return socket.close();
    }
    sockets.add(socket);
    const pings = setInterval(() => socket.ping(), PING_EVERY_MS);
    pings.unref();
    socket.on('message', (data: Buffer) => receive(data.toString()));
    socket.on('close', () => {
      clearInterval(pings);
      sockets.delete(socket);
      for (const entry of waiting.values())
        if (entry.socket === socket) entry.settle?.({ acked: false, status: null, body: null, error: 'socket_closed' });
      world.changed();
    });
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: sockets.size,
        debug_info: {
          host: HOST,
          started: new Date(world.now()).toISOString(),
          build_number: 1,
          approximate_connection_time: 18_060,
        },
        connection_info: { app_id: world.credentials.appId },
      }),
    );
    world.changed();
  };

  const send = (outgoing: Outgoing, late: () => void): Promise<Answer> => {
    const open = [...sockets].filter((socket) => socket.readyState === WebSocket.OPEN);
    turn += 1;
    // Any of the app's sockets may get it; taking turns shows what relies on one.
    const socket = open[turn % Math.max(1, open.length)];
    if (socket === undefined)
      return Promise.resolve({ acked: false, status: null, body: null, error: 'no_open_socket' });
    const envelopeId = randomUUID();
    return new Promise((resolve) => {
      const entry: Waiting = { settle: null, late, socket };
      const deadline = setTimeout(
        () => entry.settle?.({ acked: false, status: null, body: null, error: 'operation_timeout' }),
        deadlineMs,
      );
      entry.settle = (answer) => {
        clearTimeout(deadline);
        // Kept for a while, so that a late or second ack is noticed.
        entry.settle = null;
        resolve(answer);
      };
      waiting.set(envelopeId, entry);
      if (waiting.size > 1_000) waiting.delete(waiting.keys().next().value ?? '');
      const retry =
        outgoing.envelope === 'events_api'
          ? { retry_attempt: outgoing.retry?.number ?? 0, retry_reason: outgoing.retry?.reason ?? '' }
          : {};
      socket.send(
        JSON.stringify({
          envelope_id: envelopeId,
          payload: outgoing.payload,
          type: outgoing.envelope,
          accepts_response_payload: outgoing.envelope !== 'events_api',
          ...retry,
        }),
      );
    });
  };

  return {
    send,
    ticket: () => {
      const ticket = world.ids.secret(24);
      tickets.add(ticket);
      return `${world.baseUrl().replace(/^http/, 'ws')}${SOCKET_PATH}/?ticket=${ticket}&app_id=${world.credentials.appId}`;
    },
    upgrade: (req, socket, head) => {
      const url = new URL(req.url ?? '/', 'http://sandbox');
      if (!url.pathname.startsWith(SOCKET_PATH)) return false;
      if (tickets.delete(url.searchParams.get('ticket') ?? '')) server.handleUpgrade(req, socket, head, accept);
      else reject(socket, '403 Forbidden');
      return true;
    },
    refresh: (reason) => {
      for (const socket of sockets) {
        disconnect(socket, reason);
        // A warning leaves time; what was asked to go and stays is cut off.
        if (reason !== 'warning') setTimeout(() => socket.terminate(), PATIENCE_MS).unref();
      }
    },
    connections: () => sockets.size,
    close: async () => {
      for (const socket of sockets) socket.terminate();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
