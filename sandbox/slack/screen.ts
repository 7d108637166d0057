import { childRecord, isRecord, records, stringAt } from './json.ts';
import { optionsOf } from './element-values.ts';
import { inputsOf } from './view-store.ts';
import { messageWords, type Pressable, pick, pressables, shows, wordsOf } from './words.ts';
import type { Delivery, Ephemeral, OpenView, PostedMessage, SlackWorkspace, SubmitResult } from './workspace.ts';

/** Messages and modals as a person handles them. */

export type Surface = {
  /** Everything that can be read: text, or the words of all blocks. */
  text(): string;
  buttons(): string[];
  /** Presses by visible words (or picks `option` where they are a menu's). Resolves when the app answered. */
  click(label: string, option?: string | string[]): Promise<Clicked>;
  /** The same, and waits for the modal that it opens. */
  clickForModal(label: string, option?: string | string[]): Promise<Modal>;
};

export type MessageSurface = Surface & {
  ts: string;
  /** Writes into the thread of this message. */
  reply(text: string): Promise<Delivery | null>;
  /** The answers in its thread, oldest first. */
  replies(): MessageSurface[];
  /** Uses a message shortcut, by its name or callback id. */
  shortcut(name: string): Promise<Clicked>;
};

/** `modal`: what the click opened before it was acked. */
export type Clicked = Delivery & { modal: Modal | null };

export type Filling = Record<string, string | string[]>;

export type Modal = {
  view: OpenView;
  title(): string;
  text(): string;
  labels(): string[];
  /** Types into fields by their labels (or block ids); nothing is sent yet. */
  fill(values: Filling): Modal;
  submit(): Promise<SubmitResult>;
  /** Cancel or Back. */
  close(): Promise<void>;
  /** The ✕ in the corner: every view of the stack is gone. */
  closeAll(): Promise<void>;
  click(label: string, option?: string | string[]): Promise<Clicked>;
  /** Types into a menu whose options the app suggests; what it offers can then be filled in. */
  suggest(label: string, typed: string): Promise<string[]>;
};

const PATIENCE_MS = 5_000;

/** Resolves with the first thing that `look` finds, now or after a change; rejects after `patienceMs`. */
export function waitFor<T>(
  workspace: SlackWorkspace,
  what: string,
  look: () => T | null | undefined,
  patienceMs: number = PATIENCE_MS,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let stop = (): void => {};
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`waited ${patienceMs} ms in vain for ${what}`));
    }, patienceMs);
    const check = (): void => {
      const found = look();
      if (found === null || found === undefined) return;
      clearTimeout(timer);
      stop();
      resolve(found);
    };
    stop = workspace.on('change', check);
    check();
  });
}

/** Runs `act` and finds the modal that came while it was running. */
export async function press(workspace: SlackWorkspace, user: string, act: () => Promise<Delivery>): Promise<Clicked> {
  const before = new Set(workspace.modals(user).map(({ id }) => id));
  const delivery = await act();
  const opened = workspace.modals(user).findLast(({ id }) => !before.has(id));
  return { ...delivery, modal: opened === undefined ? null : modalOf(workspace, user, opened) };
}

/** Runs `act` and waits for the modal that it opens, before the ack or after it. */
export async function pressForModal(
  workspace: SlackWorkspace,
  user: string,
  what: string,
  act: () => Promise<unknown>,
): Promise<Modal> {
  const before = new Set(workspace.modals(user).map(({ id }) => id));
  await act();
  const opened = await waitFor(workspace, `a modal after "${what}"`, () =>
    workspace.modals(user).findLast(({ id }) => !before.has(id)),
  );
  return modalOf(workspace, user, opened);
}

type Chosen = { actionId: string; blockId: string; value?: string | string[] };

/** `option` where one was chosen, the button's own value otherwise. */
function chosen({ actionId, blockId, value }: Pressable, option: string | string[] | undefined): Chosen {
  const given = option ?? value;
  return { actionId, blockId, ...(given === undefined ? {} : { value: given }) };
}

export function surface(
  workspace: SlackWorkspace,
  user: string,
  look: () => { text: string; blocks: unknown; where: string },
  act: (target: Chosen) => Promise<Delivery>,
): Surface {
  const click = (label: string, option?: string | string[]): Promise<Clicked> => {
    const { blocks, where } = look();
    const target = chosen(pick(blocks, label, where), option);
    return press(workspace, user, () => act(target));
  };
  return {
    text: () => {
      const { text, blocks } = look();
      return blocks === undefined ? text : wordsOf(blocks);
    },
    buttons: () => pressables(look().blocks).map(({ label }) => label),
    click,
    clickForModal: (label, option) => pressForModal(workspace, user, label, () => click(label, option)),
  };
}

