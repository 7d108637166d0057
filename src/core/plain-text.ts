/**
 * Characters that a reader cannot see but a machine can: zero-width, bidirectional controls, tag characters, soft hyphens,
 * control characters other than line feed. Zero-width joiner stays between emoji, where it is part of the picture.
 */
const INVISIBLE =
  // biome-ignore lint: control characters are what this expression is about
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]|(?<!\p{Extended_Pictographic}\ufe0f?)\u200d/gu;

/**
 * The text a person sees, and nothing else: CRLF and CR become LF, tabs a blank, invisible characters go. Applied before a
 * text is hashed or stored, so that what was shown, approved and sent is one text.
 */
export function plainText(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/\t/g, ' ').replace(INVISIBLE, '');
}

/** One line of it: line breaks become blanks, runs of blanks one, ends trimmed. For subjects and names. */
export function oneLine(text: string): string {
  return plainText(text.replace(/[\r\n\u2028\u2029]+/g, ' ')).replace(/\s+/g, ' ').trim();
}
