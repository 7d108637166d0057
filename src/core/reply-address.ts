import { timingSafeEqual } from 'node:crypto';
import { keyedHash } from './canonical-json.ts';

/** Mail systems on the way may fold a local part to lower case: letters and digits of which there is only one form (RFC 4648, base 32). */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const ID_LETTERS = 26;
/** 80 bits: nobody guesses them over a mail server. */
const MAC_LETTERS = 16;
const TOKEN = new RegExp(`^[${ALPHABET}]{${ID_LETTERS + MAC_LETTERS}}$`);
/** What a mail server takes before the @ (RFC 5321), less the sign and the token. */
export const LONGEST_LOCAL_PART = 64 - 1 - ID_LETTERS - MAC_LETTERS;

/**
 * `nora+TOKEN@fieldlark.example`: an answer to it names the decision whose mail it answers, also where a mail program drops
 * `In-Reply-To`. Null where the local part leaves no room. The same arguments give the same address.
 */
export function replyAddress(key: string, decisionId: string, address: string): string | null {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  if (local.length > LONGEST_LOCAL_PART || local.includes('+')) return null;
  const id = Buffer.from(decisionId.replaceAll('-', ''), 'hex');
  if (id.length !== 16) throw new Error(`${decisionId} is not a decision's id`);
  return `${local}+${base32(id)}${mac(key, decisionId)}${address.slice(at)}`;
}

/** The decision that an address names, or null for an address without a token that was made here. */
export function decisionOfReplyAddress(key: string, address: string): string | null {
  const token = /^[^@]*\+([^+@]*)@/.exec(address.toLowerCase())?.[1] ?? '';
  if (!TOKEN.test(token)) return null;
  const bytes = fromBase32(token.slice(0, ID_LETTERS));
  // 26 letters hold two bits more than an id: only the one spelling that we make counts.
  if (base32(bytes) !== token.slice(0, ID_LETTERS)) return null;
  const decisionId = bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const given = Buffer.from(token.slice(ID_LETTERS));
  return timingSafeEqual(given, Buffer.from(mac(key, decisionId))) ? decisionId : null;
}

/** `nora+anything@host` is `nora@host`. */
export function withoutPlus(address: string): string {
  return address.replace(/^([^+@]+)\+[^@]*@/, '$1@');
}

function mac(key: string, decisionId: string): string {
  return base32(Buffer.from(keyedHash(key, `reply:${decisionId}`), 'hex').subarray(0, 10));
}

function base32(bytes: Buffer): string {
  let letters = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) letters += ALPHABET.charAt((value >>> (bits - 5)) & 31);
    value &= (1 << bits) - 1;
  }
  return bits > 0 ? letters + ALPHABET.charAt((value << (5 - bits)) & 31) : letters;
}

/** Sixteen bytes of 26 letters. */
function fromBase32(letters: string): Buffer {
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const letter of letters) {
    value = (value << 5) | ALPHABET.indexOf(letter);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((value >>> bits) & 0xff);
    value &= (1 << bits) - 1;
  }
  return Buffer.from(bytes);
}
