import { html } from 'htm/preact';
import type { ComponentChildren, TargetedEvent } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { suggestions } from './completion.ts';
import type { ChannelSummary } from './content.ts';
import { act, current, toast } from './store.ts';

/** Where one writes: commands go to the app, anything else into the channel. */
export function Composer({ channel, onSent }: { channel: ChannelSummary; onSent: () => void }): ComponentChildren {
  const [written, setWritten] = useState('');
  const [chosen, setChosen] = useState(0);
  const [closed, setClosed] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const offered = closed ? [] : suggestions(current().workspace?.commands ?? [], written);
  const accept = (insert: string): void => {
    setWritten(insert);
    setChosen(0);
    field.current?.focus();
  };
  const send = async (): Promise<void> => {
    const text = written.trim();
    if (text === '') return;
    setWritten('');
    onSent();
    if (!text.startsWith('/')) return void (await act('say', { channel: channel.id, text }));
    const word = text.split(/\s/)[0] ?? '';
    if (!current().workspace?.commands.some(({ command }) => command === word))
      return toast(`${word} is not a command of this app.`);
    await act('slash', { channel: channel.id, text });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const offer = offered[chosen];
    if (event.key === 'Escape' && offered.length > 0) setClosed(true);
    else if (offer && (event.key === 'ArrowDown' || event.key === 'ArrowUp'))
      setChosen((chosen + (event.key === 'ArrowDown' ? 1 : offered.length - 1)) % offered.length);
    else if (
      offer &&
      (event.key === 'Tab' ||
        (event.key === 'Enter' && offer.insert.trim() !== written.trim() && written.split(' ').length === 1))
    )
      accept(offer.insert);
    else if (event.key === 'Enter' && !event.shiftKey) void send();
    else return;
    event.preventDefault();
  };
  const onInput = (event: TargetedEvent<HTMLTextAreaElement>): void => {
    setWritten(event.currentTarget.value);
    setClosed(false);
    setChosen(0);
  };
  return html`<form class="composer" onSubmit=${(event: Event) => {
    event.preventDefault();
    void send();
  }}>
    ${
      offered.length > 0 &&
      html`<ul class="completion" id="completion" role="listbox" aria-label="Commands">
      ${offered.map(
        (offer, index) =>
          html`<li id=${`offer-${index}`} role="option" aria-selected=${index === chosen} onMouseDown=${(
            event: Event,
          ) => {
            event.preventDefault();
            accept(offer.insert);
          }}><strong>${offer.label}</strong>${offer.note && html`<span>${offer.note}</span>`}</li>`,
      )}
    </ul>`
    }
    <textarea ref=${field} rows="1" value=${written} placeholder="Write, or / for commands" aria-label=${`Message #${channel.name}`} aria-autocomplete="list" aria-haspopup="listbox" aria-controls="completion" aria-activedescendant=${offered.length > 0 ? `offer-${chosen}` : undefined} onInput=${onInput} onKeyDown=${onKeyDown}></textarea>
    <button class="send" type="submit" aria-label="Send" disabled=${written.trim() === ''}><svg viewBox="0 0 16 16" aria-hidden="true"><path d="M2 2.5l12.5 5.5L2 13.5l1.6-5.5z" fill="currentColor" /></svg></button>
  </form>`;
}
