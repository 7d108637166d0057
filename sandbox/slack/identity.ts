import { createHash } from 'node:crypto';

/** Who the installed app is. Derived from the seed alone, so that an app restarted against the same seed still fits. */
export type SlackCredentials = {
  botToken: string;
  appToken: string;
  signingSecret: string;
  teamId: string;
  botUserId: string;
  botId: string;
  appId: string;
  /** Of the app, for `oauth.v2.access`. */
  clientId: string;
  clientSecret: string;
};

const digest = (seed: number, name: string): string =>
  createHash('sha256').update(`slack:${seed}:${name}`).digest('hex');

export function deriveCredentials(seed: number): SlackCredentials {
  const team = digest(seed, 'team').slice(0, 8).toUpperCase();
  return {
    // Shaped like Slack's, and saying that they are not: a secret scanner should not cry over them.
    botToken: `xoxb-sandbox-${digest(seed, 'bot').slice(0, 24)}`,
    appToken: `xapp-1-sandbox-${digest(seed, 'app').slice(0, 24)}`,
    signingSecret: digest(seed, 'signing').slice(0, 32),
    teamId: `T0${team}`,
    botUserId: 'U0COUNTER',
    botId: 'B0COUNTER',
    appId: 'A0COUNTER',
    clientId: `${Number.parseInt(digest(seed, 'client').slice(0, 10), 16)}.${Number.parseInt(digest(seed, 'client').slice(10, 20), 16)}`,
    clientSecret: `sandbox-${digest(seed, 'client-secret').slice(0, 24)}`,
  };
}

export type IdSource = {
  /** Slack-like id: prefix and upper-case letters and digits. */
  id(prefix: string): string;
  /** Short mixed-case id as Slack gives to blocks and elements. */
  short(): string;
  /** Unguessable-looking hex of `length` characters. */
  secret(length: number): string;
};

const BASE62 = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Ids in a fixed order for a seed: the n-th id of two runs is the same. */
export function seededIds(seed: number): IdSource {
  let counter = 0;
  const next = (): string => {
    counter += 1;
    return digest(seed, `id:${counter}`);
  };
  return {
    id: (prefix) => `${prefix}${next().slice(0, 9).toUpperCase()}`,
    short: () => {
      const bytes = Buffer.from(next(), 'hex');
      return [...bytes.subarray(0, 5)].map((byte) => BASE62[byte % BASE62.length]).join('');
    },
    secret: (length) => next().slice(0, length),
  };
}
