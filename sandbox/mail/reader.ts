import { drawFrom } from '../openai/seeded.ts';
import type { StoredMail } from './stored-mail.ts';

export type MailClient = 'gmail' | 'outlook' | 'apple';

/** Whose mailbox a mail lies in, and with what it is read there: a person keeps one mail program and one browser. */
export type Reader = {
  /** '' where the mail was sent to an address alone. */
  name: string;
  /** What a letter is signed with. */
  firstName: string;
  address: string;
  domain: string;
  client: MailClient;
  /** What the browser calls itself. */
  userAgent: string;
};

const CLIENTS: readonly MailClient[] = ['gmail', 'outlook', 'apple'];

const BROWSERS: Record<MailClient, readonly string[]> = {
  gmail: [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
    'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
  ],
  outlook: [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0',
  ],
  apple: [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1',
  ],
};

export function readerOf(mail: StoredMail, seed: number): Reader {
  const address = mail.envelopeTo[0] ?? addressIn(mail.to);
  const name = nameIn(mail.to);
  const draw = drawFrom(`reader/${seed}/${address}`);
  const client = draw.pick('client', CLIENTS);
  return {
    name,
    firstName: name.split(/\s+/)[0] || 'the team',
    address,
    domain: address.slice(address.lastIndexOf('@') + 1),
    client,
    userAgent: draw.pick('browser', BROWSERS[client]),
  };
}

/** The address in `Name <address>`, of the first where there are several. */
export function addressIn(written: string): string {
  return /<([^<>]+)>/.exec(written)?.[1] ?? written.split(',')[0]?.trim() ?? '';
}

export function nameIn(written: string): string {
  const name = /^([^<]*)</.exec(written)?.[1] ?? '';
  return name.replaceAll('"', '').trim();
}

export function headerOf(mail: StoredMail, name: string): string {
  return mail.headers.find(({ key }) => key.toLowerCase() === name)?.value ?? '';
}

/** Where an answer goes: Reply-To, or else From. */
export function answerAddress(mail: StoredMail): string {
  return addressIn(headerOf(mail, 'reply-to') || mail.from);
}

/** Where a mail that cannot be delivered goes back to. */
export function returnAddress(mail: StoredMail): string {
  return mail.envelopeFrom || addressIn(mail.from);
}
