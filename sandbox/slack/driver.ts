import { type Modal, messageSurface, modalOf, newest, type Surface, surface, waitFor } from './screen.ts';
import { wordsOf } from './words.ts';
import type { SlackWorkspace } from './workspace.ts';

export { waitFor } from './screen.ts';

/** Acts as a person by what is visible: button words, labels, text. For tests and for simulated people. */

export type Person = {
  id: string;
  in(channel: string): InChannel;
  /** The topmost open modal; throws when there is none. */
  modal(): Modal;
  /** Opens the Home tab and waits for it to be published. */
  openHome(): Promise<Surface>;
};

type InChannel = {
  /** The newest message, or the newest that shows `text`. Throws when there is none. */
  card(text?: RegExp | string): Surface;
  /** The same among what only this person sees. */
  whisper(text?: RegExp | string): Surface;
  /** Waits until such a message is there. */
  waitForCard(text: RegExp | string): Promise<Surface>;
  /** What the command answered, from its ack or from what came after it. */
  slash(text: string): Promise<string>;
};

async function runSlash(workspace: SlackWorkspace, user: string, channel: string, text: string): Promise<string> {
  const seen = new Set(workspace.ephemerals(user, channel).map(({ id }) => id));
  const delivery = await workspace.slash({ user, channel, text });
  if (delivery.error !== undefined && delivery.error !== 'not_a_command')
    throw new Error(`${text} was not answered: ${delivery.error}`);
  const answer = await waitFor(workspace, `an answer to ${text}`, () =>
    workspace.ephemerals(user, channel).find(({ id }) => !seen.has(id)),
  );
  return answer.blocks === undefined ? answer.text : wordsOf(answer.blocks);
}

/** Somebody in the workspace, by handle or id. */
export function person(workspace: SlackWorkspace, who: string): Person {
  const user = workspace.users().find(({ id, name }) => id === who || name === who);
  if (user === undefined) throw new Error(`no person ${who} in this workspace`);
  const { id } = user;
  const missing = (what: string, channel: string, text: RegExp | string | undefined): Error =>
    new Error(`no ${what} in ${channel}${text === undefined ? '' : ` that shows ${String(text)}`}`);
  return {
    id,
    modal: () => {
      const top = workspace.modals(id).at(-1);
      if (top === undefined) throw new Error(`${user.name} has no modal open`);
      return modalOf(workspace, id, top);
    },
    openHome: async () => {
      const before = workspace.home(id)?.hash;
      const delivery = await workspace.openHome({ user: id });
      if (!delivery.acked) throw new Error(`opening Home was not acked: ${delivery.error ?? 'no answer'}`);
      const home = await waitFor(workspace, 'Home to be published', () => {
        const view = workspace.home(id);
        return view !== null && view.hash !== before ? view : null;
      });
      return surface(
        workspace,
        id,
        () => ({ text: '', blocks: home.view.blocks, where: 'Home' }),
        ({ actionId, blockId, value }, option) => {
          const chosen = option ?? value;
          const target = { user: id, viewId: home.id, actionId, blockId };
          return workspace.clickInView(chosen === undefined ? target : { ...target, value: chosen });
        },
      );
    },
    in: (channel) => ({
      card: (text) => {
        const message = newest(workspace.messages(channel), text);
        if (message === null) throw missing('message', channel, text);
        return messageSurface(workspace, id, channel, message);
      },
      whisper: (text) => {
        const message = newest(workspace.ephemerals(id, channel), text);
        if (message === null) throw missing('whisper', channel, text);
        return messageSurface(workspace, id, channel, message);
      },
      waitForCard: async (text) => {
        const message = await waitFor(workspace, `a message in ${channel} that shows ${String(text)}`, () =>
          newest(workspace.messages(channel), text),
        );
        return messageSurface(workspace, id, channel, message);
      },
      slash: (text) => runSlash(workspace, id, channel, text),
    }),
  };
}

/** Throws unless everything that was sent to the app was answered exactly once and in time. */
export function assertAllAcked(workspace: SlackWorkspace): void {
  const wrong = workspace
    .deliveries()
    .filter(({ acked, acks }) => !acked || acks !== 1)
    .map(
      ({ kind, acks, ackMs, error }) => `${kind}: ${acks} acks, ${ackMs} ms${error === undefined ? '' : `, ${error}`}`,
    );
  if (wrong.length > 0) throw new Error(`not acked exactly once in time:\n${wrong.join('\n')}`);
}
