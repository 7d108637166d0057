import type { Command } from './content.ts';

export type Suggestion = { insert: string; label: string; note: string };

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
