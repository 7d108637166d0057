import type { CardFacts } from '../engine/card-facts.ts';

/** What a button or a modal remembers of the decision it shows: ids only, under 200 bytes. */
export type DecisionRef = {
  decisionId: string;
  /** Of the proposal that was on the card. */
  version: number;
  /** First 16 hex digits of that proposal's hash. */
  hashPrefix: string;
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const PREFIX_LENGTH = 16;

export function refOf(facts: Pick<CardFacts, 'decisionId' | 'proposalVersion' | 'proposalHash'>): DecisionRef {
  return {
    decisionId: facts.decisionId,
    version: facts.proposalVersion,
    hashPrefix: facts.proposalHash.slice(0, PREFIX_LENGTH),
  };
}

/** The form in a button's `value` and in `private_metadata`. `extra` holds numbers only. */
export function encodeRef(ref: DecisionRef, extra: { seams?: readonly number[] } = {}): string {
  return JSON.stringify({
    d: ref.decisionId,
    v: ref.version,
    h: ref.hashPrefix,
    ...(extra.seams ? { s: extra.seams } : {}),
  });
}

/** @throws Error for anything we did not write ourselves; the payload was signed, so that is a fault of this program. */
export function decodeRef(value: string | undefined): DecisionRef & { seams: number[] } {
  const parsed = parseObject(value);
  const { d, v, h, s } = parsed;
  if (typeof d !== 'string' || !UUID.test(d) || typeof v !== 'number' || typeof h !== 'string')
    throw new Error(`not a decision reference: ${String(value).slice(0, 200)}`);
  const seams = Array.isArray(s) ? s.filter((seam): seam is number => Number.isInteger(seam)) : [];
  return { decisionId: d, version: v, hashPrefix: h, seams };
}

/**
 * The whole hash of what the person saw, where it still stands; else the prefix they saw, which the engine refuses as stale.
 * So the version that was on the screen is always what is judged, and a card needs to carry no more than a prefix.
 */
export function seenHash(facts: Pick<CardFacts, 'proposalVersion' | 'proposalHash'>, ref: DecisionRef): string {
  const same =
    facts.proposalVersion === ref.version &&
    ref.hashPrefix.length >= PREFIX_LENGTH &&
    facts.proposalHash.startsWith(ref.hashPrefix);
  return same ? facts.proposalHash : ref.hashPrefix;
}

/** For the buttons of a notice: the mail or the post it is about. */
export function encodeId(id: string): string {
  return JSON.stringify({ i: id });
}

/** @throws Error for anything we did not write ourselves. */
export function decodeId(value: string | undefined): string {
  const { i } = parseObject(value);
  if (typeof i !== 'string' || !UUID.test(i)) throw new Error(`not a reference: ${String(value).slice(0, 200)}`);
  return i;
}

/** For the buttons of a notice about a threshold: the cell, and the place in its log of what was told. */
export function encodeCellRef({ cellId, seq }: { cellId: string; seq: number }): string {
  return JSON.stringify({ c: cellId, n: seq });
}

/** @throws Error for anything we did not write ourselves. */
export function decodeCellRef(value: string | undefined): { cellId: string; seq: number } {
  const { c, n } = parseObject(value);
  if (typeof c !== 'string' || !UUID.test(c) || typeof n !== 'number' || !Number.isSafeInteger(n))
    throw new Error(`not a reference to a cell: ${String(value).slice(0, 200)}`);
  return { cellId: c, seq: n };
}

/** Where facts of a lead are asked for, and in what order, when a modal does. */
export function encodeFactsRef(place: { enrollmentId: string; step: string }, fields?: readonly string[]): string {
  return JSON.stringify({ e: place.enrollmentId, s: place.step, ...(fields ? { f: fields } : {}) });
}

/** @throws Error for anything we did not write ourselves. */
export function decodeFactsRef(value: string | undefined): { enrollmentId: string; step: string; fields: string[] } {
  const { e, s, f } = parseObject(value);
  if (typeof e !== 'string' || !UUID.test(e) || typeof s !== 'string')
    throw new Error(`not a reference to a lead's facts: ${String(value).slice(0, 200)}`);
  const fields = Array.isArray(f) ? f.filter((field): field is string => typeof field === 'string') : [];
  return { enrollmentId: e, step: s, fields };
}

function parseObject(text: string | undefined): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text ?? '');
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}
