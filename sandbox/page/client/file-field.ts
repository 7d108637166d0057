import { html } from 'htm/preact';
import type { ComponentChildren, TargetedEvent } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { FieldProps } from './element-field.ts';
import { texts } from './fields.ts';
import { current, post, toast } from './store.ts';

const MOST_FILES = 10;
/** In base64, what a request of this page may hold. */
const LARGEST = 160 * 1024;

/** `file_input`: the files go to the workspace as they are chosen, and the form holds their ids. */
export function FileField(props: FieldProps): ComponentChildren {
  const { element, id, value, onChange, onCommit } = props;
  const names = useRef(new Map<string, string>());
  const [busy, setBusy] = useState(false);
  const held = Array.isArray(value) ? value : [];
  const most = Number(element['max_files'] ?? MOST_FILES);
  const hold = (files: string[]): void => {
    onChange(files);
    onCommit(files);
  };
  const take = async (event: TargetedEvent<HTMLInputElement>): Promise<void> => {
    const input = event.currentTarget;
    const files = [...(input.files ?? [])].slice(0, most - held.length);
    setBusy(true);
    try {
      const kept: string[] = [];
      for (const file of files) {
        const fileId = await keep(file);
        names.current.set(fileId, file.name);
        kept.push(fileId);
      }
      hold([...held, ...kept]);
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
      input.value = '';
    }
  };
  const types = texts(element['filetypes']).map((type) => `.${type}`);
  return html`<div class="files">
    ${held.map((fileId) => {
      const name = names.current.get(fileId) ?? fileId;
      return html`<p class="file" key=${fileId}>📄 ${name} <button class="link" type="button" aria-label=${`Remove ${name}`} onClick=${() => hold(held.filter((other) => other !== fileId))}>Remove</button></p>`;
    })}
    ${held.length < most && html`<input id=${id} type="file" aria-label=${props.label ?? 'Add files'} aria-describedby=${props.describedBy} data-invalid=${props.invalid} multiple=${most > 1} accept=${types.join(',') || undefined} disabled=${busy} onChange=${(event: TargetedEvent<HTMLInputElement>) => void take(event)} />`}
  </div>`;
}

async function keep(file: File): Promise<string> {
  if (file.size > LARGEST) throw new Error(`${file.name} is too large for the sandbox, which takes up to 160 kB.`);
  const bytes = Array.from(new Uint8Array(await file.arrayBuffer()), (byte) => String.fromCodePoint(byte)).join('');
  const kept = await post<{ id: string }>('/world/file', {
    as: current().workspace?.me,
    name: file.name,
    base64: btoa(bytes),
  });
  return kept.id;
}