const optionLabel = (option: Record<string, unknown>): string => stringAt(childRecord(option, 'text'), 'text') ?? '';

async function suggestions(
  workspace: SlackWorkspace,
  at: { user: string; viewId: string },
  target: Pressable,
  typed: string,
): Promise<string[]> {
  const { actionId, blockId } = target;
  const delivery = await workspace.suggest({ ...at, actionId, blockId, value: typed });
  if (delivery.error !== undefined) throw new Error(`no options for "${target.label}": ${delivery.error}`);
  return isRecord(delivery.body) ? optionsOf(delivery.body).map(optionLabel) : [];
}

export function modalOf(workspace: SlackWorkspace, user: string, view: OpenView): Modal {
  const typed: Filling = {};
  const at = { user, viewId: view.id };
  const picked = (label: string): Pressable => pick(view.view.blocks, label, `the modal "${modal.title()}"`);
  const modal: Modal = {
    view,
    title: () => stringAt(childRecord(view.view, 'title'), 'text') ?? '',
    text: () => wordsOf(view.view.blocks),
    labels: () => inputsOf(view).map(({ label }) => label),
    fill: (values) => {
      Object.assign(typed, values);
      return modal;
    },
    submit: () => workspace.submit({ ...at, values: typed }),
    close: () => workspace.closeView(at),
    closeAll: () => workspace.closeView({ ...at, all: true }),
    click: async (label, option) => {
      const target = chosen(picked(label), option);
      return press(workspace, user, () => workspace.clickInView({ ...at, ...target, state: typed }));
    },
    suggest: async (label, words) => suggestions(workspace, at, fieldCalled(view, label) ?? picked(label), words),
  };
  return modal;
}

/** A field by its label; its menu may carry other words as a placeholder. */
function fieldCalled(view: OpenView, label: string): Pressable | null {
  const found = inputsOf(view).find((input) => input.label === label);
  return found === undefined ? null : { label, actionId: found.actionId, blockId: found.blockId };
}

export function messageSurface(
  workspace: SlackWorkspace,
  user: string,
  channel: string,
  message: PostedMessage | Ephemeral,
): MessageSurface {
  const { ts } = message;
  const current = (): PostedMessage | Ephemeral =>
    workspace.message(channel, ts) ?? workspace.ephemerals(user, channel).find((entry) => entry.ts === ts) ?? message;
  const look = () => {
    const { text, blocks } = current();
    return { text, blocks, where: `the message "${text.slice(0, 60)}"` };
  };
  const shown = surface(workspace, user, look, (target) => workspace.click({ user, channel, ts, ...target }));
  return {
    ...shown,
    ts,
    reply: (text) => workspace.say({ user, channel, text, threadTs: ts }),
    replies: () => workspace.replies(channel, ts).map((reply) => messageSurface(workspace, user, channel, reply)),
    shortcut: async (name) => {
      const { callbackId } = shortcutNamed(workspace, name, 'message');
      return press(workspace, user, () => workspace.shortcut({ user, callbackId, channel, ts }));
    },
  };
}

export function shortcutNamed(workspace: SlackWorkspace, name: string, type: 'global' | 'message') {
  const there = workspace.shortcuts().filter((entry) => entry.type === type);
  const found = there.find((entry) => entry.name === name || entry.callbackId === name);
  if (found === undefined)
    throw new Error(
      `no ${type} shortcut "${name}"; there are: ${there.map((entry) => entry.name).join(', ') || 'none'}`,
    );
  return found;
}

export function newest<T extends PostedMessage | Ephemeral>(
  messages: readonly T[],
  wanted: RegExp | string | undefined,
): T | null {
  return messages.findLast((message) => wanted === undefined || shows(messageWords(message), wanted)) ?? null;
}

/** Whatever a person has before them that carries this button: the newest, posted or whispered. */
export function newestWith(
  workspace: SlackWorkspace,
  user: string,
  channel: string,
  has: (blocks: unknown) => boolean,
): PostedMessage | Ephemeral | null {
  const posted = workspace.messages(channel).findLast(({ blocks }) => has(blocks));
  const whispered = workspace.ephemerals(user, channel).findLast(({ blocks }) => has(blocks));
  if (posted === undefined || whispered === undefined) return posted ?? whispered ?? null;
  return Number(posted.ts) >= Number(whispered.ts) ? posted : whispered;
}

/** Which buttons can be seen in what was said last; for the complaint that one cannot. */
export function buttonsIn(messages: readonly PostedMessage[], look: number): string[] {
  return [
    ...new Set(records(messages.slice(-look)).flatMap(({ blocks }) => pressables(blocks).map(({ label }) => label))),
  ];
}
