import { type Modal, messageSurface, modalOf, waitFor } from '../slack/screen.ts';
import { wordsOf } from '../slack/words.ts';
import type { Ephemeral, OpenView, PostedMessage, SlackWorkspace } from '../slack/workspace.ts';
import { answersTo, mendedValues, polishedValues, reasonValues } from './modal-form.ts';
import { asks, LABELS, labelsOn } from './review-card.ts';
import { type Opinion, reasonFor } from './review-habits.ts';

/** What came of a click or two. `told`: what the app said to this person alone. */
export type Outcome =
  | { result: 'approved' | 'mended' | 'polished'; told: string }
  | { result: 'rejected'; reason: string; told: string }
  /** This person may not decide such things. */
  | { result: 'refused'; told: string }
  /** Somebody or something else was first. */
  | { result: 'settled'; told: string }
  /** Somebody is at this person's screen: a window stands open there. */
  | { result: 'busy' }
  | { result: 'failed'; told: string };

export type AtCard = { workspace: SlackWorkspace; user: string; message: PostedMessage };

type Done = { words: string[]; modal: Modal | null };

/** Acts on a card by its visible words, as a person does. Throws where that did not work; no window is left open. */
export async function giveVerdict(at: AtCard, opinion: Opinion): Promise<Outcome> {
  if (asks(at.message) !== 'verdict') return { result: 'settled', told: '' };
  if (at.workspace.modals(at.user).length > 0) return { result: 'busy' };
  try {
    return await carryOut(at, opinion);
  } finally {
    await closeLeftovers(at);
  }
}

async function carryOut(at: AtCard, opinion: Opinion): Promise<Outcome> {
  switch (opinion.verdict) {
    case 'approve':
      return await approve(at);
    case 'reject':
      return await reject(at, reasonFor(opinion.mistake));
    case 'mend': {
      const { mending, mistake } = opinion.truth;
      const values = (modal: Modal) => (mending === null ? null : mendedValues(modal, mending));
      return (await edit(at, 'mended', values)) ?? (await reject(at, reasonFor(mistake)));
    }
    case 'polish':
      return (await edit(at, 'polished', polishedValues)) ?? (await approve(at));
  }
}

async function approve(at: AtCard): Promise<Outcome> {
  const labels = labelsOn(at.message);
  if (labels.includes(LABELS.approve))
    return await orReject(at, await outcome(at, await pressed(at, LABELS.approve), { result: 'approved' }));
  if (labels.includes(LABELS.readFirst)) {
    const opened = await pressed(at, LABELS.readFirst);
    if (opened.modal === null) return refusal(opened);
    // Blocked by a rule, it can be read and not be approved.
    if (hasSubmit(opened.modal))
      return await orReject(at, await outcome(at, await sent(at, opened.modal), { result: 'approved' }));
    await opened.modal.close();
  }
  return await reject(at, STUCK);
}

const STUCK = { wanted: /something else|other/i, note: 'It cannot go as it is, and I have no better one.' };

