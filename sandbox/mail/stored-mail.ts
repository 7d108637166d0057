import PostalMime, { type Address } from 'postal-mime';

/** A mail as it arrived, and as a mail program reads it. `at` in milliseconds since 1970. */
export type StoredMail = {
  id: string;
  at: number;
  envelopeFrom: string;
  envelopeTo: string[];
  raw: string;
  /** `Name <address>`, comma-separated where there are several. */
  from: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  /** In the order of the message, names as written. */
  headers: Array<{ key: string; value: string }>;
  messageId: string;
};

export async function readMail(
  raw: Buffer,
  received: { id: string; at: number; envelopeFrom: string; envelopeTo: string[] },
): Promise<StoredMail> {
  const mail = await PostalMime.parse(raw);
  return {
    ...received,
    raw: raw.toString('utf8'),
    from: written(mail.from ? [mail.from] : []),
    to: written(mail.to ?? []),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html ?? '',
    headers: mail.headers.map(({ originalKey, value }) => ({ key: originalKey, value })),
    messageId: mail.messageId ?? '',
  };
}

function written(addresses: Address[]): string {
  return addresses
    .flatMap((address) => address.group ?? [address])
    .map(({ name, address }) => (name ? `${name} <${address ?? ''}>` : (address ?? '')))
    .join(', ');
}
