import { isRecord } from './json.ts';

type ManifestCommand = { command: string; description: string; usage_hint?: string; should_escape: boolean };

/** What the manifest grants; everything else is refused. */
export type Grants = {
  name: string;
  scopes: ReadonlySet<string>;
  commands: readonly ManifestCommand[];
  events: ReadonlySet<string>;
  interactivity: boolean;
  homeTab: boolean;
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
  return {
    name: typeof displayName === 'string' ? displayName : 'app',
    scopes: new Set(
      [...strings(scopes.bot), ...strings(scopes.bot_optional)].filter((scope) => !refusedScopes.includes(scope)),
    ),
    commands: commands.map(readCommand),
    events: new Set(strings(record(settings.event_subscriptions).bot_events)),
    interactivity: record(settings.interactivity).is_enabled === true,
    homeTab: record(features.app_home).home_tab_enabled === true,
  };
}
