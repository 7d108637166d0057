import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { slackDate } from './dates.ts';
import { record, text } from './fields.ts';
import { parseMrkdwn, type Inline, type Paragraph } from './mrkdwn.ts';
import { isLocal } from './pictures.ts';
import { current, toast } from './store.ts';

/** Draws the trees of `mrkdwn.ts`: every text becomes a text node, so nothing in it can become markup. */
function inlines(nodes: Inline[]): ComponentChildren {
  return nodes.map(inline);
}

function inline(node: Inline): ComponentChildren {
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'bold':
      return html`<strong>${inlines(node.children)}</strong>`;
    case 'italic':
      return html`<em>${inlines(node.children)}</em>`;
    case 'strike':
      return html`<s>${inlines(node.children)}</s>`;
    case 'code':
      return html`<code>${node.text}</code>`;
    case 'link':
      return anchor(node.url, inlines(node.children));
    case 'user':
      return mention('user', node.id, node.label);
    case 'channel':
      return mention('channel', node.id, node.label);
    case 'usergroup':
      return mention('usergroup', node.id, node.label);
    case 'broadcast':
      return html`<span class="mention broadcast">@${node.range}</span>`;
    case 'date':
      return html`<time dateTime=${new Date(node.at).toISOString()}>${slackDate(node.at, node.format, node.fallback, current().workspace?.now ?? Date.now())}</time>`;
    case 'emoji':
      break;
  }
  return html`<span class="emoji" role="img" aria-label=${node.name.replaceAll('_', ' ')}>${node.sign}</span>`;
}

export const STAYS_HERE = 'The sandbox opens nothing outside this computer:';

/** A link; one that leads off this machine says where instead of going there. */
export function anchor(url: string, children: ComponentChildren): ComponentChildren {
  if (isLocal(url)) return html`<a href=${url} target="_blank" rel="noopener noreferrer">${children}</a>`;
  const say = (): void => toast(`${STAYS_HERE} ${url}`);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') say();
  };
  return html`<a class="away" role="link" tabindex="0" title=${url} onClick=${say} onKeyDown=${onKeyDown}>${children}</a>`;
}

export function mention(kind: 'user' | 'channel' | 'usergroup', id: string, label: string | null): ComponentChildren {
  const workspace = current().workspace;
  const known =
    kind === 'user'
      ? workspace?.users.find((user) => user.id === id)?.realName
      : kind === 'channel'
        ? workspace?.channels.find((channel) => channel.id === id)?.name
        : workspace?.usergroups.find((group) => group.id === id)?.handle;
  const mine = kind === 'user' && workspace?.me === id;
  return html`<span class=${mine ? 'mention mine' : 'mention'}>${kind === 'channel' ? '#' : '@'}${known ?? label ?? id}</span>`;
}

export function paragraphs(nodes: Paragraph[]): ComponentChildren {
  return nodes.map(paragraph);
}

function paragraph(node: Paragraph): ComponentChildren {
  switch (node.kind) {
    case 'paragraph':
      return html`<p>${inlines(node.children)}</p>`;
    case 'heading':
      return html`<p class=${`heading level-${node.level}`} role="heading" aria-level=${Math.min(6, node.level + 2)}>${inlines(node.children)}</p>`;
    case 'quote':
      return html`<blockquote>${paragraphs(node.children)}</blockquote>`;
    case 'pre':
      return html`<pre>${node.text}</pre>`;
    case 'rule':
      return html`<hr />`;
    case 'list': {
      const items = node.items.map((item) => html`<li>${inlines(item)}</li>`);
      const indent = `indent-${Math.min(4, node.indent)}`;
      return node.ordered
        ? html`<ol start=${node.start} class=${indent}>${items}</ol>`
        : html`<ul class=${indent}>${items}</ul>`;
    }
    case 'table':
      break;
  }
  const [head = [], ...rows] = node.rows;
  return html`<div class="table-scroll"><table>
    <thead><tr>${head.map((cell) => html`<th scope="col">${inlines(cell)}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${inlines(cell)}</td>`)}</tr>`)}</tbody>
  </table></div>`;
}

/** A text object: `mrkdwn` with its marks, `plain_text` as it is (emoji names become signs). */
export function textObject(value: unknown): ComponentChildren {
  const object = record(value);
  const source = text(object['text']);
  if (object['type'] === 'mrkdwn') return html`<div class="mrkdwn">${paragraphs(parseMrkdwn(source))}</div>`;
  return html`<span class="plain">${withEmoji(source)}</span>`;
}

/** Plain text knows emoji names and line breaks, and nothing else. */
export function withEmoji(source: string): ComponentChildren {
  return source.split(/(:[a-z0-9_+-]+:)/).map((part, index) => (index % 2 === 1 ? emojiOr(part) : part));
}

function emojiOr(part: string): ComponentChildren {
  const [first] = parseMrkdwn(part);
  const node = first?.kind === 'paragraph' ? first.children[0] : undefined;
  return node?.kind === 'emoji' ? inline(node) : part;
}
