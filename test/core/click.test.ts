import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BURST_MS,
  type Hit,
  type HitMail,
  judgeHit,
  type SeenHit,
  SOON_MS,
  TOO_FAST_MS,
} from '../../src/core/click.ts';

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
const PAPER = 'https://www.fieldplan.example/paper';
const DEMO = 'https://www.fieldplan.example/demo';
const sent = new Date('2026-03-10T12:00:00.000Z');
const mail: HitMail = { deliveredAt: sent, links: [PAPER, DEMO] };
const oneLink: HitMail = { deliveredAt: sent, links: [PAPER] };
const MINUTE = 60_000;

let count = 0;
/** A person's browser, ten minutes after delivery, unless told otherwise. */
function hit(afterMs = 10 * MINUTE, change: Partial<SeenHit> = {}): Hit {
  count += 1;
  return {
    id: `hit ${count}`,
    at: new Date(sent.getTime() + afterMs),
    what: 'link',
    link: PAPER,
    method: 'GET',
    userAgent: CHROME,
    prefetch: false,
    network: '203.0.113.0/24',
    ...change,
  };
}
const alone = (change: Partial<SeenHit> = {}, afterMs = 10 * MINUTE) => judgeHit([], hit(afterMs, change), mail).own;

describe('one hit alone', () => {
  test('of a browser minutes after delivery is a person’s', () => {
    expect(alone()).toEqual({ classification: 'human', reasons: ['browser_well_after_delivery'] });
  });

  test.for([
    CHROME,
    'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0 Mobile/15E148 Safari/604.1',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
    'Mozilla/5.0 (Linux; Android 14; SM-S918B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/142.0.0.0 Mobile Safari/537.36',
    'Mozilla/5.0 (Linux; Android 10; CUBOT X30) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Avast/131.0',
  ])('of %s is a person’s', (userAgent) => {
    expect(alone({ userAgent }).classification).toBe('human');
  });

  test.for([
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0 Safari/537.36',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.0.0 Safari/537.36',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36 BarracudaCentral',
    'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
    'Microsoft Office Existence Discovery',
    'curl/8.9.1',
    'Wget/1.21',
    'python-requests/2.32.3',
    'Go-http-client/2.0',
    'Java/17.0.2',
    'node',
    'okhttp/4.12.0',
    'facebookexternalhit/1.1',
    'Mozilla/5.0 (compatible; Proofpoint URL Defense)',
  ])('of %s is a scanner’s', (userAgent) => {
    expect(alone({ userAgent })).toEqual({ classification: 'bot', reasons: ['scanner_agent'] });
  });

  test.for<[Partial<SeenHit>, number, string, string]>([
    [{ method: 'HEAD' }, 10 * MINUTE, 'bot', 'head_request'],
    [{ prefetch: true }, 10 * MINUTE, 'bot', 'prefetch'],
    [{ what: 'trap' }, 10 * MINUTE, 'bot', 'trap'],
    [{}, TOO_FAST_MS - 1, 'bot', 'seconds_after_delivery'],
    [{}, -MINUTE, 'bot', 'seconds_after_delivery'],
    [{}, TOO_FAST_MS, 'unknown', 'soon_after_delivery'],
    [{}, SOON_MS - 1, 'unknown', 'soon_after_delivery'],
    [{}, SOON_MS, 'human', 'browser_well_after_delivery'],
    [{ userAgent: null }, 10 * MINUTE, 'unknown', 'no_agent'],
    [{ userAgent: 'Thing/1.0' }, 10 * MINUTE, 'unknown', 'strange_agent'],
    [{ what: 'unsubscribe', link: null }, 10 * MINUTE, 'unknown', 'unsubscribe_page'],
  ])('%j, %i ms after delivery, is %s: %s', ([change, after, classification, reason]) => {
    expect(alone(change, after)).toEqual({ classification, reasons: [reason] });
  });

  test('of a mail that never left can be anybody’s', () => {
    expect(judgeHit([], hit(), { ...mail, deliveredAt: null }).own).toEqual({
      classification: 'unknown',
      reasons: ['not_sent'],
    });
  });

  test('names every reason that holds', () => {
    expect(alone({ method: 'HEAD', userAgent: 'curl/8' }, 1_000).reasons).toEqual([
      'head_request',
      'scanner_agent',
      'seconds_after_delivery',
    ]);
  });
});

