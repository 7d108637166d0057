/** What would end a header line for some reader on the way, or could not be carried: line breaks of any kind and other controls. */
const UNFIT = /(?!\t)[\p{Cc}\u2028\u2029]/u;

/** Throws, naming the header but never its content, when `value` could break out of its line. */
export function refuseUnfit(header: string, value: string): void {
  if (UNFIT.test(value)) throw new Error(`${header} contains a line break or another control character`);
  if (!value.isWellFormed()) throw new Error(`${header} contains half of a surrogate pair`);
}

const PLAIN = /^[!-~]+(?: [!-~]+)*$/;
/** An encoded word may have 75 characters (RFC 2047): 12 around the base64 of at most 45 bytes. */
const BYTES_A_WORD = 45;

/**
 * Unstructured header text. What folding, trimming or a second decoding could change (runs of blanks, long lines,
 * anything that looks like an encoded word) goes out encoded, so that it is read back exactly as it was approved.
 */
export function headerText(text: string): string {
  if (text === '' || (PLAIN.test(text) && text.length <= 60 && !text.includes('=?'))) return text;
  const words: string[] = [];
  let word = '';
  for (const character of text) {
    if (Buffer.byteLength(word + character) > BYTES_A_WORD) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  words.push(word);
  return words.map((each) => `=?UTF-8?B?${Buffer.from(each).toString('base64')}?=`).join('\r\n ');
}
