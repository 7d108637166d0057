import { html } from 'htm/preact';
import { Component, type ComponentChildren } from 'preact';
import { chart } from './chart.ts';
import type { Json } from './content.ts';
import { DataTable } from './data-table.ts';
import { Element } from './elements.ts';
import { isRecord, record, records, text, words } from './fields.ts';
import { parseMarkdown } from './markdown.ts';
import { safeUrl } from './mrkdwn.ts';
import { picture } from './pictures.ts';
import { richText } from './rich-text.ts';
import { table } from './tables.ts';
import type { Where } from './use-element.ts';
import { anchor, paragraphs, textObject, withEmoji } from './words.ts';

/** Draws an `input` block; given by a view, since only views keep what was filled in. */
export type DrawInput = (block: Json) => ComponentChildren;

type Drawing = { where: Where; input: DrawInput };

export function Blocks({
  blocks,
  where,
  input,
}: {
  blocks: unknown;
  where: Where;
  input?: DrawInput;
}): ComponentChildren {
  const drawing: Drawing = { where, input: input ?? unknown };
  return html`<div class="blocks">${records(blocks).map((block, index) => html`<div class=${`block b-${text(block['type'])}`} key=${text(block['block_id']) || index}><${Guarded} block=${block} drawing=${drawing} /></div>`)}</div>`;
}

type GuardedProps = { block: Json; drawing: Drawing };

/** One block that cannot be drawn, whatever is in it, costs itself only: it appears as its JSON. */
class Guarded extends Component<GuardedProps, { failed: boolean }> {
  override state = { failed: false };

  override componentDidCatch(): void {
    this.setState({ failed: true });
  }

  override render({ block, drawing }: GuardedProps): ComponentChildren {
    if (this.state.failed) return unknown(block);
    try {
      return draw(block, drawing);
    } catch {
      return unknown(block);
    }
  }
}

function draw(block: Json, drawing: Drawing): ComponentChildren {
  const elements = records(block['elements']);
  switch (block['type']) {
    case 'section':
      return section(block, drawing);
    case 'header':
      return html`<h3>${withEmoji(words(block['text']))}</h3>`;
    case 'divider':
      return html`<hr />`;
    case 'context':
      return elements.map((element) =>
        element['type'] === 'image'
          ? picture(element, 'context-picture')
          : html`<span class="context-text">${textObject(element)}</span>`,
      );
    case 'actions':
    case 'context_actions':
      return elements.map((element) => placed(element, block, drawing));
    case 'input':
      return drawing.input(block);
    case 'image':
      return html`<figure>${block['title'] && html`<figcaption>${withEmoji(words(block['title']))}</figcaption>`}${picture(block, 'picture')}</figure>`;
    case 'rich_text':
      return richText(block);
    case 'markdown':
      return html`<div class="mrkdwn">${paragraphs(parseMarkdown(text(block['text'])))}</div>`;
    case 'table':
      return table(block);
    case 'data_table':
      return html`<${DataTable} block=${block} />`;
    case 'data_visualization':
      return chart(block);
    default:
      return uncommon(block, drawing);
  }
}

/** Blocks that few messages use. */
function uncommon(block: Json, drawing: Drawing): ComponentChildren {
  switch (block['type']) {
    case 'alert':
      return html`<div class=${`notice ${text(block['level']) || 'default'}`} role="note">${textObject(block['text'])}</div>`;
    case 'card':
      return card(block, drawing);
    case 'carousel':
      return html`<div class="row-scroll" tabindex="0" role="group" aria-label="Cards">${records(block['elements']).map((one) => card(one, drawing))}</div>`;
    case 'container':
      return container(block, drawing);
    case 'video':
      return video(block);
    case 'file':
      return html`<p class="file">📄 ${text(block['external_id'])} <small>(${text(block['source'])} file)</small></p>`;
    case 'task_card':
      return task(block);
    case 'plan':
      return html`<div class="plan"><strong>${text(block['title'])}</strong>${records(block['tasks']).map(task)}</div>`;
    default:
      return unknown(block);
  }
}

