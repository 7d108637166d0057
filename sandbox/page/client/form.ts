import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { Blocks } from './blocks.ts';
import type { Json } from './content.ts';
import { record, records, text } from './fields.ts';
import { Input } from './inputs.ts';
import { use, type Value, type Where } from './use-element.ts';

/** Where the blocks stand, but for what is filled in, which only the form knows. */
export type Standing = { kind: 'message'; channel: string; ts: string } | { kind: 'view'; viewId: string };

export type Form = { values: () => Record<string, Value>; draw: (errors: Record<string, string>) => ComponentChildren };

/** Blocks with what the person fills in; `key` the component that uses it by the message or view. */
export function useForm(blocks: unknown, standing: Standing): Form {
  const [, redraw] = useState(0);
  const held = useRef<Record<string, Value>>({});
  const values = (): Record<string, Value> => {
    // What an update of the app has taken away is not sent any more.
    const there = new Set(inputIds(records(blocks)));
    return Object.fromEntries(Object.entries(held.current).filter(([blockId]) => there.has(blockId)));
  };
  const where: Where = { ...standing, values };
  const draw = (errors: Record<string, string>): ComponentChildren => {
    const input = (block: Json): ComponentChildren => {
      const blockId = text(block['block_id']);
      const change = (value: Value): void => {
        held.current = { ...held.current, [blockId]: value };
        redraw((count) => count + 1);
      };
      const dispatch = (value: Value): void => void use(where, record(block['element']), blockId, value);
      return html`<${Input} key=${blockId} block=${block} where=${where} value=${held.current[blockId]} error=${errors[blockId]} onChange=${change} onDispatch=${dispatch} />`;
    };
    return html`<${Blocks} blocks=${blocks} where=${where} input=${input} />`;
  };
  return { values, draw };
}

function inputIds(blocks: Json[]): string[] {
  return blocks.flatMap((block) => [
    ...(block['type'] === 'input' ? [text(block['block_id'])] : []),
    ...inputIds(records(block['child_blocks'])),
  ]);
}
