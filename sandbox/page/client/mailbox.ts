import { html } from 'htm/preact';
import type { ComponentChildren, TargetedEvent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { MailContent, MailSummary } from './content.ts';
import { clock, dayAndYear, sameDay, shortDay, weekdayAndClock } from './dates.ts';
import { MailActions } from './mail-actions.ts';
import { goTo, post } from './store.ts';

const SEARCHABLE_FROM = 6;
const WEEK = 7 * 86_400_000;

type Props = { mails: MailSummary[]; mail: MailContent | null; now: number };

/** What went out, as the leads' mail program shows it. */
export function Mailbox({ mails, mail, now }: Props): ComponentChildren {
  const [sought, setSought] = useState('');
  const open = mail?.id ?? null;
  const words = sought.trim().toLowerCase();
  const shown = mails.filter(({ to, subject }) => `${to} ${subject}`.toLowerCase().includes(words));
  const unread = mails.filter((item) => item.unread).length;
  return html`<main class=${open ? 'main mailbox reading' : 'main mailbox'} id="main" tabindex="-1">
    <header class="main-head"><h1>Mailbox</h1><span class="quiet">you are the lead here${unread > 0 && ` · ${unread} unread`}</span></header>
    <div class="mail-columns">
      <div class="mail-list">
        ${mails.length >= SEARCHABLE_FROM && html`<input class="mail-search" type="search" aria-label="Find a lead or a subject" placeholder="Find a lead or a subject" value=${sought} onInput=${(event: TargetedEvent<HTMLInputElement>) => setSought(event.currentTarget.value)} />`}
        ${mails.length === 0 && html`<p class="empty">No mail has gone out yet. Approve a draft, and let its time come.</p>`}
        ${mails.length > 0 && shown.length === 0 && html`<p class="empty">Nothing found.</p>`}
        <ul aria-label="Mails">${shown.map((item) => html`<${Item} key=${item.id} item=${item} here=${item.id === open} now=${now} />`)}</ul>
      </div>
      ${mail ? html`<${Reading} key=${mail.id} mail=${mail} now=${now} others=${mails.filter((item) => item.to === mail.to).length - 1} seek=${setSought} />` : mails.length > 0 && html`<p class="empty pick">Pick a mail to read it.</p>`}
    </div>
  </main>`;
}

function Item({ item, here, now }: { item: MailSummary; here: boolean; now: number }): ComponentChildren {
  return html`<li><button type="button" class=${item.unread ? 'mail-item unread' : 'mail-item'} aria-current=${here} onClick=${() => goTo({ kind: 'mail', id: item.id })}>
    <span class="mail-to">${item.unread && html`<span class="unread-dot" role="img" aria-label="Unread"></span>`}${nameOf(item.to)}</span><time>${sameDay(item.at, now) ? clock(item.at) : shortDay(item.at)}</time>
    <span class="mail-subject">${item.subject || '(no subject)'}</span>
    ${item.doing === '' ? html`<span class="mail-preview">${item.preview}</span>` : html`<span class="mail-preview mail-doing">${item.doing}</span>`}
  </button></li>`;
}

const nameOf = (address: string): string => address.replace(/\s*<[^>]*>/g, '') || address;

type Tab = 'html' | 'text' | 'headers';
type ReadingProps = { mail: MailContent; now: number; others: number; seek: (words: string) => void };

function Reading({ mail, now, others, seek }: ReadingProps): ComponentChildren {
  const [tab, setTab] = useState<Tab>(mail.hasHtml ? 'html' : 'text');
  useEffect(() => {
    // Looking is all that happens here; where it cannot be noted, the mail stays unread.
    if (mail.unread) post('/world/mail-act', { mail: mail.id, act: 'open' }).catch(() => undefined);
  }, []);
  const names: Array<[Tab, string]> = [
    ...(mail.hasHtml ? [['html', 'HTML'] satisfies [Tab, string]] : []),
    ['text', 'Text'],
    ['headers', 'Headers'],
  ];
  return html`<article class="mail" aria-label=${mail.subject}>
    <button class="link back" type="button" onClick=${() => goTo({ kind: 'mail', id: null })}>← All mails</button>
    <h2>${mail.subject || '(no subject)'}</h2>
    <dl class="mail-facts"><dt>From</dt><dd>${mail.from}</dd><dt>To</dt><dd>${mail.to}${others > 0 && html` <button class="link" type="button" onClick=${() => seek(nameOf(mail.to))}>${others === 1 ? '1 other mail' : `${others} other mails`}</button>`}</dd><dt>Sent</dt><dd>${dayAndYear(mail.at)}, ${clock(mail.at)}</dd></dl>
    <${MailActions} mail=${mail} />
    <div class="tabs" role="tablist" aria-label="How to show it">${names.map(([name, label]) => html`<button type="button" role="tab" id=${`mail-tab-${name}`} aria-controls="mail-view" aria-selected=${tab === name} onClick=${() => setTab(name)}>${label}</button>`)}</div>
    <div class="mail-view" role="tabpanel" id="mail-view" aria-labelledby=${`mail-tab-${tab}`}>
      ${tab === 'html' && html`<iframe title="The mail as HTML" sandbox="allow-popups allow-popups-to-escape-sandbox" src=${`/world/mail/${encodeURIComponent(mail.id)}/html`}></iframe>`}
      ${tab === 'text' && html`<pre class="mail-text" tabindex="0">${mail.text}</pre>`}
      ${
        tab === 'headers' &&
        html`<table class="headers"><tbody>
        <tr><th scope="row">Envelope</th><td>${mail.envelope.from || '<>'} → ${mail.envelope.to.join(', ')}</td></tr>
        ${mail.headers.map(({ key, value }) => html`<tr><th scope="row">${key}</th><td>${value}</td></tr>`)}
      </tbody></table>`
      }
    </div>
    ${mail.doings.length > 0 && html`<${Doings} mail=${mail} now=${now} />`}
  </article>`;
}

/** What was done with the mail, oldest first. */
function Doings({ mail, now }: { mail: MailContent; now: number }): ComponentChildren {
  const when = (at: number): string => (now - at < WEEK ? weekdayAndClock(at) : `${shortDay(at)}, ${clock(at)}`);
  return html`<section class="doings" aria-label="What was done with it"><h3>What was done with it</h3>
    <ol>${mail.doings.map(({ at, text, answer }) => html`<li>${text} <span class="quiet">· ${when(at)}${answer && ` · ${answer}`}</span></li>`)}</ol>
  </section>`;
}
