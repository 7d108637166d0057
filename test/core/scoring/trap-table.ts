import { seededUniform } from '../../../src/core/statistics/seeded-uniform.ts';

/**
 * A table of made-up leads with every trap a real export has. What drives the outcome: `company_size`, `minutes_on_site`,
 * `latest_touch`; the rest knows it, or knows nothing.
 */
export function trapTable(rows: number, seed = 7): Map<string, string[]> {
  const uniform = seededUniform(seed);
  const columns = new Map<string, string[]>();
  const put = (name: string, cell: string): void => void columns.set(name, [...(columns.get(name) ?? []), cell]);
  const pick = (...cells: string[]): string => cells[Math.floor(uniform() * cells.length)] ?? '';
  for (let i = 0; i < rows; i++) {
    const large = uniform() < 0.4;
    const minutes = uniform() < 0.3 ? 0 : Math.round(Math.exp(uniform() * 5));
    const clicked = uniform() < 0.5;
    const odds = -2.6 + (large ? 1.6 : 0) + 0.45 * Math.log1p(minutes) + (clicked ? 1.3 : 0);
    const won = uniform() < 1 / (1 + Math.exp(-odds));
    const rated = uniform() < 0.6;
    put('record', `L-${10_000 + i}`);
    put('company_size', large ? 'over 500' : pick('1-50', '51-500'));
    put('minutes_on_site', uniform() < 0.05 ? '' : String(minutes));
    put('latest_touch', clicked ? 'Email Clicked' : pick('Email Opened', 'Page Viewed'));
    put('industry', pick('Retail', 'retail', 'Software', '-- Choose one --', 'Choose one', ''));
    put('consent_text', 'v2');
    put('fax', '');
    put('signed', won ? 'yes' : 'no');
    put(
      'call_log',
      won ? pick('keen', 'keen', 'keen', 'asked price') : pick('asked price', 'no budget', 'no budget', 'wrong number'),
    );
    put('gut_feeling', uniform() < 0.75 ? (won ? '1 - Hot' : '3 - Cold') : '2 - Warm');
    put('invoice_no', won && uniform() < 0.7 ? `I-${i}` : '');
    put('vendorRating', rated ? String(Math.round((won ? 60 : 45) + uniform() * 40)) : '');
    put('vendor_band', rated ? pick('A', 'B', 'C') : '');
  }
  return columns;
}

export function csvOf(columns: ReadonlyMap<string, readonly string[]>): string {
  const names = [...columns.keys()];
  const rows = columns.get(names[0] ?? '')?.length ?? 0;
  const lines = Array.from({ length: rows }, (_, row) => names.map((name) => columns.get(name)?.[row] ?? '').join(','));
  return `${[names.join(','), ...lines].join('\n')}\n`;
}
