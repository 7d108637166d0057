import type { Command, Person } from './content.ts';

/** `onEnter`: Enter takes it, too; otherwise only Tab does, since the line may be meant as it is. */
export type Suggestion = { insert: string; label: string; note: string; onEnter: boolean };

/**
 * What a line that begins with `/` can become. The words after a command come from its usage hint in the manifest:
 * `[status | pause NAME | help]` offers three.
 */
export function suggestions(commands: Command[], written: string): Suggestion[] {
  if (!written.startsWith('/') || written.includes('\n')) return [];
  const [word = '', ...rest] = written.split(' ');
  if (rest.length === 0) {
    return commands
      .filter(({ command }) => command.startsWith(word))
      .map(({ command, description, usageHint }) => ({
        insert: `${command} `,
        label: `${command} ${usageHint}`.trim(),
        note: description,
        onEnter: true,
      }));
  }
  const command = commands.find((candidate) => candidate.command === word);
  const typed = rest.join(' ');
  return alternatives(command?.usageHint ?? '')
    .filter((alternative) => alternative.startsWith(typed) && alternative !== typed)
    .map((alternative) => ({
      insert: `${word} ${alternative.replace(/[[<{].*$|\b[A-Z]{2,}.*$/, '')}`,
      label: `${word} ${alternative}`,
      note: '',
      onEnter: false,
    }));
}

/** People and apps for the `@…` at the end of a line. */
export function mentions(users: Person[], written: string): Suggestion[] {
  const at = /(?:^|\s)@([\w.-]*)$/.exec(written);
  if (at === null) return [];
  const typed = (at[1] ?? '').toLowerCase();
  return users
    .filter(
      ({ name, realName }) => name !== typed && (name.startsWith(typed) || realName.toLowerCase().startsWith(typed)),
    )
    .map(({ name, realName, isBot }) => ({
      insert: `${written.slice(0, written.length - typed.length)}${name} `,
      label: realName,
      note: isBot ? 'app' : `@${name}`,
      onEnter: true,
    }));
}

/** The parts of a hint between bars; where bars have spaces around them, those without (`NAME|all`) are one part. */
function alternatives(hint: string): string[] {
  const inner = hint.trim().replace(/^\[(.*)\]$/, '$1');
  return inner
    .split(/\s\|\s/.test(inner) ? /\s\|\s/ : '|')
    .map((part) => part.trim())
    .filter(Boolean);
}
