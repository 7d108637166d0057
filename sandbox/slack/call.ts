import { parseJson } from './json.ts';
import type { Tier } from './rate-limits.ts';
import type { Refusal } from './posting.ts';
import type { World } from './world.ts';

/** What a Web API method is, and how it reads its arguments. */

export type Args = Readonly<Record<string, unknown>>;
export type Reply = ({ ok: true } & Record<string, unknown>) | Refusal;

export type Method = {
  /** Which token it takes. */
  token: 'bot' | 'app' | 'none';
  tier: Tier;
  /** The scope that the manifest must grant; null where none is needed. */
  scope(args: Args, world: World): string | null;
  /** Whether its effect must be on disk in the journal before the answer leaves. */
  durable?: true;
  run(args: Args, world: World): Reply;
};

export const scoped = (scope: string | null) => (): string | null => scope;

/** A string argument; numbers and booleans count, as they do in a form. Empty is as good as absent. */
export function textArg(args: Args, name: string): string | null {
  const value = args[name];
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

export function flagArg(args: Args, name: string): boolean {
  return ['true', '1'].includes(textArg(args, name)?.toLowerCase() ?? '');
}

/** An object or list: as it is in JSON bodies, a JSON string in forms. Unparseable text comes back as that text. */
export function jsonArg(args: Args, name: string): unknown {
  const value = args[name];
  if (typeof value !== 'string') return value ?? undefined;
  return value === '' ? undefined : (parseJson(value) ?? value);
}

/** A page of a list by `limit` and `cursor` (an offset in disguise, as opaque as Slack's). */
export function page<T>(items: readonly T[], args: Args, fallbackLimit: number): { items: T[]; next: string } {
  const limit = Math.min(1_000, Math.max(1, Number(textArg(args, 'limit') ?? fallbackLimit) || fallbackLimit));
  const cursor = textArg(args, 'cursor');
  const start = cursor === null ? 0 : Number(Buffer.from(cursor, 'base64').toString().replace('offset:', '')) || 0;
  const end = start + limit;
  return {
    items: items.slice(start, end),
    next: end < items.length ? Buffer.from(`offset:${end}`).toString('base64') : '',
  };
}
