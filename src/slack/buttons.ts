import type { ActionsBlock, Button, KnownBlock } from '@slack/types';
import type { ActionId } from './action-ids.ts';
import { limits } from './limits.ts';
import { label } from './text.ts';

export type ButtonParts = {
  action: ActionId;
  text: string;
  value: string;
  /** What a screen reader says; names what it is about, since the same buttons stand on every card. */
  says: string;
  style?: 'primary' | 'danger';
  /** Asked before it counts. */
  confirm?: { title: string; text: string; yes: string; no: string };
};

export function button(parts: ButtonParts): Button {
  const { confirm } = parts;
  return {
    type: 'button',
    action_id: parts.action,
    text: { type: 'plain_text', text: label(parts.text, limits.buttonText), emoji: false },
    value: parts.value,
    accessibility_label: label(parts.says, limits.accessibilityLabel),
    ...(parts.style ? { style: parts.style } : {}),
    ...(confirm
      ? {
          confirm: {
            title: { type: 'plain_text', text: confirm.title },
            text: { type: 'plain_text', text: confirm.text },
            confirm: { type: 'plain_text', text: confirm.yes },
            deny: { type: 'plain_text', text: confirm.no },
          },
        }
      : {}),
  };
}

export function buttonRow(buttons: Button[]): KnownBlock[] {
  const row: ActionsBlock = { type: 'actions', elements: buttons };
  return buttons.length === 0 ? [] : [row];
}
