/** Unfolded, not decoded; the name in lower case. */
export type MailHeader = { name: string; value: string };

/** As many as no honest mail has. */
const MAX_HEADERS = 500;
const MAX_IDS = 100;

/** The fields at the top of a text, up to its first empty line: of a mail, of a block of a report. */
export function headersOf(text: string): MailHeader[] {
  const found: MailHeader[] = [];
  for (const line of text.replace(/^\s*\n/, '').split(/\r?\n/)) {
    if (line.trim() === '' || found.length >= MAX_HEADERS) break;
    const last = found.at(-1);
    const at = line.indexOf(':');
    if (/^[ \t]/.test(line) && last) last.value = `${last.value} ${line.trim()}`;
    else if (at > 0) found.push({ name: line.slice(0, at).trim().toLowerCase(), value: line.slice(at + 1).trim() });
  }
  return found;
}

/** The first of that name; an empty text when there is none. */
export function headerValue(headers: readonly MailHeader[], name: string): string {
  return headers.find((header) => header.name === name)?.value ?? '';
}

/** `<id@host>` with its brackets, in their order, each once. */
export function messageIdsIn(text: string): string[] {
  const ids = [...text.slice(0, 50_000).matchAll(/<[^<>\s]{3,400}>/g)].map(([id]) => id);
  return [...new Set(ids)].slice(0, MAX_IDS);
}
