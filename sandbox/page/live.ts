import type { IncomingMessage, ServerResponse } from 'node:http';

export type Live = {
  /** Something changed; pages look again. Many calls within a moment become one word. */
  changed: () => void;
  /** Says something by itself, at once, as JSON. */
  tell: (event: string, data: unknown) => void;
  serve: (req: IncomingMessage, res: ServerResponse) => void;
  close: () => void;
};

const TOGETHER_MS = 40;
const HEARTBEAT_MS = 20_000;

/** Tells open pages that something changed (server-sent events). What changed they ask for themselves. */
export function createLive(): Live {
  const open = new Set<ServerResponse>();
  let revision = 0;
  let pending: NodeJS.Timeout | null = null;
  const tellChange = (): void => {
    pending = null;
    revision += 1;
    for (const res of open) res.write(`event: change\ndata: ${revision}\n\n`);
  };
  const heartbeat = setInterval(() => {
    for (const res of open) res.write(': still here\n\n');
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    changed: () => {
      if (open.size > 0) pending ??= setTimeout(tellChange, TOGETHER_MS);
    },
    tell: (event, data) => {
      for (const res of open) res.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    },
    serve: (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      res.write(`retry: 1000\nevent: change\ndata: ${revision}\n\n`);
      open.add(res);
      res.on('close', () => open.delete(res));
    },
    close: () => {
      clearInterval(heartbeat);
      if (pending) clearTimeout(pending);
      for (const res of open) res.end();
      open.clear();
    },
  };
}
