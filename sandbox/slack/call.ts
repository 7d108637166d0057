import { parseJson } from './json.ts';
import { type Refusal, refuse } from './posting.ts';
import type { Tier } from './rate-limits.ts';
import type { Conversation, World } from './world.ts';
import { isMember } from './world.ts';

/** What a Web API method is, and how it reads its arguments. */

export type Args = Readonly<Record<string, unknown>>;
export type Reply = ({ ok: true } & Record<string, unknown>) | Refusal;

export type Method = {
  /** Which token it takes. */
  token: 'bot' | 'app' | 'none';
  tier: Tier;
  /** The scope that the manifest must grant, or several of which one is enough; null where none is needed. */
  scope(args: Args, world: World): string | readonly string[] | null;
  /** Arguments that have to be there. */
  requires?: readonly string[];
  /** What a JSON body says is not read: these methods take forms and addresses only. */
  formOnly?: true;
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

/** Ids with commas between them. */
export function idsArg(args: Args, name: string): string[] {
  return (textArg(args, name) ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
}

const MOST = 1_000;

/** How many items were asked for, or null when that is no number that Slack takes. */
export function limitArg(args: Args, fallback: number, most: number = MOST): number | null {
  const asked = textArg(args, 'limit');
  const limit = asked === null ? fallback : Number(asked);
  return Number.isInteger(limit) && limit >= 1 && limit <= most ? limit : null;
}

/** A cursor's meaning, as opaque to callers as Slack's; null when there is none, undefined when it is none of ours. */
export function cursorArg(args: Args, kind: string): string | null | undefined {
  const cursor = textArg(args, 'cursor');
  if (cursor === null) return null;
  const said = Buffer.from(cursor, 'base64').toString();
  return said.startsWith(`${kind}:`) ? said.slice(kind.length + 1) : undefined;
}

export const cursorFor = (kind: string, at: string | number): string => Buffer.from(`${kind}:${at}`).toString('base64');

type Page<T> = { items: T[]; next: string } | { refusal: Refusal };

/** A page of a list by `limit` and `cursor`. */
export function page<T>(items: readonly T[], args: Args, fallbackLimit: number): Page<T> {
  const limit = limitArg(args, fallbackLimit);
  if (limit === null) return { refusal: refuse('invalid_limit') };
  const cursor = cursorArg(args, 'offset');
  const start = cursor === null ? 0 : Number(cursor);
  if (cursor === undefined || !Number.isInteger(start)) return { refusal: refuse('invalid_cursor') };
  const end = start + limit;
  return { items: items.slice(start, end), next: end < items.length ? cursorFor('offset', end) : '' };
}

/** The channel of a call; a private one is not there for who is not in it. Ids only: names are taken by posts alone. */
export function visibleChannel(args: Args, world: World, name = 'channel'): Conversation | null {
  const channel = world.conversations.get(textArg(args, name) ?? '') ?? null;
  return channel !== null && (!channel.is_private || isMember(world, channel)) ? channel : null;
}

type Family = 'channels' | 'groups' | 'im' | 'mpim';

/** What Slack's scopes call a kind of conversation. */
export function familyOf(channel: Conversation): Family {
  if (channel.kind !== 'channel') return channel.kind;
  return channel.is_private ? 'groups' : 'channels';
}

/** `read` or `history` of the family that the call's channel belongs to. */
export const familyScope =
  (suffix: 'read' | 'history') =>
  (args: Args, world: World): string => {
    const channel = visibleChannel(args, world);
    return `${channel === null ? 'channels' : familyOf(channel)}:${suffix}`;
  };

const FAMILY_OF_TYPE: Record<string, Family> = {
  public_channel: 'channels',
  private_channel: 'groups',
  im: 'im',
  mpim: 'mpim',
};

/** The kinds of conversation that `types` asks for; null when it names one that there is not. */
export function wantedFamilies(args: Args): Family[] | null {
  const types = idsArg(args, 'types');
  const wanted = types.length === 0 ? ['public_channel'] : types;
  const families = wanted.flatMap((type) => FAMILY_OF_TYPE[type] ?? []);
  return families.length === wanted.length ? families : null;
}

/** The first family asked for whose scope is missing, or the first one. */
export function listScope(args: Args, world: World): string {
  const scopes = (wantedFamilies(args) ?? ['channels' as const]).map((family) => `${family}:read`);
  return scopes.find((scope) => !world.grants.scopes.has(scope)) ?? scopes[0] ?? 'channels:read';
}
