import {
  buttonsIn,
  type Clicked,
  type Filling,
  type MessageSurface,
  type Modal,
  messageSurface,
  modalOf,
  newest,
  newestWith,
  press,
  pressForModal,
  shortcutNamed,
  type Surface,
  surface,
  waitFor,
} from './screen.ts';
import { find, wordsOf } from './words.ts';
import type { Delivery, SlackWorkspace } from './workspace.ts';

export { waitFor } from './screen.ts';

/**
 * Acts as a person by what is visible: button words, labels, text. For tests and for simulated people.
 * `slack.as('ana').in('#nurture-emails').click('Approve')`
 */

export type Person = {
  id: string;
  in(channel: string): InChannel;
  /** The direct message with the app. */
  dm(): InChannel;
  /** The topmost open modal; throws when there is none. */
  modal(): Modal;
  /** Types into the topmost open modal. */
  fill(values: Filling): Modal;
  /** Opens the Home tab and waits for it to be published. */
  openHome(): Promise<Surface>;
  /** The Home tab as it was published last; throws when it never was. */
  home(): Surface;
  /** A command in the first channel that this person is in. */
  slash(text: string): Promise<string>;
  /** Uses a global shortcut, by its name or callback id. */
  shortcut(name: string): Promise<Clicked>;
  /** The same, and waits for the modal that it opens. */
  shortcutForModal(name: string): Promise<Modal>;
};

export type InChannel = {
  /** The newest message, or the newest that shows `text`. Throws when there is none. */
  card(text?: RegExp | string): MessageSurface;
  /** All of them, oldest first. */
  cards(): MessageSurface[];
  /** The same among what only this person sees. */
  whisper(text?: RegExp | string): MessageSurface;
  /** Waits until such a message is there. */
  waitForCard(text: RegExp | string): Promise<MessageSurface>;
  /** Presses the newest button with these words that is there, posted or whispered. */
  click(label: string, option?: string | string[]): Promise<Clicked>;
  clickForModal(label: string, option?: string | string[]): Promise<Modal>;
  /** What the command answered, from its ack or from what came after it. */
  slash(text: string): Promise<string>;
  /** Writes; null where the app is told nothing of it. */
  say(text: string): Promise<Delivery | null>;
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

/** How many messages are looked at for the words of the complaint that a button is not there. */
const LOOKED_AT = 20;

function withButton(workspace: SlackWorkspace, user: string, channel: string, label: string): MessageSurface {
  const message = newestWith(workspace, user, channel, (blocks) => find(blocks, label) !== null);
  if (message !== null) return messageSurface(workspace, user, channel, message);
  const there = buttonsIn(workspace.messages(channel), LOOKED_AT).join(', ') || 'none';
  throw new Error(`no "${label}" in ${channel}; there are: ${there}`);
}

function inChannel(workspace: SlackWorkspace, user: string, channel: string): InChannel {
  const shown = (message: Parameters<typeof messageSurface>[3]) => messageSurface(workspace, user, channel, message);
  const missing = (what: string, text: RegExp | string | undefined): Error =>
    new Error(`no ${what} in ${channel}${text === undefined ? '' : ` that shows ${String(text)}`}`);
  return {
    card: (text) => {
      const message = newest(workspace.messages(channel), text);
      if (message === null) throw missing('message', text);
      return shown(message);
    },
    cards: () => workspace.messages(channel).map(shown),
    whisper: (text) => {
      const message = newest(workspace.ephemerals(user, channel), text);
      if (message === null) throw missing('whisper', text);
      return shown(message);
    },
    waitForCard: async (text) =>
      shown(
        await waitFor(workspace, `a message in ${channel} that shows ${String(text)}`, () =>
          newest(workspace.messages(channel), text),
        ),
      ),
    click: async (label, option) => withButton(workspace, user, channel, label).click(label, option),
    clickForModal: async (label, option) => withButton(workspace, user, channel, label).clickForModal(label, option),
    slash: (text) => runSlash(workspace, user, channel, text),
    say: (text) => workspace.say({ user, channel, text }),
  };
}

/** The Home tab as it stands. */
function homeSurface(workspace: SlackWorkspace, user: string, name: string): Surface {
  const current = () => {
    const home = workspace.home(user);
    if (home === null) throw new Error(`${name} has no Home yet`);
    return home;
  };
  current();
  return surface(
    workspace,
    user,
    () => ({ text: '', blocks: current().view.blocks, where: 'Home' }),
    (target) => workspace.clickInView({ user, viewId: current().id, ...target }),
  );
}

async function openHome(workspace: SlackWorkspace, user: string, name: string): Promise<Surface> {
  const before = workspace.home(user)?.hash;
  const delivery = await workspace.openHome({ user });
  if (!delivery.acked) throw new Error(`opening Home was not acked: ${delivery.error ?? 'no answer'}`);
  await waitFor(workspace, 'Home to be published', () => {
    const view = workspace.home(user);
    return view !== null && view.hash !== before ? view : null;
  });
  return homeSurface(workspace, user, name);
}

/** Somebody in the workspace, by handle or id. */
export function person(workspace: SlackWorkspace, who: string): Person {
  const user = workspace.users().find(({ id, name }) => id === who || name === who);
  if (user === undefined) throw new Error(`no person ${who} in this workspace`);
  const { id, name } = user;
  const topModal = (): Modal => {
    const top = workspace.modals(id).at(-1);
    if (top === undefined) throw new Error(`${name} has no modal open`);
    return modalOf(workspace, id, top);
  };
  const useGlobal = (called: string) => {
    const { callbackId } = shortcutNamed(workspace, called, 'global');
    return () => workspace.shortcut({ user: id, callbackId });
  };
  return {
    id,
    in: (channel) => inChannel(workspace, id, channel),
    dm: () => inChannel(workspace, id, workspace.directMessage(id)),
    modal: topModal,
    fill: (values) => topModal().fill(values),
    openHome: () => openHome(workspace, id, name),
    home: () => homeSurface(workspace, id, name),
    slash: async (text) => {
      const first = workspace.channels().find(({ kind, members }) => kind === 'channel' && members.includes(id));
      if (first === undefined) throw new Error(`${name} is in no channel`);
      return runSlash(workspace, id, first.id, text);
    },
    shortcut: async (called) => press(workspace, id, useGlobal(called)),
    shortcutForModal: async (called) => pressForModal(workspace, id, called, useGlobal(called)),
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
