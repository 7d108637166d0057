import type { Json, WorkspaceContent } from './content.ts';
import { record, records, text, texts, words } from './fields.ts';

export type Option = { value: string; label: string; description: string; group: string; rich: unknown };

/** What a menu offers: its own options, or people, or channels. */
export function optionsOf(element: Json, workspace: WorkspaceContent | null): Option[] {
  const type = text(element['type']);
  if (type.includes('users_select')) {
    const users = workspace?.users.filter((user) => !user.isBot) ?? [];
    return users.map((user) => plain(user.id, user.realName));
  }
  if (type.includes('channels_select') || type.includes('conversations_select'))
    return (workspace?.channels ?? []).map((channel) => plain(channel.id, `#${channel.name}`));
  const groups = records(element['option_groups']).flatMap((group) =>
    records(group['options']).map((option) => shaped(option, words(group['label']))),
  );
  return [...records(element['options']).map((option) => shaped(option, '')), ...groups];
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

const plain = (value: string, label: string): Option => ({ value, label, description: '', group: '', rich: null });

export function shaped(option: Json, group: string): Option {
  return {
    value: text(option['value']),
    label: words(option['text']),
    description: words(option['description']),
    group,
    rich: option['text'],
  };
}
