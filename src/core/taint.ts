import { ordersAboutOurMatters, speaksToMachine } from './instructions.ts';
import { plainText } from './plain-text.ts';
import type { LeadFacts } from './facts.ts';

/** Characters no keyboard writes: a text that has them was made for a machine. Soft hyphens and byte order marks come with copied text. */
const SMUGGLED =
  /[\u200b\u2060-\u2064\u202a-\u202e\u2066-\u2069\u3164\u{1d173}-\u{1d17a}\u{e0001}]|(?<!\u{1f3f4}[\u{e0020}-\u{e007f}]{0,10})[\u{e0020}-\u{e007f}]|\p{Variation_Selector}{2}/u;

const LONG_BASE64 = /[A-Za-z0-9+/_-]{20,4000}={0,2}/g;
const LONG_HEX = /(?:[\da-f]{2}[ :]?){16,2000}/gi;
/** Letters of other alphabets that look like Latin ones: each pair is the look-alike and what it stands for. */
const LATIN_TWINS = new Map(
  'аaеeоoрpсcуyхxіiјjѕsԁdһhԛqԝwкkтtмmнhвbαaεeοoρpνvιiκkυuτtıiɡgɩiոnսu'
    .match(/../gu)
    ?.map((pair): [string, string] => [pair.slice(0, 1), pair.slice(1)]),
);
const DIGIT_LETTERS: Record<string, string> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
  '|': 'l',
};

/** The same text as it would read without each of the usual disguises. Only what differs from the text is returned. */
function undisguised(text: string): string[] {
  // “i g n o r e   a l l”: letters with one blank between them, words with more.
  const squeezed = text.replace(/(?<=(?:^|[^\p{L}])\p{L})[ ._*-](?=\p{L}(?:[^\p{L}]|$))/gu, '').replace(/ {2,}/g, ' ');
  const latin = text
    .toLowerCase()
    .replace(/[\u0370-\u03ff\u0400-\u052f\u0531-\u058fıɡɩ]/gu, (letter) => LATIN_TWINS.get(letter) ?? letter);
  const letters = text.replace(
    /(?<=\p{L})[013457@$!|]|[013457@$!|](?=\p{L})/gu,
    (digit) => DIGIT_LETTERS[digit] ?? digit,
  );
  const bare = text.normalize('NFD').replace(/\p{M}/gu, '');
  const rot13 = text.replace(/[a-z]/gi, (letter) =>
    String.fromCharCode(letter.charCodeAt(0) + (letter.toLowerCase() < 'n' ? 13 : -13)),
  );
  const reversed = Array.from(text).reverse().join('');
  const percent = text.replace(/(?:%[\da-f]{2})+/gi, (bytes) =>
    Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'),
  );
  const entities = text.replace(
    /&#(x?)([\da-f]{2,6});/gi,
    (whole, hex: string, digits: string) => characterAt(Number.parseInt(digits, hex === '' ? 10 : 16)) ?? whole,
  );
  const escapes = text.replace(
    /\\[ux]\{?([\da-f]{2,6})\}?/gi,
    (whole, digits: string) => characterAt(Number.parseInt(digits, 16)) ?? whole,
  );
  return [squeezed, latin, letters, bare, rot13, reversed, percent, entities, escapes, ...decoded(text)].filter(
    (other) => other !== text,
  );
}

function characterAt(code: number): string | null {
  return code >= 32 && code <= 0x10ffff ? String.fromCodePoint(code) : null;
}

function decoded(text: string): string[] {
  const base64 = [...text.matchAll(LONG_BASE64)].map(([encoded]) => Buffer.from(encoded, 'base64').toString('utf8'));
  const hex = [...text.matchAll(LONG_HEX)].map(([encoded]) =>
    Buffer.from(encoded.replace(/[ :]/g, ''), 'hex').toString('utf8'),
  );
  return [...base64, ...hex];
}

/** Long texts are looked at in overlapping pieces, so that no bait makes an expression slow. */
const PIECE = 2000;

/** Whether a text speaks to a machine rather than to a person. `oneField`: it is one text, not several put together. */
export function looksLikeInstruction(text: string, oneField = true): boolean {
  const plain = plainText(text)
    .normalize('NFKC')
    .replace(/\s*\n\s*/g, '\n');
  for (let from = 0; from === 0 || from < plain.length - 200; from += PIECE - 200) {
    const piece = plain.slice(from, from + PIECE);
    const flat = piece.replace(/\s+/g, ' ');
    // Two weak signs count within one field only: over several, “Approved Roofing” and “please call” would meet by chance.
    if (oneField && (ordersAboutOurMatters(piece) || ordersAboutOurMatters(flat))) return true;
    if ([piece, flat, ...undisguised(piece.replace(/\n/g, ' '))].some(speaksToMachine)) return true;
  }
  return false;
}

/** What a name, a firm or a job can look like: anything longer, or with signs of another kind, is a text in the wrong place. */
const SHAPES: Record<
  'firstName' | 'lastName' | 'company' | 'title' | 'source' | 'country',
  { words: number; letters: number; foreign: RegExp }
> = {
  firstName: { words: 5, letters: 50, foreign: /[<>{}[\]=:;?!#@\\`]|https?|www\./i },
  lastName: { words: 6, letters: 60, foreign: /[<>{}[\]=:;?!#@\\`]|https?|www\./i },
  company: { words: 9, letters: 100, foreign: /[<>{}=;?\\`]|https?:/i },
  title: { words: 12, letters: 120, foreign: /[<>{}=?\\`]|https?:|www\./i },
  source: { words: 8, letters: 80, foreign: /[<>{}[\]\\`]/i },
  country: { words: 6, letters: 60, foreign: /[<>{}[\]=:;?!#@\\`]|https?/i },
};

function outOfShape(name: string, text: string): boolean {
  const shape = Object.entries(SHAPES).find(([field]) => field === name)?.[1];
  if (!shape) return false;
  return text.length > shape.letters || text.trim().split(/\s+/).length > shape.words || shape.foreign.test(text);
}

/**
 * The names of the lead's fields that contain text which looks like an instruction to a machine, or invisible characters
 * that only a machine would read. Fields are also looked at together, since a payload may be split across them.
 */
export function taintOf(lead: LeadFacts): string[] {
  const named: Array<[string, string]> = [
    ['firstName', lead.firstName ?? ''],
    ['lastName', lead.lastName ?? ''],
    ['company', lead.company ?? ''],
    ['title', lead.title ?? ''],
    ['source', lead.source ?? ''],
    ['country', lead.country ?? ''],
    ['language', lead.language ?? ''],
    ['timezone', lead.timezone ?? ''],
    ...Object.entries(lead.fields),
    ...lead.events.map((event, i): [string, string] => [`event ${i + 1} (${event.type})`, event.detail]),
  ];
  const hits = named
    .filter(([name, text]) => outOfShape(name, text) || looksLikeInstruction(text, true) || SMUGGLED.test(text))
    .map(([name]) => name);
  if (hits.length > 0) return hits;
  const texts = named.map(([, text]) => text.trim()).filter(Boolean);
  return looksLikeInstruction(texts.join(' '), false) || looksLikeInstruction(texts.join(''), false)
    ? ['several fields together']
    : [];
}
