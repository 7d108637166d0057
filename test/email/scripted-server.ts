import { createServer, type AddressInfo, type Socket } from 'node:net';

/** What the server does when a command arrives: answers with a line, or these. */
export type Act = string | { say?: string; then: 'drop' | 'hang' };
export type Script = {
  greeting?: Act;
  ehlo?: Act;
  auth?: Act;
  starttls?: Act;
  mail?: Act;
  rcpt?: Act;
  data?: Act;
  /** At the first byte of the message, before its end. */
  firstByte?: Act;
  message?: Act;
  quit?: Act;
};

export type ScriptedServer = {
  port: number;
  /** Every command as it came; `.` stands for the end of a message, `first byte` for a scripted first byte. */
  heard: string[];
  /** The messages whose final dot arrived, unstuffed. */
  received: string[];
  close(): Promise<void>;
};

const ANSWERS: Required<Omit<Script, 'firstByte'>> = {
  greeting: '220 test',
  ehlo: '250 test',
  auth: '235 ok',
  starttls: '454 no TLS',
  mail: '250 sender ok',
  rcpt: '250 recipient ok',
  data: '354 go on',
  message: '250 queued as 1',
  quit: '221 bye',
};

/** An SMTP server that answers from a script, so that every answer at every place can be tried. */
export async function scriptedServer(script: Script): Promise<ScriptedServer> {
  const heard: string[] = [];
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    converse(socket, script, heard, received);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    heard,
    received,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function converse(socket: Socket, script: Script, heard: string[], received: string[]): void {
  let mode: 'commands' | 'message' | 'deaf' = 'commands';
  let buffered = '';
  const act = (what: Act): void => {
    if (typeof what === 'string') {
      socket.write(`${what}\r\n`);
      return;
    }
    mode = 'deaf';
    if (what.then === 'drop') socket.end(what.say ?? '');
    else if (what.say !== undefined) socket.write(what.say);
  };
  const take = (): void => {
    if (mode === 'message') {
      if (buffered !== '' && script.firstByte !== undefined) {
        heard.push('first byte');
        return act(script.firstByte);
      }
      const end = `\r\n${buffered}`.indexOf('\r\n.\r\n');
      if (end === -1) return;
      received.push(buffered.slice(0, end).replace(/^\.\./gm, '.'));
      buffered = buffered.slice(end + 3);
      mode = 'commands';
      heard.push('.');
      act(script.message ?? ANSWERS.message);
      return take();
    }
    const at = buffered.indexOf('\r\n');
    if (mode === 'deaf' || at === -1) return;
    const line = buffered.slice(0, at);
    buffered = buffered.slice(at + 2);
    heard.push(line);
    const command = commandOf(line);
    const answer = script[command] ?? ANSWERS[command];
    if (command === 'data' && typeof answer === 'string' && /^[23]/.test(answer)) mode = 'message';
    act(answer);
    take();
  };
  socket.on('data', (chunk) => {
    buffered += chunk.toString('latin1');
    take();
  });
  act(script.greeting ?? ANSWERS.greeting);
}

function commandOf(line: string): keyof typeof ANSWERS {
  const verb = line.split(' ')[0]?.toUpperCase() ?? '';
  switch (verb) {
    case 'EHLO':
    case 'HELO':
      return 'ehlo';
    case 'AUTH':
      return 'auth';
    case 'STARTTLS':
      return 'starttls';
    case 'MAIL':
      return 'mail';
    case 'RCPT':
      return 'rcpt';
    case 'DATA':
      return 'data';
    default:
      return 'quit';
  }
}
