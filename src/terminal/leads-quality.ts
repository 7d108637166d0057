import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { FAIR, GOOD, type QualityReport } from '../core/data-quality/quality-report.ts';
import { fileQuality, leadsQuality } from '../engine/data-quality-report.ts';
import { fileTrouble } from './file-trouble.ts';
import type { CommandDeps } from './leads.ts';

const leadsQualityHelp = `leads quality [FILE.csv] [--json]

How far the data of leads can be relied on: of a file before it is imported, or of all leads there are. Finds what is blank or a
placeholder such as “Select”, columns that say the same of everybody, values that contradict each other, old data, addresses of
offices and of mailboxes to throw away, and people who are there at several addresses. Writes nothing.
`;

/** @returns 0 done, 1 the file can't be read, 2 not understood. */
export async function leadsQualityCommand(args: string[], deps: CommandDeps): Promise<number> {
  let parsed;
  try {
    parsed = parseArgs({
      args,
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
    });
  } catch (error) {
    deps.err(`${error instanceof Error ? error.message : String(error)}\n\n${leadsQualityHelp}`);
    return 2;
  }
  const [file, ...more] = parsed.positionals;
  if (parsed.values.help) {
    deps.out(leadsQualityHelp);
    return 0;
  }
  if (more.length > 0) {
    deps.err(`One file at a time; not understood: ${more.join(' ')}\n`);
    return 2;
  }
  try {
    const report =
      file === undefined
        ? await leadsQuality(await deps.context())
        : await fileQuality(resolve(deps.cwd, file), new Date());
    deps.out(parsed.values.json ? `${JSON.stringify(report, null, 2)}\n` : describe(report, file ?? null));
    return 0;
  } catch (error) {
    const text = file === undefined ? null : fileTrouble(error, file);
    if (text === null) throw error;
    deps.err(`${text}\n`);
    return 1;
  }
}

const percent = (share: number): string =>
  share > 0 && share < 0.001 ? '<0.1 %' : `${(100 * share).toFixed(share === 1 ? 0 : 1)} %`;
const LISTED = 12;

function describe(report: QualityReport & { truncated: boolean }, file: string | null): string {
  const { score } = report;
  const lines = [
    `${file ?? 'All leads'}: ${report.leads.toLocaleString('en-US')} leads${report.truncated ? ' (the first ones; there are more)' : ''}`,
  ];
  if (report.leads === 0) return `${lines[0]}\n`;
  lines.push(
    '',
    `  Score   ${score.mean.toFixed(0)} of 100 on average, ${score.median.toFixed(0)} in the middle`,
    `          ${score.good} good (${GOOD} and more) · ${score.fair} fair · ${score.poor} poor (below ${FAIR})`,
  );
  if (report.missingColumns.length > 0)
    lines.push(`          not judged, since no column is known for it: ${report.missingColumns.join(', ')}`);
  list(
    lines,
    'What costs points',
    report.reasons.map(
      ({ text, code, count, share, example }) =>
        `${percent(share).padStart(7)}  ${reasonWords(code, text)} (${count}; ${example})`,
    ),
  );
  list(
    lines,
    'Placeholders',
    report.placeholders.map(
      ({ column, value, count, share }) => `${percent(share).padStart(7)}  “${value}” in ${column} (${count})`,
    ),
  );
  list(
    lines,
    'Columns that say the same of everybody',
    report.constant.map(({ column, value }) => `${column}: ${value === null ? 'nothing in any row' : `“${value}”`}`),
  );
  list(
    lines,
    'Columns that nearly do',
    report.nearlyConstant.map(
      ({ column, value, share }) =>
        `${column}: ${value === null ? 'nothing' : `“${value}”`} but for ${Math.round((1 - share) * report.leads)}`,
    ),
  );
  list(
    lines,
    'Columns with many gaps',
    report.columns
      .filter(({ filled }) => filled < 0.7 && filled > 0)
      .toSorted((a, b) => a.filled - b.filled)
      .map(({ column, filled }) => `${percent(filled).padStart(7)}  filled: ${column}`),
  );
  list(
    lines,
    'Values that are not like the rest of their column',
    report.columns.flatMap(({ column, odd }) =>
      odd === null
        ? []
        : [`${column}: ${odd.count} no ${odd.of}, such as ${odd.examples.map((each) => `“${each}”`).join(', ')}`],
    ),
  );
  list(
    lines,
    `Probably one person at several places (${report.duplicates.leads} leads)`,
    report.duplicates.groups.map(
      ({ refs, because }) => `${refs.join(', ')}: same ${because.map((each) => DUPLICATE_WORDS[each]).join('; same ')}`,
    ),
  );
  list(
    lines,
    'The worst',
    report.worst.map(
      ({ ref, score: own, reasons }) =>
        `${String(own).padStart(3)}  ${ref}: ${reasons
          .slice(0, 4)
          .map(({ text }) => text)
          .join('; ')}`,
    ),
  );
  return `${lines.join('\n')}\n`;
}

const DUPLICATE_WORDS = {
  mailbox: 'mailbox in several spellings',
  name_and_company: 'name and company',
  name_and_domain: 'name and domain',
  phone: 'name and telephone number',
} as const;

function reasonWords(code: QualityReport['reasons'][number]['code'], text: string): string {
  switch (code) {
    case 'duplicate':
      return 'probably the same person as another';
    case 'disposable_address':
      return 'the address is of a mailbox to throw away';
    case 'placeholder':
      return text.replace(/ is “.*$/, ' is a placeholder');
    case 'sparse':
      return 'many further values are not known';
    case 'contradiction':
      return `contradiction, such as: ${text}`;
    case 'no_address':
    case 'bad_address':
    case 'role_address':
    case 'missing':
    case 'opted_out':
    case 'stale':
      return text;
  }
}

function list(lines: string[], title: string, entries: readonly string[]): void {
  if (entries.length === 0) return;
  lines.push('', `  ${title}`, ...entries.slice(0, LISTED).map((entry) => `    ${entry}`));
  if (entries.length > LISTED) lines.push(`    and ${entries.length - LISTED} more`);
}
