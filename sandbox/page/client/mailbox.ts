import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { MailContent, MailSummary } from './content.ts';
import { clock, dayAndYear, sameDay, shortDay } from './dates.ts';
import { current, goTo, post, toast } from './store.ts';

/** What went out, as a lead's mail program would show it. */
export function Mailbox({
  mails,
  mail,
  now,
}: {
  mails: MailSummary[];
  mail: MailContent | null;
  now: number;
}): ComponentChildren {
  const open = mail?.id ?? null;
  return html`<main class=${open ? 'main mailbox reading' : 'main mailbox'} id="main" tabindex="-1">
    <header class="main-head"><h1>Mailbox</h1><span class="quiet">what went out to leads</span></header>
    <div class="mail-columns">
      <div class="mail-list" role="list" aria-label="Mails">
        ${mails.length === 0 && html`<p class="empty">No mail has gone out yet. Approve a draft, and let its time come.</p>`}
        ${mails.map(
          (
            item,
          ) => html`<div role="listitem" key=${item.id}><button type="button" class="mail-item" aria-current=${item.id === open} onClick=${() => goTo({ kind: 'mail', id: item.id })}>
            <span class="mail-to">${nameOf(item.to)}</span><time>${sameDay(item.at, now) ? clock(item.at) : shortDay(item.at)}</time>
            <span class="mail-subject">${item.subject || '(no subject)'}</span><span class="mail-preview">${item.preview}</span>
          </button></div>`,
        )}
      </div>
      ${mail ? html`<${Reading} key=${mail.id} mail=${mail} />` : mails.length > 0 && html`<p class="empty pick">Pick a mail to read it.</p>`}
    </div>
  </main>`;
}

const nameOf = (address: string): string => address.replace(/\s*<[^>]*>/g, '') || address;

type Tab = 'html' | 'text' | 'headers';

function Reading({ mail }: { mail: MailContent }): ComponentChildren {
  const [tab, setTab] = useState<Tab>(mail.hasHtml ? 'html' : 'text');
  const names: Array<[Tab, string]> = [
    ...(mail.hasHtml ? [['html', 'HTML'] satisfies [Tab, string]] : []),
    ['text', 'Text'],
    ['headers', 'Headers'],
  ];
  return html`<article class="mail" aria-label=${mail.subject}>
    <button class="link back" type="button" onClick=${() => goTo({ kind: 'mail', id: null })}>← All mails</button>
    <h2>${mail.subject || '(no subject)'}</h2>
    <dl class="mail-facts"><dt>From</dt><dd>${mail.from}</dd><dt>To</dt><dd>${mail.to}</dd><dt>Sent</dt><dd>${dayAndYear(mail.at)}, ${clock(mail.at)}</dd></dl>
    ${mail.unsubscribe && html`<${Unsubscribe} mail=${mail} url=${mail.unsubscribe} />`}
    <div class="tabs" role="tablist">${names.map(([name, label]) => html`<button type="button" role="tab" aria-selected=${tab === name} onClick=${() => setTab(name)}>${label}</button>`)}</div>
    <div class="mail-view" role="tabpanel">
      ${tab === 'html' && html`<iframe title="The mail as HTML" sandbox="allow-popups allow-popups-to-escape-sandbox" src=${`/world/mail/${encodeURIComponent(mail.id)}/html`}></iframe>`}
      ${tab === 'text' && html`<pre class="mail-text">${mail.text}</pre>`}
      ${
        tab === 'headers' &&
        html`<table class="headers"><tbody>
        <tr><th scope="row">Envelope</th><td>${mail.envelope.from || '<>'} → ${mail.envelope.to.join(', ')}</td></tr>
        ${mail.headers.map(({ key, value }) => html`<tr><th scope="row">${key}</th><td>${value}</td></tr>`)}
      </tbody></table>`
      }
    </div>
  </article>`;
}

/** The two ways out of a list: the page behind the link, and what a mail program's own button does (RFC 8058). */
function Unsubscribe({ mail, url }: { mail: MailContent; url: string }): ComponentChildren {
  const [said, setSaid] = useState('');
  const leave = async (): Promise<void> => {
    try {
      const { status } = await post<{ status: number }>('/world/unsubscribe', {
        as: current().workspace?.me,
        mail: mail.id,
      });
      setSaid(status >= 200 && status < 300 ? 'Unsubscribed: the app confirmed it.' : `The app answered ${status}.`);
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error));
    }
  };
  return html`<p class="unsubscribe">
    <a class="button small" href=${url} target="_blank" rel="noopener noreferrer">Unsubscribe page</a>
    ${mail.oneClick && html`<button class="button small" type="button" onClick=${() => void leave()}>Unsubscribe in one click</button>`}
    <span role="status">${said}</span>
  </p>`;
}
