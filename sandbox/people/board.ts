import type { PostedMessage, SlackChannel, SlackWorkspace } from '../slack/workspace.ts';
import { drawFor } from './chance.ts';
import { type Card, type Member, takeOffDesk } from './desk.ts';
import { asks, labelsOn, readCard } from './review-card.ts';
import { noticingMinutes } from './review-habits.ts';
import type { Story } from './story.ts';
import { afterWork } from './working-hours.ts';

type Options = { seed: number; slack: SlackWorkspace; now: () => number; story: Story };

/** What teammates see of the workspace: new cards come onto their desks, and cards that ask no more leave them. */
export type Board = { look(): void };

export function createBoard(options: Options, members: readonly Member[]): Board {
  const { slack, now } = options;
  /** By channel, the time of the newest message that was looked at. */
  const seen = new Map<string, number>();
  const cards = new Set<Card>();
  const unknown = new Set<string>();

  const notice = (channel: SlackChannel): void => {
    const colleagues = members.filter(({ id }) => channel.members.includes(id));
    if (colleagues.length === 0) return;
    const since = seen.get(channel.id) ?? 0;
    const messages = slack.messages(channel.id);
    seen.set(channel.id, Number(messages.at(-1)?.ts ?? since));
    // Newest last: what came since stands at the end, whatever is above it was seen before.
    const first = messages.findLastIndex(({ ts }) => Number(ts) <= since) + 1;
    for (const message of messages.slice(first)) {
      const asked = asks(message);
      if (asked === 'unknown') tellUnknown(options.story, unknown, colleagues, message);
      if (asked === 'verdict') cards.add(putOnDesks(options, message, colleagues));
    }
  };
  const clearAway = (): void => {
    for (const card of cards) {
      const { message } = card;
      if (message.deleted !== true && message.blocks === card.blocks) continue;
      card.blocks = message.blocks;
      if (asks(message) === 'verdict') continue;
      cards.delete(card);
      for (const member of members) takeOffDesk(member, card, now());
    }
  };
  return {
    look: () => {
      for (const channel of slack.channels()) notice(channel);
      clearAway();
    },
  };
}

function putOnDesks({ seed, now }: Options, message: PostedMessage, members: readonly Member[]): Card {
  const card: Card = {
    ...readCard(message),
    key: message.text,
    message,
    blocks: message.blocks,
    doneBy: new Set(),
  };
  for (const member of members) {
    const minutes = noticingMinutes(member.habits, drawFor(seed, member.handle, card.key));
    member.desk.set(card, afterWork(now(), minutes, member.habits.hours));
  }
  return card;
}

/** Said once for each set of buttons, or the story would be about nothing else. */
function tellUnknown(story: Story, told: Set<string>, members: readonly Member[], message: PostedMessage): void {
  const labels = labelsOn(message).join(', ');
  if (told.has(labels)) return;
  told.add(labels);
  for (const { name } of members) story.tell(name, `left a message alone whose buttons are new: ${labels}`);
}
