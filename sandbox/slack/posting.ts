import { elementsOf, everyBlock } from './block-elements.ts';
import type { IdSource } from './identity.ts';
import { isRecord } from './json.ts';
import { LIMITS, type LimitName } from './limits.ts';
import type { Problem } from './schema.ts';
import { hasPicture } from './uploads.ts';
import { validateBlocks } from './validate-blocks.ts';
import type { Ephemeral, PostedMessage, SharedFile } from './workspace.ts';
import { type Conversation, type World, seconds } from './world.ts';

/** Putting messages into channels: what is refused, what Slack adds, what is stored. */

export type Refusal = { ok: false; error: string } & Record<string, unknown>;
export type Content = { text: string; blocks?: unknown[]; attachments?: unknown[]; metadata?: unknown };

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

/** `invalid_arguments` with what is wrong with them. */
export const refuseArguments = (...problems: readonly Problem[]): Refusal =>
  refuseWithProblems('invalid_arguments', problems);

/** Slack names every block, and every element in it that can be used, and fills in the defaults of text objects. */
export function completeBlocks(blocks: readonly unknown[], ids: IdSource): unknown[] {
  const filled = blocks.map(fillText);
  for (const { block } of everyBlock(filled)) {
    for (const { element } of elementsOf(block, ''))
      if (element.action_id === undefined) element.action_id = ids.short();
    if (block.block_id === undefined) block.block_id = ids.short();
  }
  return filled;
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

function readBlocks(world: World, raw: unknown, at: string): { blocks: unknown[] } | { refusal: Refusal } {
  if (!Array.isArray(raw)) return { refusal: refuse('invalid_blocks_format') };
  const problems = validateBlocks(raw, 'message', world.grants.scopes, {
    hasPicture: (reference) => hasPicture(world, reference),
    at,
  });
  if (problems.length > 0) return { refusal: refuseWithProblems('invalid_blocks', problems) };
  return { blocks: completeBlocks(raw, world.ids) };
}

/** Attachments are the old way to lay out a message; their blocks are held to the same rules. */
function readAttachments(world: World, raw: unknown): { attachments: unknown[] } | { refusal: Refusal } {
  if (!Array.isArray(raw) || !raw.every(isRecord)) return { refusal: refuse('invalid_attachments') };
  if (raw.length > LIMITS.attachments.max) return { refusal: refuse('too_many_attachments') };
  const attachments: unknown[] = [];
  for (const [index, attachment] of raw.entries()) {
    const shown = { id: index + 1, ...attachment };
    if (attachment.blocks === undefined) {
      attachments.push(shown);
      continue;
    }
    const read = readBlocks(world, attachment.blocks, `/attachments/${index}/blocks`);
    if ('refusal' in read) return read;
    attachments.push({ ...shown, blocks: read.blocks });
  }
  return { attachments };
}

/** What a message would hold, or why Slack refuses it. */
export function readContent(
  world: World,
  raw: { text: unknown; blocks: unknown; metadata: unknown; attachments?: unknown },
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
    const read = readBlocks(world, raw.blocks, '/blocks');
    if ('refusal' in read) return read;
    content.blocks = read.blocks;
  }
  if (raw.attachments !== undefined) {
    const read = readAttachments(world, raw.attachments);
    if ('refusal' in read) return read;
    content.attachments = read.attachments;
  }
  if (raw.metadata !== undefined) {
    const refusal = checkMetadata(raw.metadata);
    if (refusal !== null) return { refusal };
    content.metadata = raw.metadata;
  }
  return { content };
}

export function hasSomethingToShow(content: Partial<Content>): boolean {
  return (content.text ?? '') !== '' || [content.blocks, content.attachments].some((list) => (list?.length ?? 0) > 0);
}

const filledLists = ({ blocks, attachments }: Partial<Content>) => ({
  ...(blocks !== undefined && blocks.length > 0 ? { blocks } : {}),
  ...(attachments !== undefined && attachments.length > 0 ? { attachments } : {}),
});

/** Adds a message by the bot, or by `author`. */
export function post(
  world: World,
  channel: Conversation,
  content: Partial<Content>,
  more: {
    threadTs?: string;
    subtype?: NonNullable<PostedMessage['subtype']>;
    author?: string;
    files?: SharedFile[];
  } = {},
): PostedMessage {
  const byBot = more.author === undefined;
  const message: PostedMessage = {
    channel: channel.id,
    ts: world.nextTs(channel.id),
    user: more.author ?? world.credentials.botUserId,
    text: content.text ?? '',
    ...(byBot ? { bot_id: world.credentials.botId } : {}),
    ...filledLists(content),
    ...(more.files === undefined ? {} : { files: more.files }),
    ...(content.metadata !== undefined ? { metadata: content.metadata } : {}),
    ...(more.threadTs !== undefined ? { thread_ts: more.threadTs } : {}),
    ...(more.subtype !== undefined ? { subtype: more.subtype } : {}),
  };
  channel.log.add(message);
  world.changed();
  return message;
}

/** Changes what is given and keeps the rest, as chat.update does; an empty list or object removes. */
export function revise(world: World, message: PostedMessage, content: Partial<Content>): void {
  if (content.text !== undefined) message.text = content.text;
  for (const key of ['blocks', 'attachments'] as const) {
    const given = content[key];
    if (given === undefined) continue;
    if (given.length > 0) message[key] = given;
    else delete message[key];
  }
  if (content.metadata !== undefined) {
    if (isRecord(content.metadata) && Object.keys(content.metadata).length > 0) message.metadata = content.metadata;
    else delete message.metadata;
  }
  message.edited = { ts: `${seconds(world)}.000000` };
  world.changed();
}

export function removeMessage(world: World, message: PostedMessage): void {
  message.deleted = true;
  world.conversations.get(message.channel)?.log.remove(message);
  world.changed();
}

/** A person sees the latest; Slack's client forgets all of them when it is opened anew. */
const KEPT_EPHEMERALS = 200;

export function whisper(
  world: World,
  channel: string,
  user: string,
  content: Partial<Content>,
  threadTs?: string,
): Ephemeral {
  const ephemeral: Ephemeral = {
    id: world.ids.id('E'),
    channel,
    user,
    text: content.text ?? '',
    ts: world.nextTs(channel),
    ...filledLists(content),
    ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
  };
  const shown = world.ephemerals.get(user) ?? [];
  shown.push(ephemeral);
  if (shown.length > KEPT_EPHEMERALS) shown.shift();
  world.ephemerals.set(user, shown);
  world.changed();
  return ephemeral;
}
