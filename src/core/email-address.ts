import { domainToASCII } from 'node:url';

/** What an address may look like on the wire: no quotes, comments, percent hacks or anything outside ASCII. */
const WIRE = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9.-]+$/;
/** Letters, marks, digits, hyphens and dots of any script; never a sign that means something in a URL. */
const DOMAIN = /^[\p{L}\p{M}\p{N}.\u3002-]{1,253}$/u;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

export type AddressProblem =
  | 'empty'
  | 'no single @'
  | 'local part has characters that mail servers refuse'
  | 'domain is not a valid host name'
  | 'longer than 254 characters';

export type NormalisedAddress = { ok: true; address: string; domain: string } | { ok: false; problem: AddressProblem };

/**
 * Trims, lower-cases the domain and turns an international domain into ASCII. The local part keeps its case on the wire;
 * two leads whose addresses differ only in case are one person, so `addressKey` folds it for uniqueness.
 */
export function normaliseAddress(raw: string): NormalisedAddress {
  const text = raw.normalize('NFC').trim();
  if (text === '') return { ok: false, problem: 'empty' };
  const at = text.lastIndexOf('@');
  if (at < 1 || at === text.length - 1 || text.indexOf('@') !== at) return { ok: false, problem: 'no single @' };
  const written = text.slice(at + 1);
  // The converter reads a domain as a browser reads a URL: it would drop a path, decode percent signs and swallow blanks.
  if (!DOMAIN.test(written)) return { ok: false, problem: 'domain is not a valid host name' };
  const domain = domainToASCII(written).toLowerCase();
  const labels = domain.split('.');
  const hostName =
    labels.length >= 2 && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '');
  if (!hostName) return { ok: false, problem: 'domain is not a valid host name' };
  const local = text.slice(0, at);
  const address = `${local}@${domain}`;
  if (!WIRE.test(address) || local.startsWith('.') || local.endsWith('.') || local.includes('..'))
    return { ok: false, problem: 'local part has characters that mail servers refuse' };
  // `user%victim@relay` asks old relays to send on to somebody else; nobody needs it in a lead's address.
  if (/[%!]/.test(local)) return { ok: false, problem: 'local part has characters that mail servers refuse' };
  if (address.length > 254) return { ok: false, problem: 'longer than 254 characters' };
  return { ok: true, address, domain };
}

/** The text that decides whether two addresses are one person's: the whole address in lower case. */
export function addressKey(address: string): string {
  return address.toLowerCase();
}

/** Domains of mailbox providers: their users share no company, so they get no account. */
const MAILBOX_PROVIDERS = new Set([
  'gmail.com',
  'googlemail.com',
  'msn.com',
  'icloud.com',
  'me.com',
  'mac.com',
  'proton.me',
  'protonmail.com',
  'pm.me',
  'web.de',
  'freenet.de',
  't-online.de',
  'posteo.de',
  'mailbox.org',
  'mail.com',
  'email.com',
  'mail.ru',
  'bk.ru',
  'list.ru',
  'inbox.ru',
  'rambler.ru',
  'qq.com',
  'foxmail.com',
  '163.com',
  '126.com',
  'sina.com',
  'naver.com',
  'daum.net',
  'hanmail.net',
  'zoho.com',
  'fastmail.com',
  'hey.com',
  'tutanota.com',
  'tuta.io',
  'rediffmail.com',
  'comcast.net',
  'verizon.net',
  'att.net',
  'sbcglobal.net',
  'btinternet.com',
  'orange.fr',
  'wanadoo.fr',
  'free.fr',
  'laposte.net',
  'sfr.fr',
  'libero.it',
  'virgilio.it',
  'tiscali.it',
  'bluewin.ch',
  'telenet.be',
  'ziggo.nl',
  'kpnmail.nl',
  'wp.pl',
  'o2.pl',
  'onet.pl',
  'interia.pl',
  'seznam.cz',
  'uol.com.br',
  'bol.com.br',
  'terra.com.br',
  'yandex.ru',
  'ya.ru',
]);
/** Providers with a domain in nearly every country. */
const REGIONAL_PROVIDER = /^(?:yahoo|ymail|rocketmail|hotmail|outlook|live|aol|gmx|yandex)\.[a-z]{2,3}(?:\.[a-z]{2})?$/;

/** The domain an account is made of, or null for a mailbox provider's. */
export function accountDomain(domain: string): string | null {
  return MAILBOX_PROVIDERS.has(domain) || REGIONAL_PROVIDER.test(domain) ? null : domain;
}
