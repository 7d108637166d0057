import { html } from 'htm/preact';
import type { ComponentChildren, TargetedEvent } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { mentions, suggestions, type Suggestion } from './completion.ts';
import type { ChannelSummary, WorkspaceContent } from './content.ts';
import { DropMenu, type MenuItem } from './drop-menu.ts';
import { asWritten } from './mrkdwn.ts';
import { conversationName } from './options.ts';
import { act, current, toast } from './store.ts';

type Props = {
  channel: ChannelSummary;
  /** The message to reply to; null writes into the channel. */
  threadTs?: string | null;
  onSent: () => void;
};

/** Where one writes: commands go to the app, anything else into the channel. */
export function Composer({ channel, threadTs = null, onSent }: Props): ComponentChildren {
  const { workspace } = current();
  const [written, setWritten] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  const inThread = threadTs !== null;
  const offers = useOffers(workspace, written, inThread);
  const name = `${channel.kind === 'channel' ? '#' : ''}${conversationName(channel, workspace)}`;
  const shortcuts = inThread ? [] : shortcutItems(workspace);
  const list = useId();
  const accept = (insert: string): void => {
    setWritten(insert);
    offers.reset();
    field.current?.focus();
  };
  const submit = (): void => {
    const text = written.trim();
    if (text === '') return;
    setWritten('');
    onSent();
    void send(workspace, channel, threadTs, text);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const offer = offers.shown[offers.chosen];
    const taken = offer?.onEnter === true && offer.insert.trim() !== written.trim();
    if (event.key === 'Escape' && offer) offers.close();
    else if (offer && (event.key === 'ArrowDown' || event.key === 'ArrowUp'))
      offers.move(event.key === 'ArrowDown' ? 1 : -1);
    else if (offer && (event.key === 'Tab' || (event.key === 'Enter' && taken))) accept(offer.insert);
    else if (event.key === 'Enter' && !event.shiftKey) submit();
    else return;
    event.preventDefault();
  };
  const onInput = (event: TargetedEvent<HTMLTextAreaElement>): void => {
    setWritten(event.currentTarget.value);
    offers.reset();
  };
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    submit();
  };
  const open = offers.shown.length > 0;
  return html`<form class="composer" onSubmit=${onSubmit}>
    ${open && completion(list, offers, accept)}
    ${shortcuts.length > 0 && html`<${DropMenu} label="Shortcuts" sign="+" items=${shortcuts} />`}
    <textarea ref=${field} rows="1" value=${written} placeholder=${inThread ? 'Reply …' : 'Write, or / for commands'} aria-label=${inThread ? 'Reply in thread' : `Message ${name}`} aria-autocomplete="list" aria-haspopup="listbox" aria-controls=${open ? list : undefined} aria-activedescendant=${open ? `${list}-${offers.chosen}` : undefined} onInput=${onInput} onKeyDown=${onKeyDown}></textarea>
    <button class="send" type="submit" aria-label="Send" disabled=${written.trim() === ''}><svg viewBox="0 0 16 16" aria-hidden="true"><path d="M2 2.5l12.5 5.5L2 13.5l1.6-5.5z" fill="currentColor" /></svg></button>
  </form>`;
}

type Offers = {
  shown: Suggestion[];
  chosen: number;
  move: (by: 1 | -1) => void;
  close: () => void;
  /** To be called whenever the line has changed. */
  reset: () => void;
};

/** What the line could become, and which of it is chosen. */
function useOffers(workspace: WorkspaceContent | null, written: string, inThread: boolean): Offers {
  const [chosen, setChosen] = useState(0);
  const [closed, setClosed] = useState(false);
  const commands = inThread ? [] : suggestions(workspace?.commands ?? [], written);
  const shown = closed ? [] : [...commands, ...mentions(workspace?.users ?? [], written)];
  return {
    shown,
    chosen,
    move: (by) => setChosen((chosen + by + shown.length) % shown.length),
    close: () => setClosed(true),
    reset: () => {
      setChosen(0);
      setClosed(false);
    },
  };
}

function completion(id: string, { shown, chosen }: Offers, accept: (insert: string) => void): ComponentChildren {
  const take = (insert: string) => (event: Event) => {
    // The line keeps the focus.
    event.preventDefault();
    accept(insert);
  };
  return html`<ul class="completion" id=${id} role="listbox" aria-label="Suggestions">
    ${shown.map((offer, index) => html`<li id=${`${id}-${index}`} role="option" aria-selected=${index === chosen} onMouseDown=${take(offer.insert)}><strong>${offer.label}</strong>${offer.note && html`<span>${offer.note}</span>`}</li>`)}
  </ul>`;
}

function shortcutItems(workspace: WorkspaceContent | null): MenuItem[] {
  return (workspace?.shortcuts ?? [])
    .filter(({ type }) => type === 'global')
    .map(({ name, description, callbackId }) => ({
      label: name,
      note: description,
      act: () => void act('shortcut', { callbackId }),
    }));
}

async function send(
  workspace: WorkspaceContent | null,
  channel: ChannelSummary,
  threadTs: string | null,
  text: string,
): Promise<void> {
  if (!text.startsWith('/')) {
    const thread = threadTs === null ? {} : { threadTs };
    await act('say', { channel: channel.id, text: asWritten(text, workspace?.users ?? []), ...thread });
    return;
  }
  const word = text.split(/\s/)[0] ?? '';
  if (threadTs !== null) toast(`Commands such as ${word} do not work in threads. Write it in the channel.`);
  else if (!workspace?.commands.some(({ command }) => command === word)) toast(`${word} is not a command of this app.`);
  else await act('slash', { channel: channel.id, text });
}
