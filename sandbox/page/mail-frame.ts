import { randomUUID } from 'node:crypto';
import type { MailPrograms } from '../mail/mail-program.ts';
import type { MailStandIn } from '../mail/stand-in.ts';
import { clickedDocument, mailDocument } from './mail-document.ts';

/** The documents below `/world/mail/`: a mail's HTML, and what a click in it came to. Null when it is no such path. */
export type MailFrame = (path: string) => Promise<string | null>;

/**
 * A link in a mail leads to the page, which clicks it as the lead's browser would: so the click counts, and nobody is
 * taken off this machine by where it leads.
 */
export function createMailFrame(mail: MailStandIn, program: MailPrograms): MailFrame {
  // The frame has no origin of its own, so other sites can be told from it only by not knowing this.
  const secret = randomUUID();
  return async (path) => {
    const [, id = '', what, key, nth] = /^mail\/([^/]+)\/(html|click)(?:\/([^/]+)\/(\d+))?$/.exec(path) ?? [];
    const shown = mail.messages().find((candidate) => candidate.id === id);
    if (!shown) return null;
    const links = program.links(id);
    if (what === 'html')
      return mailDocument(shown.html, shown.text, (href) =>
        links.includes(href) ? `/world/mail/${id}/click/${secret}/${links.indexOf(href)}` : null,
      );
    const href = links[Number(nth)];
    if (key !== secret || href === undefined) return null;
    const { status, location } = await program.byHand.click(id, href);
    return clickedDocument({ href, status, location });
  };
}