/** A rule of the app stands in the way of approving. */
async function orReject(at: AtCard, outcomeOfApproval: Outcome): Promise<Outcome> {
  const stuck = outcomeOfApproval.result === 'failed' && /can['’]t go out/i.test(outcomeOfApproval.told);
  return stuck ? await reject(at, STUCK) : outcomeOfApproval;
}

async function reject(at: AtCard, reason: { wanted: RegExp; note: string }): Promise<Outcome> {
  const label = LABELS.reject.find((text) => labelsOn(at.message).includes(text));
  if (label === undefined) return { result: 'settled', told: '' };
  const opened = await pressed(at, label);
  if (opened.modal === null) return refusal(opened);
  const values = reasonValues(opened.modal, reason);
  if (values !== null) opened.modal.fill(values);
  const chosen = Object.values(values ?? {}).find(Array.isArray)?.[0] ?? '';
  return outcome(at, await sent(at, opened.modal), { result: 'rejected', reason: chosen });
}

/** Null where there was nothing to change: the window is closed again. */
async function edit(
  at: AtCard,
  result: 'mended' | 'polished',
  valuesFor: (modal: Modal) => Record<string, string | string[]> | null,
): Promise<Outcome | null> {
  const label = LABELS.edit.find((text) => labelsOn(at.message).includes(text));
  if (label === undefined) return null;
  const opened = await pressed(at, label);
  if (opened.modal === null) return refusal(opened);
  const values = valuesFor(opened.modal);
  if (values === null) {
    await opened.modal.close();
    return null;
  }
  const fine = result === 'polished';
  const answer = await sent(at, opened.modal.fill({ ...answersTo(opened.modal, fine), ...values }));
  // A question that comes after the text, in a window of its own.
  if (answer.modal !== null && hasSubmit(answer.modal))
    return outcome(at, await sent(at, answer.modal.fill(answersTo(answer.modal, fine))), { result });
  return outcome(at, answer, { result });
}

/** Presses, and waits for what is seen of it: a window, the card no longer asking, or words to this person alone. */
async function pressed(at: AtCard, label: string): Promise<Done> {
  return await watched(at, async () => {
    const delivery = await messageSurface(at.workspace, at.user, at.message.channel, at.message).click(label);
    if (!delivery.acked) throw new Error(`the app did not answer to “${label}”: ${delivery.error ?? 'no answer'}`);
  });
}

/** Sends a window off, and waits in the same way. */
async function sent(at: AtCard, modal: Modal): Promise<Done> {
  return await watched(at, async () => {
    const answer = await modal.submit();
    if (answer.errors !== undefined)
      throw new Error(`“${modal.title()}” was sent back: ${Object.values(answer.errors).join(' ')}`);
    if (!answer.acked) throw new Error(`the app did not answer to “${modal.title()}”: ${answer.error ?? 'no answer'}`);
  });
}

async function watched(at: AtCard, act: () => Promise<void>): Promise<Done> {
  const { workspace, user, message } = at;
  const { blocks } = message;
  const heard = new Set(workspace.ephemerals(user).map(({ id }) => id));
  const open = new Map(workspace.modals(user).map(({ id, hash }) => [id, hash]));
  await act();
  const look = (): Seen | null => {
    const whispers = workspace.ephemerals(user).filter(({ id }) => !heard.has(id));
    const window = workspace.modals(user).findLast(({ id, hash }) => open.get(id) !== hash);
    const over = asks(message) !== 'verdict';
    return whispers.length > 0 || window !== undefined || over ? { whispers, window } : null;
  };
  const { whispers, window } = await seen(workspace, look, () => message.blocks !== blocks);
  return {
    words: whispers.map((whisper) => (whisper.blocks === undefined ? whisper.text : wordsOf(whisper.blocks))),
    modal: window === undefined ? null : modalOf(workspace, user, window),
  };
}

type Seen = { whispers: Ephemeral[]; window: OpenView | undefined };

/** A card that was posted anew and asks on, without a word, took the verdict and waits for somebody else's. */
async function seen(workspace: SlackWorkspace, look: () => Seen | null, redrawn: () => boolean): Promise<Seen> {
  const nothing: Seen = { whispers: [], window: undefined };
  const first = await waitFor(workspace, 'anything to happen', () => look() ?? (redrawn() ? nothing : null));
  if (first !== nothing) return first;
  return await waitFor(workspace, 'words to go with it', look, AFTERTHOUGHT_MS).catch(() => nothing);
}

/** Of the machine's time: what the app says after it has drawn the card again comes at once. */
const AFTERTHOUGHT_MS = 1_000;

type Achieved = { result: 'approved' | 'mended' | 'polished' } | { result: 'rejected'; reason: string };

/** A verdict that was sent has counted, unless a window or the app's words say that it did not. */
async function outcome(at: AtCard, done: Done, achieved: Achieved): Promise<Outcome> {
  if (done.modal !== null) {
    const told = done.modal.text();
    await done.modal.close();
    return refusal({ words: [told], modal: null });
  }
  const told = done.words.join(' ');
  if (NOT_ALLOWED.test(told) || TOO_LATE.test(told) || NOT_OPENED.test(told)) return refusal(done);
  const others = [...at.message.text.matchAll(/<@(\w+)>/g)].map((mention) => mention[1]);
  const settledByOthers = asks(at.message) !== 'verdict' && others.length > 0 && !others.includes(at.user);
  return settledByOthers ? { result: 'settled', told } : { ...achieved, told };
}

const NOT_ALLOWED = /not an approver|may decide (?:it|this)|nobody is named/i;
const NOT_OPENED = /took too long|did not open/i;
const TOO_LATE =
  /already (?:decided|settled)|nothing was changed|deadline has passed|does not exist any ?more|was changed after/i;

function refusal({ words }: Done): Outcome {
  const told = words.join(' ').replaceAll(/\s+/g, ' ').trim();
  if (NOT_ALLOWED.test(told)) return { result: 'refused', told };
  if (NOT_OPENED.test(told)) return { result: 'failed', told };
  return { result: TOO_LATE.test(told) ? 'settled' : 'failed', told };
}

function hasSubmit(modal: Modal): boolean {
  return modal.view.view['submit'] !== undefined && modal.view.view['submit'] !== null;
}

/** A window that was left open would take the place of the next one. */
async function closeLeftovers({ workspace, user }: AtCard): Promise<void> {
  for (let top = workspace.modals(user).at(-1); top !== undefined; top = workspace.modals(user).at(-1))
    await workspace.closeView({ user, viewId: top.id });
}
