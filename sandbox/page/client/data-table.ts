import { html } from 'htm/preact';
import type { ComponentChildren, TargetedEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { Json } from './content.ts';
import { record, records, text } from './fields.ts';
import { content, isNumber, rowsOf } from './tables.ts';

const PAGE_SIZE = 5;

/** `down` is the other way round. */
type Sorting = { column: number; down: boolean };

/** `data_table`: a table that one can page through, sort by a click on a heading, and search. */
export function DataTable({ block }: { block: Json }): ComponentChildren {
  const [page, setPage] = useState(0);
  const [typed, setTyped] = useState('');
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const [head = [], ...all] = rowsOf(block);
  const size = Math.max(1, Number(block['page_size'] ?? PAGE_SIZE));
  const rows = sorted(
    all.filter((row) => row.some((cell) => wordsOf(cell).toLowerCase().includes(typed.trim().toLowerCase()))),
    sorting,
  );
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const at = Math.min(page, pages - 1);
  const rowHead = Number(block['row_header_column_index'] ?? 0);
  const heading = (cell: unknown, column: number): ComponentChildren => {
    const here = sorting?.column === column ? sorting : null;
    const order = here === null ? 'none' : here.down ? 'descending' : 'ascending';
    const sort = (): void => setSorting({ column, down: here !== null && !here.down });
    return html`<th scope="col" aria-sort=${order} class=${alignOf(all[0]?.[column])}><button type="button" class="sort" onClick=${sort}>${content(cell)} <span aria-hidden="true">${here === null ? '↕' : here.down ? '↓' : '↑'}</span></button></th>`;
  };
  const cell = (value: unknown, column: number): ComponentChildren =>
    column === rowHead
      ? html`<th scope="row" class=${alignOf(value)}>${content(value)}</th>`
      : html`<td class=${alignOf(value)}>${content(value)}</td>`;
  const caption = text(block['caption']);
  return html`<div class="data-table">
    ${all.length > size && html`<input type="search" placeholder="Search" aria-label=${`Search in ${caption || 'the table'}`} value=${typed} onInput=${(event: TargetedEvent<HTMLInputElement>) => setTyped(event.currentTarget.value)} />`}
    <div class="table-scroll" tabindex="0" role="group" aria-label=${caption || 'Table'}><table>
      ${caption && html`<caption>${caption}</caption>`}
      <thead><tr>${head.map(heading)}</tr></thead>
      <tbody>${rows.slice(at * size, at * size + size).map((row) => html`<tr>${row.map(cell)}</tr>`)}</tbody>
    </table></div>
    ${pages > 1 && html`<p class="pager"><button class="button small" type="button" aria-label="Previous rows" aria-disabled=${at === 0} onClick=${() => setPage(Math.max(0, at - 1))}>‹</button> Page ${at + 1} of ${pages} <button class="button small" type="button" aria-label="Next rows" aria-disabled=${at === pages - 1} onClick=${() => setPage(Math.min(pages - 1, at + 1))}>›</button></p>`}
    ${rows.length === 0 && html`<p class="hint">Nothing found.</p>`}
  </div>`;
}

const alignOf = (cell: unknown): string => (isNumber(cell) ? 'align-right' : 'align-left');

function sorted(rows: unknown[][], sorting: Sorting | null): unknown[][] {
  if (sorting === null) return rows;
  const { column, down } = sorting;
  const compare = (a: unknown, b: unknown): number =>
    isNumber(a) && isNumber(b)
      ? Number(record(a)['value']) - Number(record(b)['value'])
      : wordsOf(a).localeCompare(wordsOf(b), 'en', { numeric: true });
  return rows.toSorted((a, b) => compare(a[column], b[column]) * (down ? -1 : 1));
}

/** All text in a cell, also that of rich text. */
function wordsOf(cell: unknown): string {
  const fields = record(cell);
  const own = text(fields['text']) || text(fields['value']);
  return [own, ...records(fields['elements']).map(wordsOf)].join('');
}
