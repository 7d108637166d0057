/**
 * Slack's rate limits a method (https://docs.slack.dev/apis/web-api/rate-limits), as token buckets. A tier's number is what
 * a minute allows; `burst` is what may come at once, which Slack leaves open ("some burst over").
 */
export type Tier = 'tier1' | 'tier2' | 'tier3' | 'tier4' | 'post' | 'special';

const PER_MINUTE: Record<Tier, { perMinute: number; burst: number }> = {
  tier1: { perMinute: 1, burst: 5 },
  tier2: { perMinute: 20, burst: 20 },
  tier3: { perMinute: 50, burst: 50 },
  tier4: { perMinute: 100, burst: 100 },
  // One message a second in a channel, and three more at once.
  post: { perMinute: 60, burst: 4 },
  special: { perMinute: 600, burst: 300 },
};

/**
 * A clock that goes on by whichever of `clocks` went further. Limits follow it: in a world whose business time is moved,
 * what an app paces by that time has had its seconds, and where it stands still, those of the machine count.
 */
export function furthestClock(...clocks: readonly (() => number)[]): () => number {
  let at = 0;
  let before = clocks.map((clock) => clock());
  return () => {
    const now = clocks.map((clock) => clock());
    at += Math.max(0, ...now.map((time, index) => time - (before[index] ?? time)));
    before = now;
    return at;
  };
}

export type RateLimiter = {
  /** Seconds to wait (a whole number, at least 1), or null when the call may pass. */
  check(method: string, tier: Tier, channel: string): number | null;
};

export function createRateLimiter(now: () => number): RateLimiter {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    check: (method, tier, channel) => {
      const { perMinute, burst } = PER_MINUTE[tier];
      const key = tier === 'post' ? `${method}:${channel}` : method;
      const before = buckets.get(key) ?? { tokens: burst, at: now() };
      const earned = ((now() - before.at) * perMinute) / 60_000;
      const tokens = Math.min(burst, before.tokens + Math.max(0, earned));
      if (tokens >= 1) {
        buckets.set(key, { tokens: tokens - 1, at: now() });
        return null;
      }
      buckets.set(key, { tokens, at: now() });
      return Math.max(1, Math.ceil(((1 - tokens) * 60) / perMinute));
    },
  };
}
