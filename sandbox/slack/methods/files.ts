import { type Args, jsonArg, type Method, type Reply, scoped, textArg } from '../call.ts';
import { records, stringAt } from '../json.ts';
import { type Content, post, readContent, refuse, refuseArguments } from '../posting.ts';
import { keepUpload, presentFile, sharedFile } from '../uploads.ts';
import { type Conversation, isMember, type UploadedFile, type World } from '../world.ts';

/** Uploads in three steps (https://docs.slack.dev/messaging/working-with-files#uploading_files), and what is known of files. */

function getUploadUrl(args: Args, world: World): Reply {
  const length = Number(textArg(args, 'length'));
  if (!Number.isInteger(length) || length <= 0)
    return refuseArguments({ message: 'must be greater than 0', pointer: '/length' });
  const file = keepUpload(world, {
    name: textArg(args, 'filename') ?? '',
    user: world.credentials.botUserId,
    length,
    altText: textArg(args, 'alt_text'),
  });
  return { ok: true, upload_url: `${world.baseUrl()}/slack/upload/${file.id}`, file_id: file.id };
}

function uploadsNamed(args: Args, world: World): UploadedFile[] | null {
  const wanted = records(jsonArg(args, 'files'));
  const files = wanted.map((entry) => {
    const file = world.files.get(stringAt(entry, 'id') ?? '');
    if (file === undefined || file.bytes === null) return null;
    file.title = stringAt(entry, 'title') ?? file.name;
    return file;
  });
  return files.every((file) => file !== null) ? files : null;
}

/** What is said with the files: a comment, or blocks, not both. */
function introduction(args: Args, world: World): { content: Partial<Content> } | { refusal: Reply } {
  const text = textArg(args, 'initial_comment') ?? undefined;
  const blocks = jsonArg(args, 'blocks');
  if (text !== undefined && blocks !== undefined)
    return { refusal: refuseArguments({ message: 'give either initial_comment or blocks', pointer: '/blocks' }) };
  return readContent(world, { text, blocks, metadata: undefined }, 'messageText');
}

function completeUpload(args: Args, world: World): Reply {
  const files = uploadsNamed(args, world);
  if (files === null) return refuse('file_not_found');
  if (files.length === 0) return refuseArguments({ message: 'no less than 1 items allowed', pointer: '/files' });
  const said = introduction(args, world);
  if ('refusal' in said) return said.refusal;
  const reference = textArg(args, 'channel_id');
  const channel = reference === null ? null : world.conversations.get(reference);
  if (channel === undefined) return refuse('channel_not_found');
  if (channel !== null && !isMember(world, channel)) return refuse('not_in_channel');
  if (channel?.is_archived === true) return refuse('is_archived');
  for (const file of files) file.complete = true;
  if (channel !== null) {
    const refused = share(args, world, channel, files, said.content);
    if (refused !== null) return refused;
  }
  return { ok: true, files: files.map((file) => presentFile(world, file)) };
}

function share(
  args: Args,
  world: World,
  channel: Conversation,
  files: readonly UploadedFile[],
  content: Partial<Content>,
): Reply | null {
  const threadTs = textArg(args, 'thread_ts');
  if (threadTs !== null && channel.log.find(threadTs) === null) return refuse('thread_not_found');
  for (const file of files) file.channels.push(channel.id);
  post(world, channel, content, { files: files.map(sharedFile), ...(threadTs === null ? {} : { threadTs }) });
  return null;
}

/** Takes the bytes that the app sends to an upload URL; null when there is no such upload, or its length is not what was said. */
export function receiveUpload(world: World, fileId: string, bytes: Buffer): string | null {
  const file = world.files.get(fileId);
  if (file === undefined || file.bytes !== null || file.length !== bytes.length) return null;
  file.bytes = bytes;
  return `OK - ${bytes.length}`;
}

/** A file that the bot may see: its own, or one that was shared where it is. */
function visible(args: Args, world: World): UploadedFile | null {
  const file = world.files.get(textArg(args, 'file') ?? '');
  return file !== undefined && file.complete && maySee(world, file) ? file : null;
}

function maySee(world: World, file: UploadedFile): boolean {
  if (file.user === world.credentials.botUserId) return true;
  return file.channels.some((id) => {
    const channel = world.conversations.get(id);
    return channel !== undefined && (!channel.is_private || isMember(world, channel));
  });
}

function info(args: Args, world: World): Reply {
  const file = visible(args, world);
  if (file === null) return refuse('file_not_found');
  return { ok: true, file: presentFile(world, file), comments: [], response_metadata: { next_cursor: '' } };
}

/** Pages by number, as the older methods do. */
function list(args: Args, world: World): Reply {
  const [channel, user] = [textArg(args, 'channel'), textArg(args, 'user')];
  if (channel !== null && !world.conversations.has(channel)) return refuse('channel_not_found');
  const from = Number(textArg(args, 'ts_from') ?? 0);
  const to = Number(textArg(args, 'ts_to') ?? Number.POSITIVE_INFINITY);
  const found = [...world.files.values()]
    .filter((file) => file.complete && maySee(world, file))
    .filter((file) => channel === null || file.channels.includes(channel))
    .filter((file) => user === null || file.user === user)
    .filter(({ created }) => created >= from && created <= to)
    .toReversed();
  const count = Math.max(1, Number(textArg(args, 'count') ?? 100) || 100);
  const page = Math.max(1, Number(textArg(args, 'page') ?? 1) || 1);
  return {
    ok: true,
    files: found.slice((page - 1) * count, page * count).map((file) => presentFile(world, file)),
    paging: { count, total: found.length, page, pages: Math.ceil(found.length / count) },
  };
}

function remove(args: Args, world: World): Reply {
  const file = visible(args, world);
  if (file === null) return refuse('file_not_found');
  if (file.user !== world.credentials.botUserId) return refuse('cant_delete_file');
  world.files.delete(file.id);
  for (const id of file.channels)
    for (const message of world.conversations.get(id)?.log.messages ?? [])
      if (message.files !== undefined) message.files = message.files.filter((shared) => shared.id !== file.id);
  world.changed();
  return { ok: true };
}

export const FILE_METHODS: Record<string, Method> = {
  'files.getUploadURLExternal': {
    token: 'bot',
    tier: 'tier4',
    scope: scoped('files:write'),
    requires: ['filename', 'length'],
    formOnly: true,
    run: getUploadUrl,
  },
  'files.completeUploadExternal': {
    token: 'bot',
    tier: 'tier4',
    scope: scoped('files:write'),
    requires: ['files'],
    durable: true,
    run: completeUpload,
  },
  'files.info': {
    token: 'bot',
    tier: 'tier4',
    scope: scoped('files:read'),
    requires: ['file'],
    formOnly: true,
    run: info,
  },
  'files.list': { token: 'bot', tier: 'tier3', scope: scoped('files:read'), formOnly: true, run: list },
  'files.delete': {
    token: 'bot',
    tier: 'tier3',
    scope: scoped('files:write'),
    requires: ['file'],
    durable: true,
    run: remove,
  },
};
