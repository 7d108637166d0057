import type { InputBlock, InputBlockElement, KnownBlock, ModalView } from '@slack/types';
import type { ViewCallbackId } from '../action-ids.ts';
import { limits } from '../limits.ts';
import { label } from '../text.ts';

export type ModalParts = {
  title: string;
  blocks: KnownBlock[];
  /** With what happens on submit; without it the modal only shows something. */
  submit?: { callback: ViewCallbackId; label: string; metadata: string };
};

/** @throws Error when the metadata is too long: it holds ids only, so that is a fault of this program. */
export function modal({ title, blocks, submit }: ModalParts): ModalView {
  if (submit && submit.metadata.length > limits.privateMetadata)
    throw new Error(`private_metadata of ${submit.callback} has ${submit.metadata.length} characters`);
  return {
    type: 'modal',
    title: { type: 'plain_text', text: label(title, limits.viewTitle), emoji: false },
    close: { type: 'plain_text', text: submit ? 'Cancel' : 'Close' },
    blocks,
    ...(submit
      ? {
          callback_id: submit.callback,
          submit: { type: 'plain_text', text: label(submit.label, limits.viewTitle) },
          private_metadata: submit.metadata,
        }
      : {}),
  };
}

export type InputParts = { id: string; label: string; element: InputBlockElement; hint?: string; optional?: boolean };

export function input(parts: InputParts): InputBlock {
  return {
    type: 'input',
    block_id: parts.id,
    label: { type: 'plain_text', text: parts.label, emoji: false },
    element: parts.element,
    ...(parts.hint ? { hint: { type: 'plain_text', text: parts.hint, emoji: false } } : {}),
    ...(parts.optional ? { optional: true } : {}),
  };
}
