/**
 * Characters that a reader cannot see but a machine can: zero-width, bidirectional controls, tag characters, variation
 * selectors, fillers, soft hyphens, control characters other than line feed, and halves of surrogate pairs (which
 * PostgreSQL would store as something else). Joiner and variation selector stay where they are part of a picture.
 */
const INVISIBLE =
  /(?!\n)\p{Cc}|\p{Cs}|[\u2800\ufff9-\ufffb\ufffe\uffff]|(?!\u200d|\ufe0f)\p{Default_Ignorable_Code_Point}|(?<![\p{Extended_Pictographic}0-9#*])\ufe0f|(?<!\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?)\u200d|\u200d(?!\p{Extended_Pictographic})/gu;

/**
 * The text a person sees, and nothing else: every kind of line break becomes LF, tabs a blank, invisible characters go.
 * Applied before a text is hashed or stored, so that what was shown, approved and sent is one text. Idempotent.
 */
export function plainText(text: string): string {
  return text
    .replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, '\n')
    .replace(/\t/g, ' ')
    .replace(INVISIBLE, '');
}

/** One line of it: line breaks become blanks, runs of blanks one, ends trimmed. For subjects and names. */
export function oneLine(text: string): string {
  return plainText(text).replace(/\s+/g, ' ').trim();
}
