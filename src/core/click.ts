import { z } from 'zod';

/** What is known of one request for a link of a mail, and kept. */
export const seenHitSchema = z.object({
  /** `trap`: the link that no person can see. `unsubscribe`: somebody looked at the page, which changes nothing. */
  what: z.enum(['link', 'trap', 'unsubscribe']),
  /** Where the link leads; null for the unsubscribe page. */
  link: z.string().nullable(),
  method: z.string(),
  /** At most 200 characters. */
  userAgent: z.string().nullable(),
  /** A browser fetched it ahead of a click that may never come. */
  prefetch: z.boolean(),
  /** Where it came from, no nearer than /24 or /48. */
  network: z.string().nullable(),
});
export type SeenHit = z.infer<typeof seenHitSchema>;
export type Hit = SeenHit & { id: string; at: Date };

export type HitReason =
  // A program's for sure.
  | 'head_request'
  | 'prefetch'
  | 'scanner_agent'
  | 'trap'
  | 'trap_in_burst'
  | 'every_link_at_once'
  | 'seconds_after_delivery'
  // Nobody can tell.
  | 'unsubscribe_page'
  | 'no_agent'
  | 'strange_agent'
  | 'not_sent'
  | 'soon_after_delivery'
  // A person's.
  | 'browser_well_after_delivery';

export type Judgement = { classification: 'human' | 'bot' | 'unknown'; reasons: HitReason[] };

/** The mail that was hit: when it began to be delivered (null: it never did), and where its tracked links lead. */
export type HitMail = { deliveredAt: Date | null; links: readonly string[] };

/** Hits that follow each other within this are one burst: a person reads between two clicks, a program does not. */
export const BURST_MS = 10_000;
/** Nobody opens, reads and clicks faster than this. */
export const TOO_FAST_MS = 5_000;
/** Until then programs look into new mail more often than people do. */
export const SOON_MS = 30_000;

/** Says what it is, or is known to look into mails before people do. */
const SCANNER =
  /(?<!cu)bot\b|crawl|spider|slurp|preview|headless|phantom|scan|monitor|curl|wget|libwww|lwp-|okhttp|httpclient|http-client|http_client|^java\/|^node|undici|axios|got \(|postman|insomnia|scrapy|aiohttp|httpx|\bpython|\bruby\b|\bperl\b|\bphp\b|facebookexternalhit|whatsapp|skypeuri|google-safety|googleimageproxy|yahoomailproxy|barracuda|proofpoint|mimecast|ironport|symantec|messagelabs|fireeye|trellix|sophos|trend ?micro|zscaler|forcepoint|fortinet|fortiguard|bitdefender|kaspersky|mcafee|checkpoint|existence discovery|microsoft office|safelinks|urldefense|virustotal|playwright|puppeteer|selenium/i;
const BROWSER = /^Mozilla\/5\.0 \([^)]+\).*(?:AppleWebKit|Gecko)\/\d/;

/**
 * What a hit is, and what it makes of the earlier hits of its burst: a program that opened the trap, or every link at once, also
 * opened the links before. `earlier`: all hits of the mail, in any order.
 */
export function judgeHit(
  earlier: readonly Hit[],
  hit: Hit,
  mail: HitMail,
): { own: Judgement; burst: Array<Judgement & { id: string }> } {
  const burst = burstOf(earlier, hit);
  const signs = { trapped: burst.some(({ what }) => what === 'trap'), everything: openedAll(burst, mail.links) };
  return {
    own: judge(hit, mail, signs),
    burst: burst.filter(({ id }) => id !== hit.id).map((other) => ({ id: other.id, ...judge(other, mail, signs) })),
  };
}

/** The hits that reach to this one without a pause. */
function burstOf(earlier: readonly Hit[], hit: Hit): Hit[] {
  const burst = [hit];
  let from = hit.at.getTime();
  for (const other of earlier.toSorted((a, b) => b.at.getTime() - a.at.getTime())) {
    if (from - other.at.getTime() > BURST_MS) break;
    burst.push(other);
    from = Math.min(from, other.at.getTime());
  }
  return burst;
}

/** A mail of one link is opened wholly by one click: there it takes the unsubscribe page too. */
function openedAll(burst: readonly Hit[], links: readonly string[]): boolean {
  const opened = new Set(burst.map(({ link }) => link));
  const looked = burst.some(({ what }) => what === 'unsubscribe');
  return links.length + (looked ? 1 : 0) >= 2 && links.every((link) => opened.has(link)) && links.length > 0;
}

function judge(hit: Hit, mail: HitMail, signs: { trapped: boolean; everything: boolean }): Judgement {
  const age = mail.deliveredAt === null ? null : hit.at.getTime() - mail.deliveredAt.getTime();
  const agent = hit.userAgent ?? '';
  const bot = reasonsOf([
    [hit.method === 'HEAD', 'head_request'],
    [hit.prefetch, 'prefetch'],
    [SCANNER.test(agent), 'scanner_agent'],
    [hit.what === 'trap', 'trap'],
    [hit.what !== 'trap' && signs.trapped, 'trap_in_burst'],
    [signs.everything, 'every_link_at_once'],
    [age !== null && age < TOO_FAST_MS, 'seconds_after_delivery'],
  ]);
  if (bot.length > 0) return { classification: 'bot', reasons: bot };
  const unknown = reasonsOf([
    [hit.what === 'unsubscribe', 'unsubscribe_page'],
    [agent === '', 'no_agent'],
    [agent !== '' && !BROWSER.test(agent), 'strange_agent'],
    [age === null, 'not_sent'],
    [age !== null && age < SOON_MS, 'soon_after_delivery'],
  ]);
  if (unknown.length > 0) return { classification: 'unknown', reasons: unknown };
  return { classification: 'human', reasons: ['browser_well_after_delivery'] };
}

function reasonsOf(rules: ReadonlyArray<readonly [boolean, HitReason]>): HitReason[] {
  return rules.flatMap(([holds, reason]) => (holds ? [reason] : []));
}
