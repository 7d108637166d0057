import type { KnownBlock, ModalView } from '@slack/types';
import { pieces, visible } from '../text.ts';
import { bold, richText, section, words } from '../rich-text.ts';
import { budgets } from '../limits.ts';

/** A modal that only explains; with what the person wrote, so that nothing of it is lost. */
export function refusalView(blocks: KnownBlock[], written: string | null = null): ModalView {
  const kept =
    written === null || written.trim() === ''
      ? []
      : [...richText(section(bold('What you wrote, to copy from'))), ...textBlocks(written)];
  const all: KnownBlock[] = [...blocks, ...kept];
  return {
    type: 'modal',
    title: { type: 'plain_text', text: 'Not done' },
    close: { type: 'plain_text', text: 'Close' },
    blocks: all,
  };
}

/** Literal text of any length, in as many blocks as it takes. */
export function textBlocks(text: string): KnownBlock[] {
  return pieces(visible(text), budgets.textElement).flatMap((piece) =>
    richText({ type: 'rich_text_quote', elements: words(piece) }),
  );
}
