/**
 * Whether a lead tests us rather than being won: somebody at our own domain (or above or below it), or one that says so in a column
 * `test`. Approving mails to oneself proves nothing, and they must not stand for others when shares are counted.
 */
export function isTestLead(
  lead: { email: string | null; fields: Readonly<Record<string, string>> },
  ownDomain: string,
): boolean {
  const saysSo = ([name, value]: [string, string]) =>
    /^test$/i.test(name.trim()) && /^(true|yes|1)$/i.test(value.trim());
  if (Object.entries(lead.fields).some(saysSo)) return true;
  const email = lead.email ?? '';
  const domain = plain(email.slice(email.lastIndexOf('@') + 1));
  const own = plain(ownDomain);
  if (domain === '' || own === '') return false;
  return domain === own || domain.endsWith(`.${own}`) || own.endsWith(`.${domain}`);
}

/** The domain that stands behind an address of ours. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

function plain(domain: string): string {
  return domain.trim().toLowerCase().replace(/\.$/, '');
}
