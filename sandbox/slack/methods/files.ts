import { type Args, jsonArg, type Method, type Reply, scoped, textArg } from '../call.ts';
import { records, stringAt } from '../json.ts';
import { post, refuse } from '../posting.ts';
import { isMember, type UploadedFile, type World } from '../world.ts';

/** Uploads in three steps: https://docs.slack.dev/messaging/working-with-files#uploading_files */

function present(world: World, file: UploadedFile): Record<string, unknown> {
  return {
    id: file.id,
    name: file.name,
    title: file.title,
    size: file.bytes?.length ?? 0,
    user: world.credentials.botUserId,
    channels: file.channels,
    permalink: `${world.baseUrl()}/slack/files/${file.id}`,
    url_private: `${world.baseUrl()}/slack/files/${file.id}`,
  };
}

function getUploadUrl(args: Args, world: World): Reply {
  const filename = textArg(args, 'filename');
  const length = Number(textArg(args, 'length'));
  if (filename === null || !Number.isInteger(length) || length <= 0) return refuse('invalid_arguments');
  const id = world.ids.id('F');
  world.files.set(id, { id, name: filename, title: filename, length, bytes: null, channels: [] });
  return { ok: true, upload_url: `${world.baseUrl()}/slack/upload/${id}`, file_id: id };
}

function completeUpload(args: Args, world: World): Reply {
  const wanted = records(jsonArg(args, 'files'));
  if (wanted.length === 0) return refuse('invalid_arguments');
  const files: UploadedFile[] = [];
  for (const entry of wanted) {
    const file = world.files.get(stringAt(entry, 'id') ?? '');
    if (file === undefined || file.bytes === null) return refuse('file_not_found');
    file.title = stringAt(entry, 'title') ?? file.name;
    files.push(file);
  }
  const reference = textArg(args, 'channel_id');
  if (reference === null) return { ok: true, files: files.map((file) => present(world, file)) };
  const channel = world.conversations.get(reference);
  if (channel === undefined) return refuse('channel_not_found');
  if (!isMember(world, channel)) return refuse('not_in_channel');
  for (const file of files) file.channels.push(channel.id);
  const threadTs = textArg(args, 'thread_ts');
  const comment = textArg(args, 'initial_comment') ?? files.map((file) => file.title).join(', ');
  post(world, channel.id, { text: comment }, threadTs === null ? {} : { threadTs });
  return { ok: true, files: files.map((file) => present(world, file)) };
}

/** Takes the bytes that the app sends to an upload URL; null when there is no such upload. */
export function receiveUpload(world: World, fileId: string, bytes: Buffer): string | null {
  const file = world.files.get(fileId);
  if (file === undefined || file.bytes !== null) return null;
  file.bytes = bytes;
  return `OK - ${bytes.length}`;
}

export const FILE_METHODS: Record<string, Method> = {
  'files.getUploadURLExternal': { token: 'bot', tier: 'tier4', scope: scoped('files:write'), run: getUploadUrl },
  'files.completeUploadExternal': {
    token: 'bot',
    tier: 'tier4',
    scope: scoped('files:write'),
    durable: true,
    run: completeUpload,
  },
};
