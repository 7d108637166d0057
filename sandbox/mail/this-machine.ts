/** The names under which this computer answers itself; the sandbox never goes anywhere else. */
const NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** True for an http(s) address on this machine, written without a trick (no user, no backslash). */
export function isLocal(url: string): boolean {
  if (!/^https?:\/\/[^\s\\@/?#]+(?:[/?#][^\s\\]*)?$/i.test(url) || !URL.canParse(url)) return false;
  return NAMES.has(new URL(url).hostname);
}
