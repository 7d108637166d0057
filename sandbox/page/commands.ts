import type { Command } from './client/content.ts';

/** What the page needs of the manifest: the app's name and its commands, for completion. */
export function readCommands(manifest: unknown): { appName: string; commands: Command[] } {
  const features = at(manifest, 'features');
  const name = at(at(features, 'bot_user'), 'display_name') ?? at(at(manifest, 'display_information'), 'name');
  const commands = at(features, 'slash_commands');
  return {
    appName: typeof name === 'string' ? name : 'App',
    commands: (Array.isArray(commands) ? commands : []).flatMap((command: unknown) => {
      const word = at(command, 'command');
      if (typeof word !== 'string') return [];
      return [
        { command: word, description: text(at(command, 'description')), usageHint: text(at(command, 'usage_hint')) },
      ];
    }),
  };
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
