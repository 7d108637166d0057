import { isRecord } from './json.ts';
import type { IdSource } from './identity.ts';
import { LIMITS, type LimitName } from './limits.ts';
import type { Problem } from './schema.ts';
import { elementsOf, validateBlocks } from './validate-blocks.ts';
import type { Ephemeral, PostedMessage } from './workspace.ts';
import type { World } from './world.ts';

/** Putting messages into channels: what is refused, what Slack adds, what is stored. */

export type Refusal = { ok: false; error: string } & Record<string, unknown>;
export type Content = { text: string; blocks?: unknown[]; metadata?: unknown };

export function refuse(error: string, more: Record<string, unknown> = {}): Refusal {
  return { ok: false, error, ...more };
}

const spoken = ({ message, pointer }: Problem): string => `${message} [json-pointer:${pointer}]`;

/** Problems in the shape that Slack reports them. `errors` is what chat.* has besides the messages. */
export function refuseWithProblems(error: string, problems: readonly Problem[]): Refusal {
  const lines = problems.map(spoken);
  return refuse(error, {
    ...(error === 'invalid_blocks' ? { errors: lines } : {}),
    response_metadata: { messages: lines.map((line) => `[ERROR] ${line}`) },
  });
}

/** Slack names every block, and every element in it that can be acted on, and fills in the defaults of text objects. */
export function completeBlocks(blocks: readonly unknown[], ids: IdSource): unknown[] {
  return blocks.map(fillText).map((block) => {
    if (!isRecord(block)) return block;
    for (const { element } of elementsOf(block, '')) {
      const passive =
        ['image', 'plain_text', 'mrkdwn'].includes(String(element.type)) ||
        (String(element.type).startsWith('rich_text_') && element.type !== 'rich_text_input');
      if (!passive && element.action_id === undefined) element.action_id = ids.short();
    }
    if (block.block_id === undefined) block.block_id = ids.short();
    return block;
  });
}

function fillText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fillText);
  if (!isRecord(value)) return value;
  const filled = Object.fromEntries(Object.entries(value).map(([key, child]) => [key, fillText(child)]));
  if (value.type === 'plain_text' && typeof value.text === 'string') return { emoji: true, ...filled };
  if (value.type === 'mrkdwn' && typeof value.text === 'string') return { verbatim: false, ...filled };
  return filled;
}

function checkMetadata(metadata: unknown): Refusal | null {
  if (!isRecord(metadata)) return refuse('invalid_metadata_format');
  if (Object.keys(metadata).length === 0) return null;
  const { event_type: type, event_payload: payload } = metadata;
  if (typeof type !== 'string' || !isRecord(payload)) return refuse('invalid_metadata_schema');
  if (type.length < LIMITS.metadataEventType.min || type.length > LIMITS.metadataEventType.max)
    return refuse('invalid_metadata_schema');
  return Buffer.byteLength(JSON.stringify(metadata)) > LIMITS.metadataBytes.max ? refuse('metadata_too_large') : null;
}

/** What a message would hold, or why Slack refuses it. */
export function readContent(
  world: World,
  raw: { text: unknown; blocks: unknown; metadata: unknown },
  textLimit: LimitName,
): { content: Partial<Content> } | { refusal: Refusal } {
  const content: Partial<Content> = {};
  if (raw.text !== undefined) {
    const text = typeof raw.text === 'number' ? String(raw.text) : raw.text;
    if (typeof text !== 'string') return { refusal: refuse('invalid_arguments') };
    if (text.length > LIMITS[textLimit].max) return { refusal: refuse('msg_too_long') };
    content.text = text;
  }
  if (raw.blocks !== undefined) {
    if (!Array.isArray(raw.blocks)) return { refusal: refuse('invalid_blocks_format') };
    const problems = validateBlocks(raw.blocks, 'message', world.grants.scopes);
    if (problems.length > 0) return { refusal: refuseWithProblems('invalid_blocks', problems) };
    content.blocks = completeBlocks(raw.blocks, world.ids);
  }
  if (raw.metadata !== undefined) {
    const refusal = checkMetadata(raw.metadata);
    if (refusal !== null) return { refusal };
    content.metadata = raw.metadata;
  }
  return { content };
}

export function hasSomethingToShow(content: Partial<Content>): boolean {
  return (content.text ?? '') !== '' || (content.blocks?.length ?? 0) > 0;
}

/** Adds a message by the bot, or by `author`. */
export function post(
  world: World,
  channel: string,
  content: Partial<Content>,
  more: { threadTs?: string; author?: string } = {},
): PostedMessage {
  const byBot = more.author === undefined;
  const message: PostedMessage = {
    channel,
    ts: world.nextTs(channel),
    user: more.author ?? world.credentials.botUserId,
    text: content.text ?? '',
    ...(byBot ? { bot_id: world.credentials.botId } : {}),
    ...(content.blocks !== undefined && content.blocks.length > 0 ? { blocks: content.blocks } : {}),
    ...(content.metadata !== undefined ? { metadata: content.metadata } : {}),
    ...(more.threadTs !== undefined ? { thread_ts: more.threadTs } : {}),
  };
  const there = world.messages.get(channel);
  if (there === undefined) world.messages.set(channel, [message]);
  else there.push(message);
  world.changed();
  return message;
}

/** Changes what is given and keeps the rest, as chat.update does; an empty list or object removes. */
export function revise(world: World, message: PostedMessage, content: Partial<Content>): void {
  if (content.text !== undefined) message.text = content.text;
  if (content.blocks !== undefined) {
    if (content.blocks.length > 0) message.blocks = content.blocks;
    else delete message.blocks;
  }
  if (content.metadata !== undefined) {
    if (isRecord(content.metadata) && Object.keys(content.metadata).length > 0) message.metadata = content.metadata;
    else delete message.metadata;
  }
  message.edited = { ts: `${Math.floor(world.now() / 1000)}.000000` };
  world.changed();
}

export function whisper(world: World, channel: string, user: string, content: Partial<Content>): Ephemeral {
  const ephemeral: Ephemeral = {
    id: world.ids.id('E'),
    channel,
    user,
    text: content.text ?? '',
    ts: world.nextTs(channel),
    ...(content.blocks !== undefined && content.blocks.length > 0 ? { blocks: content.blocks } : {}),
  };
  world.ephemerals.push(ephemeral);
  world.changed();
  return ephemeral;
}

/** A message as the Web API and payloads show it. */
export function presentMessage(world: World, message: PostedMessage): Record<string, unknown> {
  const { channel: _channel, metadata: _metadata, deleted: _deleted, bot_id: botId, ...rest } = message;
  return {
    type: 'message',
    ...rest,
    team: world.credentials.teamId,
    ...(botId !== undefined ? { bot_id: botId, app_id: world.credentials.appId } : {}),
    ...(message.edited !== undefined ? { edited: { user: message.user, ts: message.edited.ts } } : {}),
  };
}
