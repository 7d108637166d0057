import { isRecord, records } from './json.ts';
import { LIMITS } from './limits.ts';
import {
  all,
  anyText,
  boolean,
  byType,
  type Check,
  complain,
  integer,
  list,
  number,
  oneOf,
  shape,
  text,
} from './schema.ts';
import { richTextElements } from './validate-rich-text.ts';

/** `table` and `data_table`: https://docs.slack.dev/reference/block-kit/blocks/table-block */

const cell = byType({
  raw_text: shape({ type: anyText, text: anyText }),
  raw_number: shape({ type: anyText, value: number, text: anyText }),
  rich_text: shape({ type: anyText, elements: richTextElements }, { block_id: anyText }),
});

/** Characters that stand in a cell, whatever it is made of. */
function characters(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, entry) => sum + characters(entry), 0);
  if (!isRecord(value)) return 0;
  const own = typeof value.text === 'string' ? value.text.length : 0;
  return own + characters(value.elements);
}

const contents: Check = (table, at, checking) => {
  if (!isRecord(table) || !Array.isArray(table.rows)) return;
  const rows = table.rows.filter(Array.isArray) as unknown[][];
  if (new Set(rows.map((row) => row.length)).size > 1)
    complain(checking, `${at}/rows`, 'every row must have the same number of cells');
  const total = characters(rows);
  if (total > LIMITS.tableCells.max)
    complain(checking, `${at}/rows`, `cells must be less than ${LIMITS.tableCells.max + 1} characters in all`);
};

const rows = list(list(cell, 'tableColumns'), 'tableRows');

export const tableBlock: Check = all(
  shape(
    { type: anyText, rows },
    {
      block_id: text('blockId'),
      column_settings: list(
        shape({}, { align: oneOf('left', 'center', 'right'), is_wrapped: boolean }),
        'tableColumns',
      ),
    },
  ),
  contents,
);

/** The first row heads the columns; only plain cells can. */
const plainHeader: Check = (table, at, checking) => {
  if (!isRecord(table) || !Array.isArray(table.rows)) return;
  for (const [column, entry] of records(table.rows[0]).entries())
    if (entry.type === 'rich_text')
      complain(checking, `${at}/rows/0/${column}/type`, 'unsupported type: rich_text cannot be used for header cells');
  const { row_header_column_index: index } = table;
  if (typeof index !== 'number') return;
  const columns = Array.isArray(table.rows[0]) ? table.rows[0].length : 0;
  if (!Number.isInteger(index) || index < 0 || index >= columns)
    complain(checking, `${at}/row_header_column_index`, 'must be the index of a column');
};

export const dataTableBlock: Check = all(
  shape(
    { type: anyText, rows: list(list(cell, 'tableColumns'), 'dataTableRows'), caption: anyText },
    { block_id: text('blockId'), page_size: integer('dataTablePage'), row_header_column_index: number },
  ),
  contents,
  plainHeader,
);
