import type { ChannelSummary, Json, WorkspaceContent } from './content.ts';
import { record, records, text, texts, words } from './fields.ts';

export type Option = { value: string; label: string; description: string; group: string; rich: unknown };

/** What a menu offers: its own options, or people, or channels. */
export function optionsOf(element: Json, workspace: WorkspaceContent | null): Option[] {
  const type = text(element['type']);
  const channels = workspace?.channels ?? [];
  if (type.includes('users_select'))
    return (workspace?.users ?? []).filter((user) => !user.isBot).map((user) => plain(user.id, user.realName));
  if (type.includes('channels_select'))
    return channels.filter(({ kind, isPrivate }) => kind === 'channel' && !isPrivate).map(optionFor(workspace));
  if (type.includes('conversations_select')) return conversations(element, channels).map(optionFor(workspace));
  const groups = records(element['option_groups']).flatMap((group) =>
    records(group['options']).map((option) => shaped(option, words(group['label']))),
  );
  return [...records(element['options']).map((option) => shaped(option, '')), ...groups];
}

const optionFor =
  (workspace: WorkspaceContent | null) =>
  (channel: ChannelSummary): Option =>
    plain(channel.id, `${channel.kind === 'channel' ? '#' : ''}${conversationName(channel, workspace)}`);

/** Only the kinds that the element's `filter` asks for. */
function conversations(element: Json, channels: ChannelSummary[]): ChannelSummary[] {
  const include = texts(record(element['filter'])['include']);
  const kindOf = ({ kind, isPrivate }: ChannelSummary): string =>
    kind !== 'channel' ? kind : isPrivate ? 'private' : 'public';
  return channels.filter((channel) => include.length === 0 || include.includes(kindOf(channel)));
}

/** A channel's name, or who else is in a direct message. */
export function conversationName(channel: ChannelSummary, workspace: WorkspaceContent | null): string {
  if (channel.kind === 'channel' || workspace === null) return channel.name;
  const others = workspace.users.filter(({ id }) => id !== workspace.me && channel.members.includes(id));
  return others.map(({ realName }) => realName).join(', ') || 'You';
}

/** The values an element starts with. */
export function initialOf(element: Json): string[] {
  const single =
    record(element['initial_option'])['value'] ??
    element['initial_user'] ??
    element['initial_channel'] ??
    element['initial_conversation'];
  if (typeof single === 'string') return [single];
  const several = records(element['initial_options']).map((option) => text(option['value']));
  const ids = ['initial_users', 'initial_channels', 'initial_conversations'].flatMap((name) => texts(element[name]));
  return [...several, ...ids];
}

/** The options it starts with, for a menu whose other options only the app knows. */
export function initialOptions(element: Json): Option[] {
  return [...records([element['initial_option']]), ...records(element['initial_options'])].map((option) =>
    shaped(option, ''),
  );
}

export const plain = (value: string, label: string): Option => ({
  value,
  label,
  description: '',
  group: '',
  rich: null,
});

export function shaped(option: Json, group: string): Option {
  return {
    value: text(option['value']),
    label: words(option['text']),
    description: words(option['description']),
    group,
    rich: option['text'],
  };
}
