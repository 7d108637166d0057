import { html } from 'htm/preact';
import type { ComponentChildren, TargetedEvent } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { MailAnswer, MailContent, ReplyDraft } from './content.ts';
import { DropMenu, type MenuItem } from './drop-menu.ts';
import { get, post } from './store.ts';

const REPLIES: Array<[kind: string, label: string, note: string]> = [
  ['interested', 'Interested', 'wants to know more'],
  ['not_now', 'Not now', 'perhaps later'],
  ['angry', 'Angry', 'does not want to be written to'],
  ['out_of_office', 'Out of office', 'the mail program answers by itself'],
  ['unsubscribe_me', 'Unsubscribe me', 'in words, without the link'],
  ['injection', 'An injection attempt', 'speaks to the AI, not to people'],
];

type Said = { text: string; bad: boolean };
type Draft = ReplyDraft & { kind: string; written: string };

/** What a lead can do with a mail, and what the app answered to it. */
export function MailActions({ mail }: { mail: MailContent }): ComponentChildren {
  const [said, setSaid] = useState<Said | null>(null);
  const [draft, setDraft] = useState<Draft | null>(null);
  const [busy, setBusy] = useState(false);
  const tried = async (work: () => Promise<void>): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setSaid(null);
    try {
      await work();
    } catch (error) {
      setSaid({ text: error instanceof Error ? error.message : String(error), bad: true });
    } finally {
      setBusy(false);
    }
  };
  const act = (name: string, fields: object = {}): Promise<void> =>
    tried(async () => {
      const done = await post<MailAnswer>('/world/mail-act', { mail: mail.id, act: name, ...fields });
      setDraft(null);
      setSaid({
        text: done.answer === '' ? `${done.text}.` : `${done.text}. The app answered: ${done.answer}`,
        bad: false,
      });
    });
  const write = (kind: string): Promise<void> =>
    tried(async () => {
      const made = await get<ReplyDraft>(`/world/mail/${encodeURIComponent(mail.id)}/reply?kind=${kind}`);
      setDraft({ ...made, kind, written: made.text });
    });
  const links: MenuItem[] = mail.links.map(({ href, words, isLocal }) => ({
    label: words || href,
    note: isLocal ? shortened(href) : 'leads out of the sandbox, so it is not opened',
    act: () => void act('click', { href }),
  }));
  const replies: MenuItem[] = REPLIES.map(([kind, label, note]) => ({ label, note, act: () => void write(kind) }));
  const ways: MenuItem[] = [
    ...(mail.hasUnsubscribePage
      ? [
          {
            label: 'On the page',
            note: 'opens it and presses its button',
            act: () => void act('unsubscribe', { how: 'page' }),
          },
        ]
      : []),
    ...(mail.hasOneClick
      ? [
          {
            label: 'In one click',
            note: 'as mail programs do (RFC 8058)',
            act: () => void act('unsubscribe', { how: 'one_click' }),
          },
        ]
      : []),
  ];
  const more: MenuItem[] = [
    {
      label: 'Bounce: no such address',
      note: 'the mail server returns it',
      act: () => void act('bounce', { how: 'hard' }),
    },
    {
      label: 'Bounce: try again later',
      note: 'a full mailbox, for instance',
      act: () => void act('bounce', { how: 'soft' }),
    },
    { label: 'Mark as spam', note: 'the mail provider reports it', act: () => void act('complain') },
  ];
  return html`<div class="mail-acts" role="group" aria-label="As the lead" aria-busy=${busy}>
      <${DropMenu} label="Click a link…" items=${links} none="No links in this mail." />
      <${DropMenu} label="Reply…" items=${replies} />
      <${DropMenu} label="Unsubscribe…" items=${ways} none="No way to unsubscribe on this machine." />
      <${DropMenu} label="More…" items=${more} quiet />
    </div>
    ${draft && html`<${Reply} key=${draft.kind} draft=${draft} busy=${busy} change=${(text: string) => setDraft({ ...draft, text })} send=${() => void act('reply', draft.text === draft.written ? { kind: draft.kind } : { kind: draft.kind, text: draft.text })} cancel=${() => setDraft(null)} />`}
    <p class=${said?.bad === true ? 'mail-said bad' : 'mail-said'} role="status">${busy ? 'On its way …' : said?.text}</p>`;
}

const shortened = (href: string): string => (href.length > 60 ? `${href.slice(0, 59)}…` : href);

type ReplyProps = { draft: Draft; busy: boolean; change: (text: string) => void; send: () => void; cancel: () => void };

function Reply({ draft, busy, change, send, cancel }: ReplyProps): ComponentChildren {
  const focused = useRef(false);
  const focus = (element: HTMLTextAreaElement | null): void => {
    if (element && !focused.current) element.focus();
    focused.current = true;
  };
  const empty = draft.text.trim() === '';
  const submit = (event: Event): void => {
    event.preventDefault();
    if (!busy && !empty) send();
  };
  return html`<form class="reply" onSubmit=${submit}>
    <p class="quiet">To ${draft.to} · ${draft.subject}</p>
    <textarea aria-label="The reply" rows=${Math.min(12, draft.text.split('\n').length + 3)} maxlength="20000" ref=${focus} value=${draft.text} onInput=${(event: TargetedEvent<HTMLTextAreaElement>) => change(event.currentTarget.value)}></textarea>
    ${draft.hidden !== null && html`<p class="reply-hidden"><strong>Hidden in the mail, unseen by its reader:</strong> ${draft.hidden}</p>`}
    <p class="quiet">${draft.kind === 'out_of_office' ? 'Marked as an automatic answer.' : 'Signature and quoted mail are added when it is sent.'}</p>
    <div class="reply-foot"><button class="button primary small" type="submit" aria-disabled=${busy || empty}>Send reply</button><button class="button small" type="button" onClick=${cancel}>Cancel</button></div>
  </form>`;
}
