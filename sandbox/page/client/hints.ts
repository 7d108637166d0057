import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { WorkspaceContent } from './content.ts';
import type { Deed } from './store.ts';

const KEY = 'sandbox-hints-seen';

/** `done`: what makes a hint superfluous. */
type Hint = { title: string; text: string; done: Deed };

const HINTS: Hint[] = [
  {
    title: 'A card waits here',
    text: 'An AI suggests something about a lead: a score, or a mail. Nothing happens until a person has decided.',
    done: 'click',
  },
  {
    title: 'Try Edit',
    text: 'Change a word and save: that edits and approves in one step. What you approve is what is sent.',
    done: 'submit',
  },
];
const MOVE: Hint = {
  title: 'Let a day pass',
  text: '+1 day, at the top, moves time. Waits end, and what was approved arrives in the Mailbox, where you are the lead.',
  done: 'time',
};

type Props = { workspace: WorkspaceContent; deeds: ReadonlySet<Deed> };

/** Three short hints on the first visit, and never again. Each goes when it was followed, or by its buttons. */
export function Hints({ workspace, deeds }: Props): ComponentChildren {
  const [passed, setPassed] = useState<ReadonlySet<Deed>>(new Set());
  const [over, setOver] = useState(localStorage.getItem(KEY) !== null);
  const hints = workspace.canMoveTime ? [...HINTS, MOVE] : HINTS;
  const step = hints.findIndex(({ done }) => !deeds.has(done) && !passed.has(done));
  const hint = hints[step];
  const end = (): void => {
    localStorage.setItem(KEY, 'yes');
    setOver(true);
  };
  if (over) return null;
  if (!hint) {
    localStorage.setItem(KEY, 'yes');
    return null;
  }
  // A minute of setting up may pass before there is anything to decide.
  if (!workspace.channels.some(({ recent }) => recent.length > 0)) return null;
  const last = step === hints.length - 1;
  const next = (): void => (last ? end() : setPassed(new Set([...passed, hint.done])));
  return html`<aside class="hint-bar" aria-label="Hint">
    <p><small>${step + 1} of ${hints.length}</small> <strong>${hint.title}.</strong> ${hint.text}</p>
    <div class="hint-acts"><button class="link" type="button" onClick=${end}>Dismiss</button><button class="button small" type="button" onClick=${next}>${last ? 'Done' : 'Next'}</button></div>
  </aside>`;
}
