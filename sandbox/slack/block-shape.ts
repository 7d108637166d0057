import { anyText, type Check, type Fields, shape, text } from './schema.ts';
import { richTextElements } from './validate-rich-text.ts';

/** What every block is: a type, a `block_id`, and what is its own. */
export const block = (required: Fields, optional: Fields = {}): Check =>
  shape({ type: anyText, ...required }, { block_id: text('blockId'), ...optional });

export const richText = block({ elements: richTextElements });
