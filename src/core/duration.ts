const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000, s: 1_000 } as const;
export const DURATION = /^(\d{1,4})(s|m|h|d|w)$/;

/** Milliseconds of '30s', '10m', '4h', '3d' or '2w'. @throws RangeError for anything else. */
export function durationMs(text: string): number {
  const match = DURATION.exec(text);
  const unit = match?.[2];
  if (!match?.[1] || !isUnit(unit)) throw new RangeError(`not a duration like 30s, 10m, 4h, 3d or 2w: “${text}”`);
  return Number(match[1]) * UNIT_MS[unit];
}

function isUnit(text: string | undefined): text is keyof typeof UNIT_MS {
  return text !== undefined && text in UNIT_MS;
}

/** '12 s', '4 min', '3 h', '2 days': one unit, rounded down, for people. */
export function humanDuration(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 2 * 86_400) return `${Math.floor(s / 3600)} h`;
  return `${Math.floor(s / 86_400)} days`;
}
