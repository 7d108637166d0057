import { isRecord, records, stringAt } from './json.ts';
import type { Shortcut } from './workspace.ts';

type ManifestCommand = { command: string; description: string; usage_hint?: string; should_escape: boolean };

/** What the manifest grants; everything else is refused. */
export type Grants = {
  name: string;
  scopes: ReadonlySet<string>;
  commands: readonly ManifestCommand[];
  shortcuts: readonly Shortcut[];
  events: ReadonlySet<string>;
  interactivity: boolean;
  /** Where external menus ask for their options over HTTP; sockets need no address. */
  optionsUrl: boolean;
  homeTab: boolean;
  /** Direct messages with the app: none, only from it, or both ways. */
  messagesTab: 'off' | 'read_only' | 'open';
};

const record = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {});
const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

function readCommand(value: unknown): ManifestCommand {
  const command = record(value);
  if (typeof command.command !== 'string' || !command.command.startsWith('/'))
    throw new Error(`manifest: features.slash_commands has an entry without a command: ${JSON.stringify(value)}`);
  return {
    command: command.command,
    description: typeof command.description === 'string' ? command.description : '',
    should_escape: command.should_escape === true,
    ...(typeof command.usage_hint === 'string' ? { usage_hint: command.usage_hint } : {}),
  };
}

function readShortcut(value: Record<string, unknown>): Shortcut {
  const name = stringAt(value, 'name');
  const callbackId = stringAt(value, 'callback_id');
  const { type } = value;
  if (name === null || callbackId === null || (type !== 'global' && type !== 'message'))
    throw new Error(`manifest: features.shortcuts has an entry that is none: ${JSON.stringify(value)}`);
  return { name, type, callbackId, description: stringAt(value, 'description') ?? '' };
}

function readMessagesTab(home: Record<string, unknown>): Grants['messagesTab'] {
  if (home.messages_tab_enabled === false) return 'off';
  return home.messages_tab_read_only_enabled === false ? 'open' : 'read_only';
}

/**
 * Reads a parsed `manifest.json` (https://docs.slack.dev/reference/app-manifest). `bot_optional` scopes count as granted
 * unless they stand in `refusedScopes`: the person who installs may leave those out.
 */
export function readManifest(manifest: unknown, refusedScopes: readonly string[] = []): Grants {
  if (!isRecord(manifest)) throw new Error('manifest: expected the parsed object of manifest.json');
  const features = record(manifest.features);
  const settings = record(manifest.settings);
  const scopes = record(record(manifest.oauth_config).scopes);
  const commands = Array.isArray(features.slash_commands) ? features.slash_commands : [];
  const displayName = record(features.bot_user).display_name ?? record(manifest.display_information).name;
  const interactivity = record(settings.interactivity);
  const home = record(features.app_home);
  return {
    name: typeof displayName === 'string' ? displayName : 'app',
    scopes: new Set(
      [...strings(scopes.bot), ...strings(scopes.bot_optional)].filter((scope) => !refusedScopes.includes(scope)),
    ),
    commands: commands.map(readCommand),
    shortcuts: records(features.shortcuts).map(readShortcut),
    events: new Set(strings(record(settings.event_subscriptions).bot_events)),
    interactivity: interactivity.is_enabled === true,
    optionsUrl: typeof interactivity.message_menu_options_url === 'string',
    homeTab: home.home_tab_enabled === true,
    messagesTab: readMessagesTab(home),
  };
}
