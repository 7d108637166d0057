/**
 * Characters that a reader cannot see but a machine can: zero-width, bidirectional controls, tag characters, variation
 * selectors, fillers, soft hyphens, control characters other than line feed, and halves of surrogate pairs (which
 * PostgreSQL would store as something else). Joiner and variation selector stay where they are part of a picture.
 */
const INVISIBLE =
  // biome-ignore lint: control characters are what this expression is about
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]|\p{Cs}|(?<![\p{Extended_Pictographic}0-9#*])\ufe0f|(?<!\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]?)\u200d|\u200d(?!\p{Extended_Pictographic})/gu;

/**
 * The text a person sees, and nothing else: every kind of line break becomes LF, tabs a blank, invisible characters go.
 * Applied before a text is hashed or stored, so that what was shown, approved and sent is one text. Idempotent.
 */
export function plainText(text: string): string {
  return text
    .replace(/\r\n?|[\u000b\u000c\u0085\u2028\u2029]/g, '\n')
    .replace(/\t/g, ' ')
    .replace(INVISIBLE, '');
}

/** One line of it: line breaks become blanks, runs of blanks one, ends trimmed. For subjects and names. */
export function oneLine(text: string): string {
  return plainText(text).replace(/\s+/g, ' ').trim();
}