describe('a burst', () => {
  test('in which the trap was opened is a bot’s from its first hit, whatever it calls itself', () => {
    const first = hit(10 * MINUTE);
    const second = hit(10 * MINUTE + BURST_MS, { link: DEMO, network: '198.51.100.0/24' });
    const trap = hit(10 * MINUTE + 2 * BURST_MS, { what: 'trap' });
    expect(judgeHit([first], second, oneLink).own.classification).toBe('human');
    const { own, burst } = judgeHit([first, second], trap, oneLink);
    expect(own.reasons).toEqual(['trap']);
    expect(burst.map(({ id, classification, reasons }) => [id, classification, reasons])).toEqual([
      [second.id, 'bot', ['trap_in_burst']],
      [first.id, 'bot', ['trap_in_burst']],
    ]);
  });

  test('goes on being one after the trap', () => {
    expect(judgeHit([hit(10 * MINUTE, { what: 'trap' })], hit(10 * MINUTE + 1), mail).own.reasons).toEqual([
      'trap_in_burst',
    ]);
  });

  test('ends where somebody took longer: a person who clicks later is a person', () => {
    const scan = [hit(1_000), hit(1_500, { link: DEMO }), hit(2_000, { what: 'trap' })];
    const { own, burst } = judgeHit(scan, hit(2_000 + BURST_MS + MINUTE), mail);
    expect(own.classification).toBe('human');
    expect(burst).toEqual([]);
  });

  test('of every link at once is a bot’s', () => {
    const { own, burst } = judgeHit([hit(10 * MINUTE)], hit(10 * MINUTE + 200, { link: DEMO }), mail);
    expect([own.reasons, burst[0]?.reasons]).toEqual([['every_link_at_once'], ['every_link_at_once']]);
  });

  test('of one link twice, or of all links one by one, is a person’s', () => {
    expect(judgeHit([hit(10 * MINUTE)], hit(10 * MINUTE + 200), mail).own.classification).toBe('human');
    expect(judgeHit([hit(10 * MINUTE)], hit(10 * MINUTE + 200), oneLink).own.classification).toBe('human');
    expect(judgeHit([hit(10 * MINUTE)], hit(11 * MINUTE, { link: DEMO }), mail).own.classification).toBe('human');
  });

  test('of the only link and the way out is a bot’s', () => {
    const looked = hit(10 * MINUTE, { what: 'unsubscribe', link: null });
    expect(judgeHit([looked], hit(10 * MINUTE + 300), oneLink).own.reasons).toEqual(['every_link_at_once']);
  });

  test('of a mail whose links are not known any more is judged by the other signs', () => {
    const looked = hit(10 * MINUTE, { what: 'unsubscribe', link: null });
    expect(judgeHit([looked], hit(10 * MINUTE + 300), { ...mail, links: [] }).own.classification).toBe('human');
  });
});

const anyHits = fc
  .array(
    fc.record({
      after: fc.nat(2 * MINUTE),
      what: fc.constantFrom('link' as const, 'trap' as const, 'unsubscribe' as const),
      link: fc.constantFrom(PAPER, DEMO),
      method: fc.constantFrom('GET', 'HEAD'),
      userAgent: fc.constantFrom(CHROME, 'curl/8', null),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((many) =>
    many.map(({ after, ...seen }) => hit(after, seen)).toSorted((a, b) => a.at.getTime() - b.at.getTime()),
  );

test('the order in which the earlier hits are read changes nothing', () => {
  fc.assert(
    fc.property(anyHits, (hits) => {
      const [last] = hits.slice(-1);
      const earlier = hits.slice(0, -1);
      const byId = (burst: Array<{ id: string }>) => burst.toSorted((a, b) => (a.id < b.id ? -1 : 1));
      const one = judgeHit(earlier, last as Hit, mail);
      const other = judgeHit(earlier.toReversed(), last as Hit, mail);
      expect([other.own, byId(other.burst)]).toEqual([one.own, byId(one.burst)]);
    }),
  );
});

test('what was a bot’s stays a bot’s, however many hits follow', () => {
  fc.assert(
    fc.property(anyHits, (hits) => {
      const bots = new Set<string>();
      for (const [i, one] of hits.entries()) {
        const { own, burst } = judgeHit(hits.slice(0, i), one, mail);
        for (const judged of [{ ...own, id: one.id }, ...burst]) {
          if (bots.has(judged.id)) expect(judged.classification).toBe('bot');
          if (judged.classification === 'bot') bots.add(judged.id);
        }
      }
    }),
  );
});
