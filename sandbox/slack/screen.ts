import { childRecord, stringAt } from './json.ts';
import { inputsOf } from './view-store.ts';
import { type Pressable, pick, pressables, shows, wordsOf } from './words.ts';
import type { Delivery, Ephemeral, OpenView, PostedMessage, SlackWorkspace, SubmitResult } from './workspace.ts';

/** Messages and modals as a person handles them. */

export type Surface = {
  /** Everything that can be read: text, or the words of all blocks. */
  text(): string;
  buttons(): string[];
  /** Presses by visible words (or picks `option` where they are a menu's). Resolves when the app answered. */
  click(label: string, option?: string): Promise<Clicked>;
  /** The same, and waits for the modal that it opens. */
  clickForModal(label: string, option?: string): Promise<Modal>;
};

/** `modal`: what the click opened before it was acked. */
type Clicked = Delivery & { modal: Modal | null };

export type Modal = {
  view: OpenView;
  title(): string;
  text(): string;
  labels(): string[];
  /** Types into fields by their labels (or block ids); nothing is sent yet. */
  fill(values: Record<string, string | string[]>): Modal;
  submit(): Promise<SubmitResult>;
  close(): Promise<void>;
  click(label: string, option?: string): Promise<Clicked>;
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

type Act = (target: Pressable, option: string | undefined) => Promise<Delivery>;

/** Runs `act` and finds the modal that came while it was running. */
async function press(workspace: SlackWorkspace, user: string, run: () => Promise<Delivery>): Promise<Clicked> {
  const before = new Set(workspace.modals(user).map(({ id }) => id));
  const delivery = await run();
  const opened = workspace.modals(user).findLast(({ id }) => !before.has(id));
  return { ...delivery, modal: opened === undefined ? null : modalOf(workspace, user, opened) };
}

export function surface(
  workspace: SlackWorkspace,
  user: string,
  look: () => { text: string; blocks: unknown; where: string },
  act: Act,
): Surface {
  const click = (label: string, option?: string): Promise<Clicked> => {
    const { blocks, where } = look();
    const target = pick(blocks, label, where);
    return press(workspace, user, () => act(target, option));
  };
  return {
    text: () => {
      const { text, blocks } = look();
      return blocks === undefined ? text : wordsOf(blocks);
    },
    buttons: () => pressables(look().blocks).map(({ label }) => label),
    click,
    clickForModal: async (label, option) => {
      const before = new Set(workspace.modals(user).map(({ id }) => id));
      await click(label, option);
      const opened = await waitFor(workspace, `a modal after "${label}"`, () =>
        workspace.modals(user).findLast(({ id }) => !before.has(id)),
      );
      return modalOf(workspace, user, opened);
    },
  };
}

export function modalOf(workspace: SlackWorkspace, user: string, view: OpenView): Modal {
  const typed: Record<string, string | string[]> = {};
  const stacked = { ...view, state: {} };
  const modal: Modal = {
    view,
    title: () => stringAt(childRecord(view.view, 'title'), 'text') ?? '',
    text: () => wordsOf(view.view.blocks),
    labels: () => inputsOf({ ...stacked, view: view.view }).map(({ label }) => label),
    fill: (values) => {
      Object.assign(typed, values);
      return modal;
    },
    submit: () => workspace.submit({ user, viewId: view.id, values: typed }),
    close: () => workspace.closeView({ user, viewId: view.id }),
    click: (label, option) => {
      const { actionId, blockId, value } = pick(view.view.blocks, label, `the modal "${modal.title()}"`);
      const chosen = option ?? value;
      const target = { user, viewId: view.id, actionId, blockId, state: typed };
      return press(workspace, user, () =>
        workspace.clickInView(chosen === undefined ? target : { ...target, value: chosen }),
      );
    },
  };
  return modal;
}

export function messageSurface(
  workspace: SlackWorkspace,
  user: string,
  channel: string,
  message: PostedMessage | Ephemeral,
): Surface {
  const current = (): PostedMessage | Ephemeral =>
    workspace.messages(channel).find(({ ts }) => ts === message.ts) ??
    workspace.ephemerals(user, channel).find(({ ts }) => ts === message.ts) ??
    message;
  const look = () => {
    const { text, blocks } = current();
    return { text, blocks, where: `the message "${text.slice(0, 60)}"` };
  };
  return surface(workspace, user, look, ({ actionId, blockId, value }, option) => {
    const chosen = option ?? value;
    const target = { user, channel, ts: message.ts, actionId, blockId };
    return workspace.click(chosen === undefined ? target : { ...target, value: chosen });
  });
}

const words = ({ text, blocks }: PostedMessage | Ephemeral): string => `${text}\n${wordsOf(blocks)}`;

export function newest<T extends PostedMessage | Ephemeral>(
  messages: readonly T[],
  wanted: RegExp | string | undefined,
): T | null {
  return messages.findLast((message) => shows(words(message), wanted)) ?? null;
}
