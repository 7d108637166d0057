import type {
  ContextBlock,
  KnownBlock,
  RichTextBlock,
  RichTextElement,
  RichTextQuote,
  RichTextSection,
} from '@slack/types';
import { isSlackUser, pieces } from './text.ts';
import { budgets } from './limits.ts';

/**
 * Rich text is where a lead's or a model's words belong: its text elements are literal, so no mention, link, emoji code or
 * markup in them comes to life.
 */
export type Inline = RichTextElement;
type Style = { bold?: boolean; italic?: boolean };

/** Literal text; nothing for an empty one, which Slack refuses. Long texts become several elements. */
export function words(text: string, style?: Style): Inline[] {
  return pieces(text, budgets.textElement).map((piece) => ({ type: 'text', text: piece, ...(style ? { style } : {}) }));
}

export const bold = (text: string): Inline[] => words(text, { bold: true });
export const italic = (text: string): Inline[] => words(text, { italic: true });

/** A person by Slack id; an id that is not Slack's (a command line) as it stands. */
export function mention(id: string): Inline[] {
  return isSlackUser(id) ? [{ type: 'user', user_id: id }] : words(id);
}

export function section(...elements: Inline[][]): RichTextSection {
  return { type: 'rich_text_section', elements: elements.flat() };
}

export function quote(...elements: Inline[][]): RichTextQuote {
  return { type: 'rich_text_quote', elements: elements.flat() };
}

/** One rich text block; parts without content are left out, and a block without parts is no block. */
export function richText(...parts: RichTextBlock['elements']): KnownBlock[] {
  const filled = parts.filter((part) => part.elements.length > 0);
  return filled.length === 0 ? [] : [{ type: 'rich_text', elements: filled }];
}

/** Small print that stays literal, whoever wrote it; no block for an empty text. */
export function contextText(text: string): KnownBlock[] {
  const block: ContextBlock = { type: 'context', elements: [{ type: 'plain_text', text, emoji: false }] };
  return text === '' ? [] : [block];
}

export function bullets(items: readonly Inline[][]): RichTextBlock['elements'][number] {
  return {
    type: 'rich_text_list',
    style: 'bullet',
    elements: items.filter((item) => item.length > 0).map((item) => section(item)),
  };
}