function unknown(block: Json): ComponentChildren {
  return html`<pre class="unknown" title="This page does not know this block">${JSON.stringify(block, null, 2)}</pre>`;
}

const placed = (element: Json, block: Json, drawing: Drawing): ComponentChildren =>
  html`<${Element} key=${text(element['action_id'])} element=${element} blockId=${text(block['block_id'])} where=${drawing.where} />`;

function section(block: Json, drawing: Drawing): ComponentChildren {
  const fields = records(block['fields']);
  const accessory = record(block['accessory']);
  return html`<div class="section-main">
      ${block['text'] && textObject(block['text'])}
      ${fields.length > 0 && html`<div class="fields">${fields.map((field) => html`<div>${textObject(field)}</div>`)}</div>`}
    </div>
    ${accessory['type'] && html`<div class="accessory">${accessory['type'] === 'image' ? picture(accessory, 'accessory-picture') : placed(accessory, block, drawing)}</div>`}`;
}

function card(block: Json, drawing: Drawing): ComponentChildren {
  return html`<div class="card">
    ${block['hero_image'] && picture(record(block['hero_image']), 'picture')}
    ${titled(
      block['icon'],
      html`${block['title'] && html`<strong>${textObject(block['title'])}</strong>`}${block['subtitle'] && html`<small>${textObject(block['subtitle'])}</small>`}`,
    )}
    ${block['body'] && textObject(block['body'])}
    <div class="b-actions">${records(block['actions']).map((element) => placed(element, block, drawing))}</div>
  </div>`;
}

/** A title with the small picture beside it, where there is one. */
function titled(icon: unknown, title: ComponentChildren): ComponentChildren {
  return html`<div class="titled">${isRecord(icon) && picture(icon, 'context-picture')}<div>${title}</div></div>`;
}

function container(block: Json, drawing: Drawing): ComponentChildren {
  const title = block['rich_text_title']
    ? richText(record(block['rich_text_title']))
    : withEmoji(words(block['title']));
  const children = html`<${Blocks} blocks=${records(block['child_blocks'])} where=${drawing.where} input=${drawing.input} />`;
  const head = titled(
    block['icon'],
    html`${title}${block['subtitle'] && html`<small>${textObject(block['subtitle'])}</small>`}`,
  );
  const look = `container-box ${text(block['width']) || 'standard'}`;
  if (block['is_collapsible'] !== true)
    return html`<section class=${look}><div class="container-title">${head}</div>${block['has_header_divider'] === true && html`<hr />`}${children}</section>`;
  return html`<details class=${look} open=${block['default_collapsed'] !== true}><summary class="container-title">${head}</summary>${children}</details>`;
}

function video(block: Json): ComponentChildren {
  const url = safeUrl(text(block['title_url']) || text(block['video_url']));
  const title = words(block['title']);
  const from = [text(block['provider_name']), text(block['author_name'])].filter(Boolean).join(' · ');
  return html`<div class="card">
    ${from && html`<small>${from}</small>`}
    <strong>▶ ${url === null ? title : anchor(url, title)}</strong>
    ${block['description'] && html`<p>${withEmoji(words(block['description']))}</p>`}
    ${picture({ image_url: block['thumbnail_url'], alt_text: block['alt_text'] }, 'picture')}
  </div>`;
}

const STATUS: Record<string, string> = { pending: '○', in_progress: '◐', complete: '●', error: '✕' };

function task(block: Json): ComponentChildren {
  const status = text(block['status']);
  return html`<div class="task"><p><span role="img" aria-label=${status}>${STATUS[status] ?? '·'}</span> <strong>${text(block['title'])}</strong></p>
    ${block['details'] && richText(record(block['details']))}${block['output'] && richText(record(block['output']))}
    ${
      records(block['sources']).length > 0 &&
      html`<p class="sources">${records(block['sources']).map((source) => {
        const url = safeUrl(text(source['url']));
        return html`<span>${url === null ? text(source['text']) : anchor(url, text(source['text']))}</span>`;
      })}</p>`
    }</div>`;
}
