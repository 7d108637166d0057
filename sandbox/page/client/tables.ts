import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import type { Json } from './content.ts';
import { isRecord, record, records, text } from './fields.ts';
import { richText } from './rich-text.ts';

/** The rows of a `table` or `data_table`, whatever was sent as such. */
export function rowsOf(block: Json): unknown[][] {
  return (Array.isArray(block['rows']) ? block['rows'] : []).map((row: unknown) => (Array.isArray(row) ? row : []));
}

/** `table`: the first row is the heading, as in Slack. */
export function table(block: Json): ComponentChildren {
  const settings = records(block['column_settings']);
  const [head = [], ...body] = rowsOf(block);
  const look = (cell: unknown, column: number): string => {
    const align = text(settings[column]?.['align']) || (isNumber(cell) ? 'right' : 'left');
    return `align-${align}${settings[column]?.['is_wrapped'] === true ? ' wrapped' : ''}`;
  };
  return html`<div class="table-scroll" tabindex="0" role="group" aria-label="Table">
    <table>
      <thead><tr>${head.map((cell: unknown, column: number) => html`<th scope="col" class=${look(body[0]?.[column] ?? cell, column)}>${content(cell)}</th>`)}</tr></thead>
      <tbody>${body.map(
        (row) =>
          html`<tr>${row.map((cell: unknown, column: number) => html`<td class=${look(cell, column)}>${content(cell)}</td>`)}</tr>`,
      )}</tbody>
    </table>
  </div>`;
}

export const isNumber = (cell: unknown): boolean => record(cell)['type'] === 'raw_number';

export function content(cell: unknown): ComponentChildren {
  if (!isRecord(cell)) return '';
  return cell['type'] === 'rich_text' ? richText(cell) : text(cell['text']) || text(cell['value']);
}
