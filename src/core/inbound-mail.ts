import type { MailHeader } from './mail-headers.ts';

/** A part that a program wrote for programs, or the mail that a report is about. */
export type MailPart = { type: string; text: string };

/** A mail as it came in, read. Everything in it was written by outsiders. */
export type InboundMail = {
  /** SHA-256 of its bytes, hex. */
  hash: string;
  headers: readonly MailHeader[];
  /** The first address in From, as an address is stored; null when there is none. */
  from: string | null;
  fromName: string;
  /** Decoded, one line. */
  subject: string;
  /** What was written and quoted, as plain text; of a mail that has only HTML, without its quotes. */
  text: string;
  reports: readonly MailPart[];
  /** Why nothing but its headers could be read, or null. */
  unread: string | null;
};

/** `from` null: the null return path `<>`, with which programs write to programs. */
export type MailEnvelope = { from: string | null; to: readonly string[] };
