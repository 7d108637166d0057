import { extname } from 'node:path';
import type { SharedFile } from './workspace.ts';
import { seconds, type UploadedFile, type World } from './world.ts';

/** Files that were uploaded, by the app or by a person: https://docs.slack.dev/messaging/working-with-files */

const MIMETYPES: Record<string, string> = {
  '.csv': 'text/csv',
  '.gif': 'image/gif',
  '.html': 'text/html',
  '.ics': 'text/calendar',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.json': 'application/json',
  '.md': 'text/markdown',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.webp': 'image/webp',
  '.zip': 'application/zip',
};

/** Pictures that Slack shows in blocks. */
const SHOWN = new Set(['image/png', 'image/jpeg', 'image/gif']);

const fileUrl = (world: World, id: string): string => `${world.baseUrl()}/slack/files/${id}`;

export function keepUpload(
  world: World,
  about: { name: string; user: string; length: number; bytes?: Buffer; altText?: string | null },
): UploadedFile {
  const id = world.ids.id('F');
  const file: UploadedFile = {
    id,
    name: about.name,
    title: about.name,
    mimetype: MIMETYPES[extname(about.name).toLowerCase()] ?? 'application/octet-stream',
    altText: about.altText ?? null,
    user: about.user,
    created: seconds(world),
    length: about.length,
    bytes: about.bytes ?? null,
    complete: about.bytes !== undefined,
    channels: [],
  };
  world.files.set(id, file);
  return file;
}

export function sharedFile({ id, name, title, mimetype }: UploadedFile): SharedFile {
  return { id, name, title, mimetype };
}

/** A file object (https://docs.slack.dev/reference/objects/file-object). */
export function presentFile(world: World, file: UploadedFile): Record<string, unknown> {
  return {
    id: file.id,
    created: file.created,
    timestamp: file.created,
    name: file.name,
    title: file.title,
    mimetype: file.mimetype,
    filetype: extname(file.name).slice(1).toLowerCase() || 'binary',
    mode: 'hosted',
    user: file.user,
    user_team: world.credentials.teamId,
    size: file.bytes?.length ?? file.length,
    is_external: false,
    is_public: file.channels.some((channel) => world.conversations.get(channel)?.is_private === false),
    channels: file.channels.filter((channel) => world.conversations.get(channel)?.is_private === false),
    groups: file.channels.filter((channel) => world.conversations.get(channel)?.is_private === true),
    ims: [],
    ...(file.altText === null ? {} : { alt_txt: file.altText }),
    permalink: fileUrl(world, file.id),
    url_private: fileUrl(world, file.id),
    url_private_download: fileUrl(world, file.id),
  };
}

/** Whether a `slack_file` names a picture that can be shown, by its id or its address. */
export function hasPicture(world: World, reference: string): boolean {
  const id = reference.startsWith('http') ? (reference.split('/').at(-1) ?? '') : reference;
  const file = world.files.get(id);
  return file !== undefined && file.complete && SHOWN.has(file.mimetype);
}
