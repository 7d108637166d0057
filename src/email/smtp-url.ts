import { isIP } from 'node:net';

export type SmtpTarget = {
  host: string;
  port: number;
  /** TLS from the first byte (smtps:). */
  secure: boolean;
  credentials: { user: string; pass: string } | null;
  /** The server is on this very machine: nothing to encrypt on the way. */
  loopback: boolean;
};

/** `smtp://user:pass@host:port` or `smtps://…`; user and password percent-encoded. Throws without repeating the password. */
export function parseSmtpUrl(url: string): SmtpTarget {
  if (!URL.canParse(url)) throw new Error('the mail server is not an address like smtp://user:password@host:587');
  const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(url);
  if (protocol !== 'smtp:' && protocol !== 'smtps:')
    throw new Error(`the mail server's address begins with ${protocol}, not smtp: or smtps:`);
  if (hostname === '') throw new Error("the mail server's address names no host");
  if (!['', '/'].includes(pathname) || search !== '' || hash !== '')
    throw new Error("the mail server's address has something after its host; percent-encode / ? # in the password");
  if ((username === '') !== (password === ''))
    throw new Error("the mail server's address needs both user and password, or neither");
  const secure = protocol === 'smtps:';
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return {
    host,
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    credentials: username === '' ? null : { user: decode(username), pass: decode(password) },
    loopback: isLoopback(host),
  };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw new Error("user or password in the mail server's address is not percent-encoded", { cause });
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
