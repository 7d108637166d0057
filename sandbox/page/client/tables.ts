import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import type { Json } from './content.ts';
import { isRecord, record, records, text } from './fields.ts';
import { richText } from './rich-text.ts';

/** `table` and `data_table`: the first row is the heading, as in Slack. */
export function table(block: Json): ComponentChildren {
  const rows = (Array.isArray(block['rows']) ? block['rows'] : []).map((row: unknown) =>
    Array.isArray(row) ? row : [],
  );
  const settings = records(block['column_settings']);
  const headed = Number(block['row_header_column_index'] ?? -1);
  const [head = [], ...body] = rows;
  const look = (cell: unknown, column: number): string => {
    const numeric = record(cell)['type'] === 'raw_number';
    return `align-${text(settings[column]?.['align']) || (numeric ? 'right' : 'left')}`;
  };
  return html`<div class="table-scroll" tabindex="0" role="group" aria-label=${text(block['caption']) || 'Table'}>
    <table>
      ${block['caption'] && html`<caption>${text(block['caption'])}</caption>`}
      <thead><tr>${head.map((cell: unknown, column: number) => html`<th scope="col" class=${look(body[0]?.[column] ?? cell, column)}>${content(cell)}</th>`)}</tr></thead>
      <tbody>${body.map(
        (row) =>
          html`<tr>${row.map((cell: unknown, column: number) =>
            column === headed
              ? html`<th scope="row" class=${look(cell, column)}>${content(cell)}</th>`
              : html`<td class=${look(cell, column)}>${content(cell)}</td>`,
          )}</tr>`,
      )}</tbody>
    </table>
  </div>`;
}

function content(cell: unknown): ComponentChildren {
  if (!isRecord(cell)) return '';
  return cell['type'] === 'rich_text' ? richText(cell) : text(cell['text']) || text(cell['value']);
}
