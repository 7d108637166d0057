import type { ActionsBlock, KnownBlock } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { Log, PostResult, SlackMessage, SlackSurface } from '../engine/context.ts';
import { actions } from './action-ids.ts';
import { renderCard } from './cards/card.ts';
import { budgets } from './limits.ts';
import { renderDigest } from './messages/digest-message.ts';
import { renderNotice } from './messages/notice-message.ts';
import { richText, section, words } from './rich-text.ts';
import { failureOf, type Failure, slackCode } from './slack-errors.ts';
import { cutPlain } from './text.ts';

export const POST_EVENT_TYPE = 'countersign_post';
/** Slack's clock and ours may differ; a post is looked for from so much earlier on. */
const CLOCK_SKEW_MS = 5 * 60_000;
const PAGE = 200;
const MOST_PAGES = 25;

/** Refusals that are about what a message looks like, not about where it goes. */
const LOOKS = new Set(['invalid_blocks', 'invalid_blocks_format', 'msg_blocks_too_long', 'msg_too_long']);

/** Slack as the engine sees it. `delivery` never retries; every failure is sorted, none is thrown. */
export function createSlackSurface(deps: { delivery: WebClient; botUserId: string; log: Log }): SlackSurface {
  const { delivery, botUserId, log } = deps;
  return {
    render: { card: renderCard, digest: renderDigest, notice: renderNotice },
    post: (channel, message, marker) => {
      const metadata = { event_type: POST_EVENT_TYPE, event_payload: { marker } };
      return withFallback(message, log, async ({ text, blocks }) => {
        const answer = await delivery.chat.postMessage({
          channel,
          text,
          blocks,
          metadata,
          unfurl_links: false,
          unfurl_media: false,
        });
        return place(answer, channel);
      });
    },
    async update(channel, ts, message) {
      const answer = await withFallback(message, log, async ({ text, blocks }) =>
        place(await delivery.chat.update({ channel, ts, text, blocks }), channel, ts),
      );
      // Doing it twice shows the same message, so an answer that was lost is no reason to stop.
      return answer.type === 'unknown' ? { type: 'later', afterMs: 1_000, detail: answer.detail } : answer;
    },
    find: (channel, marker, after) => findPost({ delivery, botUserId, log }, channel, marker, after),
  };
}

type Sent = { text: string; blocks: KnownBlock[] };

type Answer = Extract<PostResult, { type: 'posted' }> | Failure;

function place(answer: { channel?: string; ts?: string }, channel: string, ts?: string): Answer {
  const at = answer.ts ?? ts;
  if (at === undefined) return { type: 'unknown', detail: 'Slack answered without a timestamp' };
  return { type: 'posted', channel: answer.channel ?? channel, ts: at };
}

/**
 * One call; where Slack surely refused it for its looks, a second one with a plain form of the same message, so that no
 * decision is stuck behind a layout. The plain form has no one-click approval, since it may not show everything.
 */
async function withFallback(
  message: SlackMessage,
  log: Log,
  call: (sent: Sent) => Promise<Answer>,
): Promise<PostResult> {
  const first = await attempt({ text: message.text, blocks: message.blocks as KnownBlock[] }, call);
  if (first.type !== 'refused' || !LOOKS.has(first.code)) return result(first);
  log.error({ detail: first.detail }, 'Slack refused the layout of a message; it is shown plainly instead');
  return result(await attempt(plainForm(message), call));
}

async function attempt(sent: Sent, call: (sent: Sent) => Promise<Answer>): Promise<Answer> {
  try {
    return await call(sent);
  } catch (error) {
    return failureOf(error);
  }
}

function result(answer: Answer): PostResult {
  if (answer.type !== 'refused') return answer;
  return { type: answer.code === 'message_not_found' ? 'gone' : 'refused', detail: answer.detail };
}

function plainForm({ text, blocks }: SlackMessage): Sent {
  const rows = (blocks as KnownBlock[]).filter((block): block is ActionsBlock => block.type === 'actions');
  const kept = rows
    .map((row) => ({ ...row, elements: row.elements.filter((element) => element.action_id !== actions.approve) }))
    .filter((row) => row.elements.length > 0);
  return {
    text: cutPlain(text, budgets.fallbackText).text,
    blocks: [...richText(section(words(unescape(text)))), ...kept],
  };
}

function unescape(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

type Finder = { delivery: WebClient; botUserId: string; log: Log };

/** Whether a post whose answer was lost stands there. Needs optional scopes; without them nobody may look. */
async function findPost(
  finder: Finder,
  channel: string,
  marker: string,
  after: Date,
): Promise<{ channel: string; ts: string } | null | 'unknown'> {
  try {
    const id = await channelId(finder.delivery, channel);
    if (id === null) return 'unknown';
    const oldest = String((after.getTime() - CLOCK_SKEW_MS) / 1000);
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const history = await finder.delivery.conversations.history({
        channel: id,
        oldest,
        limit: PAGE,
        include_all_metadata: true,
        ...(cursor ? { cursor } : {}),
      });
      // Any app may write metadata; only our own posts count.
      const found = history.messages?.find(
        (message) => message.user === finder.botUserId && markerOf(message.metadata) === marker,
      );
      if (found?.ts !== undefined) return { channel: id, ts: found.ts };
      cursor = history.response_metadata?.next_cursor || undefined;
      if (cursor === undefined) return null;
    }
    return 'unknown';
  } catch (error) {
    const code = slackCode(error);
    if (code !== 'missing_scope')
      finder.log.warn({ channel, detail: failureOf(error).detail }, 'could not look for a post whose answer was lost');
    return 'unknown';
  }
}

function markerOf(metadata: unknown): unknown {
  if (typeof metadata !== 'object' || metadata === null) return undefined;
  const { event_type: type, event_payload: payload } = metadata as {
    event_type?: unknown;
    event_payload?: { marker?: unknown };
  };
  return type === POST_EVENT_TYPE ? payload?.marker : undefined;
}

/** `#name` → id, as history takes ids only; null when there is no such channel to be seen. */
async function channelId(delivery: WebClient, channel: string): Promise<string | null> {
  if (!channel.startsWith('#')) return channel;
  const name = channel.slice(1);
  for (const types of ['public_channel', 'private_channel']) {
    let cursor: string | undefined;
    do {
      const answer = await delivery.conversations.list({
        types,
        limit: 1_000,
        exclude_archived: true,
        ...(cursor ? { cursor } : {}),
      });
      const found = answer.channels?.find((candidate) => candidate.name === name);
      if (found?.id !== undefined) return found.id;
      cursor = answer.response_metadata?.next_cursor || undefined;
    } while (cursor !== undefined);
  }
  return null;
}
