import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import type { Message } from './content.ts';
import { records, text } from './fields.ts';
import { useForm } from './form.ts';
import { parseMrkdwn, safeUrl } from './mrkdwn.ts';
import { picture } from './pictures.ts';
import { anchor, paragraphs } from './words.ts';

/** The older kind of what hangs on a message: a coloured line, and beside it blocks or a few known fields. */
export function attachments(message: Message, channel: string): ComponentChildren {
  return records(message.attachments).map(
    (attachment, index) =>
      html`<${Attachment} key=${index} attachment=${attachment} channel=${channel} ts=${message.ts} />`,
  );
}

const NAMED: Record<string, string> = { good: 'var(--accent)', warning: '#c78a00', danger: 'var(--danger)' };

function colorOf(value: string): string {
  const named = NAMED[value];
  if (named !== undefined) return named;
  return /^#?[0-9a-f]{3,8}$/i.test(value) ? `#${value.replace('#', '')}` : 'var(--line-strong)';
}

type Props = { attachment: Record<string, unknown>; channel: string; ts: string };

function Attachment({ attachment, channel, ts }: Props): ComponentChildren {
  const form = useForm(attachment['blocks'], { kind: 'message', channel, ts });
  const marked = (name: string): ComponentChildren =>
    text(attachment[name]) !== '' && html`<div class="mrkdwn">${paragraphs(parseMrkdwn(text(attachment[name])))}</div>`;
  const title = text(attachment['title']);
  const url = safeUrl(text(attachment['title_link']));
  return html`${marked('pretext')}<div class="attachment" style=${{ borderColor: colorOf(text(attachment['color'])) }}>
    ${text(attachment['author_name']) && html`<small>${text(attachment['author_name'])}</small>`}
    ${title && html`<strong>${url === null ? title : anchor(url, title)}</strong>`}
    ${marked('text')}
    ${records(attachment['fields']).length > 0 && html`<div class="fields">${records(attachment['fields']).map((field) => html`<div><strong>${text(field['title'])}</strong> ${text(field['value'])}</div>`)}</div>`}
    ${records(attachment['blocks']).length > 0 && form.draw({})}
    ${text(attachment['image_url']) && picture({ image_url: attachment['image_url'], alt_text: title || 'Picture' }, 'picture')}
    ${text(attachment['footer']) && html`<small>${text(attachment['footer'])}</small>`}
  </div>`;
}
