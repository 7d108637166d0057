import { pino, stdTimeFunctions } from 'pino';
import type { Log } from './engine/context.ts';

const ADDRESS = /[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+/g;
const TOKENS =
  /\b(?:xox[abposr]-|xapp-|sk-)[A-Za-z0-9-]{8,}|\bwhsec_[A-Za-z0-9+/=]{8,}|(?<=:\/\/)[^\s/@:]+:[^\s/@]+(?=@)/g;

/**
 * Values are redacted, not paths: secrets and addresses turn up in messages, nested errors and arrays, where lists of paths
 * miss them.
 */
function redact(secrets: readonly string[]): (value: unknown, depth?: number) => unknown {
  const hidden = secrets.filter((secret) => secret.length >= 8);
  const clean = (text: string): string => {
    let out = text;
    for (const secret of hidden) out = out.replaceAll(secret, '[secret]');
    return out.replace(TOKENS, '[secret]').replace(ADDRESS, '[address]');
  };
  const walk = (value: unknown, depth = 0): unknown => {
    if (typeof value === 'string') return clean(value);
    if (value instanceof Error) return clean(value.stack ?? value.message);
    if (value === null || typeof value !== 'object') return value;
    if (value instanceof Date) return value;
    if (depth > 6) return '[deep]';
    if (Array.isArray(value)) return value.map((item) => walk(item, depth + 1));
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, depth + 1)]));
  };
  return walk;
}

/** One JSON line an entry on standard output, no secret and no address in it. */
export function createLog(level: 'debug' | 'info' | 'warn' | 'error' | 'silent', secrets: readonly string[]): Log {
  const clean = redact(secrets);
  const out = pino({ level, base: null, timestamp: stdTimeFunctions.isoTime });
  const write = (severity: 'debug' | 'info' | 'warn' | 'error') => (fields: Record<string, unknown>, message: string) =>
    out[severity](clean(fields) as Record<string, unknown>, String(clean(message)));
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
