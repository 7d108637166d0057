import { chmod, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { commandSocketPath } from '../db/data-lock.ts';
import type { Context } from '../engine/context.ts';
import { runCommand } from './commands.ts';

/** One JSON object a line: the request, then any number of outputs, then the exit code. */
type Request = { args: string[]; cwd: string };
type Reply = { out: string } | { err: string } | { exit: number };

/**
 * Takes commands for the process that holds the embedded database, on a local socket that only its owner can open.
 * Answers with the function that closes it.
 */
export async function startCommandSocket(ctx: Context, dataDir: string): Promise<() => Promise<void>> {
  const path = commandSocketPath(dataDir);
  if (process.platform !== 'win32') await rm(path, { force: true });
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    const say = (reply: Reply): void => {
      socket.write(`${JSON.stringify(reply)}\n`);
    };
    createInterface({ input: socket }).once('line', (line) => {
      void serve(ctx, line, say).then((exit) => {
        say({ exit });
        socket.end();
      });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  if (process.platform !== 'win32') await chmod(path, 0o600);
  return async () => {
    for (const socket of open) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
}

async function serve(ctx: Context, line: string, say: (reply: Reply) => void): Promise<number> {
  try {
    const { args, cwd } = JSON.parse(line) as Request;
    return await runCommand(args, {
      context: async () => ctx,
      cwd,
      out: (text) => say({ out: text }),
      err: (text) => say({ err: text }),
    });
  } catch (error) {
    ctx.log.error(
      { error: error instanceof Error ? (error.stack ?? error.message) : String(error) },
      'a command from the terminal failed',
    );
    say({ err: `The command failed: ${error instanceof Error ? error.message : String(error)}\n` });
    return 1;
  }
}

/** Hands a command to the process that listens at `path`, and repeats what it prints. @returns its exit code. */
export function sendCommand(
  path: string,
  request: Request,
  io: { out(text: string): void; err(text: string): void },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let exit: number | null = null;
    socket.once('error', reject);
    socket.once('connect', () => socket.write(`${JSON.stringify(request)}\n`));
    createInterface({ input: socket }).on('line', (line) => {
      const reply = JSON.parse(line) as Reply;
      if ('out' in reply) io.out(reply.out);
      else if ('err' in reply) io.err(reply.err);
      else exit = reply.exit;
    });
    socket.once('close', () =>
      exit === null ? reject(new Error('the running program went away before it had answered')) : resolve(exit),
    );
  });
}
