import { disposableEmailBlocklistSet } from 'disposable-email-domains-js';

/**
 * Local parts that are an office and not a person (RFC 2142 and what companies add to it), without what stands behind a plus.
 * Nobody there asked for our mail, several people read it, and one of them may complain.
 */
const ROLES = new Set([
  'abuse',
  'accounting',
  'accounts',
  'admin',
  'administrator',
  'all',
  'billing',
  'bookings',
  'buero',
  'büro',
  'careers',
  'compliance',
  'contact',
  'contacto',
  'customerservice',
  'datenschutz',
  'dpo',
  'einkauf',
  'enquiries',
  'enquiry',
  'everyone',
  'feedback',
  'finance',
  'ftp',
  'hello',
  'help',
  'helpdesk',
  'hi',
  'hostmaster',
  'hr',
  'info',
  'information',
  'inquiries',
  'invoices',
  'it',
  'jobs',
  'kontakt',
  'legal',
  'mail',
  'mailer-daemon',
  'marketing',
  'media',
  'news',
  'newsletter',
  'no-reply',
  'noc',
  'noreply',
  'office',
  'operations',
  'orders',
  'postmaster',
  'press',
  'presse',
  'privacy',
  'purchasing',
  'recruiting',
  'recruitment',
  'root',
  'sales',
  'security',
  'service',
  'spam',
  'staff',
  'subscribe',
  'support',
  'team',
  'tech',
  'unsubscribe',
  'uucp',
  'vertrieb',
  'webmaster',
  'www',
]);

export function isRoleAddress(address: string): boolean {
  const local = address.slice(0, Math.max(0, address.lastIndexOf('@'))).toLowerCase();
  const bare = local.replace(/\+.*$/, '');
  return ROLES.has(bare) || ROLES.has(bare.replaceAll(/[._-]/g, ''));
}

/** The collection that is kept up in the open (disposable-email-domains-js), read once. */
const DISPOSABLE = disposableEmailBlocklistSet();

/** Whether a domain, or one above it, is known for mailboxes that are thrown away. */
export function isDisposableDomain(domain: string): boolean {
  const labels = domain.toLowerCase().split('.');
  return labels.some((_, i) => i < labels.length - 1 && DISPOSABLE.has(labels.slice(i).join('.')));
}

/** Providers that ignore dots in the local part, so that one mailbox has thousands of spellings. */
const DOTLESS = new Set(['gmail.com', 'googlemail.com']);

/**
 * One text for the spellings of an address that reach one mailbox: case, what stands behind a plus, and dots where the provider
 * ignores them. For finding duplicates only; mail goes to the address as it was given.
 */
export function mailboxKey(address: string): string {
  const at = address.lastIndexOf('@');
  const domain = address.slice(at + 1).toLowerCase();
  const local = address.slice(0, at).toLowerCase().replace(/\+.*$/, '');
  return DOTLESS.has(domain) ? `${local.replaceAll('.', '')}@gmail.com` : `${local}@${domain}`;
}
