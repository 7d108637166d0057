import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import type { Json } from './content.ts';
import { slackDate } from './dates.ts';
import { EMOJI } from './emoji.ts';
import { record, records, text } from './fields.ts';
import { safeUrl } from './mrkdwn.ts';
import { current } from './store.ts';
import { anchor, mention } from './words.ts';

/** A `rich_text` block, element by element. */
export function richText(block: Json): ComponentChildren {
  return html`<div class="rich-text">${grouped(records(block['elements'])).map(part)}</div>`;
}

/** Neighbouring lists of one style are one list to the reader, so numbers go on after an indented part. */
function grouped(elements: Json[]): Array<{ element: Json; start: number }> {
  let counted = 0;
  return elements.map((element) => {
    const list = element['type'] === 'rich_text_list';
    const start = list && element['style'] === 'ordered' ? counted + 1 : 1;
    const indent = Number(element['indent'] ?? 0);
    if (!list) counted = 0;
    else if (indent === 0) counted = element['style'] === 'ordered' ? counted + records(element['elements']).length : 0;
    return { element, start: indent === 0 ? start : 1 };
  });
}

function part({ element, start }: { element: Json; start: number }): ComponentChildren {
  const inner = records(element['elements']);
  switch (element['type']) {
    case 'rich_text_section':
      return html`<p>${inner.map(piece)}</p>`;
    case 'rich_text_quote':
      return html`<blockquote class=${bordered(element)}><p>${inner.map(piece)}</p></blockquote>`;
    case 'rich_text_preformatted':
      return html`<pre class=${bordered(element)}>${inner.map(piece)}</pre>`;
    case 'rich_text_list': {
      const items = inner.map((item) => html`<li>${records(item['elements']).map(piece)}</li>`);
      const indent = `indent-${Math.min(8, Number(element['indent'] ?? 0))}${bordered(element)}`;
      return element['style'] === 'ordered'
        ? html`<ol start=${start} class=${indent}>${items}</ol>`
        : html`<ul class=${indent}>${items}</ul>`;
    }
    default:
      return html`<pre class="unknown">${JSON.stringify(element, null, 2)}</pre>`;
  }
}

const bordered = (element: Json): string => (element['border'] === 1 ? ' bordered' : '');

function piece(element: Json): ComponentChildren {
  return styled(record(element['style']), bare(element));
}

function bare(element: Json): ComponentChildren {
  switch (element['type']) {
    case 'text':
      return text(element['text']);
    case 'link': {
      const url = safeUrl(text(element['url']));
      const label = text(element['text']) || text(element['url']);
      return url === null ? label : anchor(url, label);
    }
    case 'emoji': {
      const name = text(element['name']);
      return html`<span class="emoji" role="img" aria-label=${name}>${EMOJI[name] ?? fromUnicode(text(element['unicode'])) ?? `:${name}:`}</span>`;
    }
    case 'user':
      return mention('user', text(element['user_id']), null);
    case 'channel':
      return mention('channel', text(element['channel_id']), null);
    case 'usergroup':
      return mention('usergroup', text(element['usergroup_id']), null);
    case 'team':
      return html`<span class="mention">${text(element['team_id'])}</span>`;
    case 'broadcast':
      return html`<span class="mention broadcast">@${text(element['range'])}</span>`;
    case 'color':
      return html`<span class="color"><i style=${{ background: /^#[0-9a-f]{3,8}$/i.test(text(element['value'])) ? text(element['value']) : 'none' }}></i>${text(element['value'])}</span>`;
    case 'date':
      return date(element);
    default:
      return html`<code class="unknown">${JSON.stringify(element)}</code>`;
  }
}

function date(element: Json): ComponentChildren {
  const now = current().workspace?.now ?? Date.now();
  const at = Number(element['timestamp']) * 1000;
  const url = safeUrl(text(element['url']));
  if (!Number.isFinite(at)) return text(element['fallback']);
  const shown = html`<time dateTime=${new Date(at).toISOString()}>${slackDate(at, text(element['format']), text(element['fallback']), now)}</time>`;
  return url === null ? shown : anchor(url, shown);
}

function styled(style: Json, inner: ComponentChildren): ComponentChildren {
  let drawn = inner;
  if (style['code'] === true) drawn = html`<code>${drawn}</code>`;
  if (style['strike'] === true) drawn = html`<s>${drawn}</s>`;
  if (style['underline'] === true) drawn = html`<u>${drawn}</u>`;
  if (style['italic'] === true) drawn = html`<em>${drawn}</em>`;
  if (style['bold'] === true) drawn = html`<strong>${drawn}</strong>`;
  return drawn;
}

function fromUnicode(code: string): string | null {
  const points = code.split('-').map((point) => Number.parseInt(point, 16));
  return code !== '' && points.every((point) => point > 0 && point <= 0x10ffff)
    ? String.fromCodePoint(...points)
    : null;
}
