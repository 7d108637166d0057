import { expect, test } from 'vitest';
import { slackDate } from '../../../sandbox/page/client/dates.ts';

const at = (iso: string): number => new Date(iso).getTime();
const now = at('2026-11-22T12:00:00');

test.for([
  ['2026-11-22T18:30:00', '{date_short_pretty} at {time}', 'today at 18:30'],
  ['2026-11-21T18:30:00', '{date_short_pretty} at {time}', 'yesterday at 18:30'],
  ['2026-11-23T08:00:00', '{date_long_pretty}', 'tomorrow'],
  ['2026-11-25T18:30:00', '{date_short_pretty} at {time}', '25 Nov 2026 at 18:30'],
  ['2026-11-22T18:30:00', '{date_short}', '22 Nov 2026'],
  ['2026-11-22T18:30:00', '{nonsense}', 'the fallback'],
] as const)('%s as “%s” reads “%s”', ([iso, pattern, said]) => {
  expect(slackDate(at(iso), pattern, 'the fallback', now)).toBe(said);
});
