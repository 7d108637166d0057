import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

const KEY = 'sandbox-hints-seen';

type Hint = { title: string; text: string };

const HINTS: Hint[] = [
  {
    title: 'A card waits here',
    text: 'An AI suggests something about a lead: a score, or a mail. Nothing happens until a person has decided.',
  },
  {
    title: 'Try Edit',
    text: 'Change a word and save: that edits and approves in one step. What you approve is what is sent.',
  },
];
const LAST: Record<'moving' | 'still', Hint> = {
  moving: {
    title: 'Let a day pass',
    text: 'The buttons above move time. Waits end, and what was approved arrives in the Mailbox.',
  },
  still: {
    title: 'Look into the Mailbox',
    text: 'Approved mails arrive there when their time comes. Act as Gus to see what a guest may do.',
  },
};

/** Three short hints on the first visit, and never again. */
export function Hints({ canMoveTime }: { canMoveTime: boolean }): ComponentChildren {
  const [step, setStep] = useState(localStorage.getItem(KEY) === null ? 0 : -1);
  const hints = [...HINTS, LAST[canMoveTime ? 'moving' : 'still']];
  const hint = hints[step];
  if (!hint) return null;
  const end = (): void => {
    localStorage.setItem(KEY, 'yes');
    setStep(-1);
  };
  const next = (): void => (step === hints.length - 1 ? end() : setStep(step + 1));
  return html`<aside class="hint-card" aria-label="Hint" role="note">
    <p class="hint-step">${step + 1} of ${hints.length}</p>
    <h2>${hint.title}</h2><p>${hint.text}</p>
    <div class="hint-foot"><button class="link" type="button" onClick=${end}>Dismiss</button><button class="button primary small" type="button" onClick=${next}>${step === hints.length - 1 ? 'Done' : 'Next'}</button></div>
  </aside>`;
}
