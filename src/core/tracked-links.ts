import { createHmac, timingSafeEqual } from 'node:crypto';
import { linkAllowed } from './links.ts';

/** What the tracked links of one decision's mail are made with. Nothing of it changes between draft and sending. */
export type LinkMaker = { publicUrl: string; key: string; decisionId: string };

/** What a tracked link says of itself. `trap`: the one that no person can see. */
export type TrackedLink = { decisionId: string; target: string; trap: boolean };

/** The first byte of a token. */
const LINK = 1;
const TRAP = 2;
const HEAD_BYTES = 17;
const MAC_BYTES = 16;
/** Mail programs cut addresses from about 2,000 characters on; a longer target stands in the mail as it is. */
const MAX_TARGET = 1_000;
const TOKEN = /^[A-Za-z0-9_-]{46,1400}$/;
const HREF = /href="[^"]*\/c\/([A-Za-z0-9_-]+)"/g;

/**
 * Where a tracked link points: `PUBLIC_URL/c/TOKEN`. The token carries decision and target under one signature, so that the
 * way on needs no database and nobody can have it lead elsewhere. The same decision and target give the same address; two
 * spellings of one target are one link. Null for a target that is not tracked.
 */
export function trackedUrl({ publicUrl, key, decisionId }: LinkMaker, link: string, trap = false): string | null {
  if (!mayBeTarget(link)) return null;
  const target = Buffer.from(new URL(link).href);
  if (target.length > MAX_TARGET) return null;
  const head = Buffer.concat([Buffer.of(trap ? TRAP : LINK), bytesOf(decisionId)]);
  const token = Buffer.concat([head, signature(key, head, target), target]);
  return `${publicUrl}/c/${token.toString('base64url')}`;
}

/** What a token says, or null when it is not, to the last bit, one that was made here. */
export function readTrackedLink(key: string, token: string): TrackedLink | null {
  if (!TOKEN.test(token)) return null;
  const bytes = Buffer.from(token, 'base64url');
  // The last character may carry bits that decoding drops.
  if (bytes.toString('base64url') !== token) return null;
  const head = bytes.subarray(0, HEAD_BYTES);
  const target = bytes.subarray(HEAD_BYTES + MAC_BYTES);
  const mac = bytes.subarray(HEAD_BYTES, HEAD_BYTES + MAC_BYTES);
  if (!timingSafeEqual(mac, signature(key, head, target))) return null;
  const text = target.toString('utf8');
  if (!mayBeTarget(text)) return null;
  return { decisionId: uuidOf(head.subarray(1)), target: text, trap: head[0] === TRAP };
}

/** Where the tracked links of this HTML lead, each once, without the trap. */
export function trackedTargets(key: string, html: string): string[] {
  const links = [...html.matchAll(HREF)].map(([, token = '']) => readTrackedLink(key, token));
  return [...new Set(links.flatMap((link) => (link === null || link.trap ? [] : [link.target])))];
}

/** Only what a workflow could list: nothing that ends a header, names a user or runs. */
function mayBeTarget(link: string): boolean {
  return linkAllowed(link, [link]);
}

function signature(key: string, head: Buffer, target: Buffer): Buffer {
  return createHmac('sha256', key).update(head).update(target).digest().subarray(0, MAC_BYTES);
}

function bytesOf(uuid: string): Buffer {
  const bytes = Buffer.from(uuid.replaceAll('-', ''), 'hex');
  if (bytes.length !== 16 || uuidOf(bytes) !== uuid) throw new Error(`${uuid} is not a decision's id`);
  return bytes;
}

function uuidOf(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
