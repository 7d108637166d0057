import { grouping, groupsOf } from './groups.ts';
import { spaced } from './leaks.ts';
import type { TableColumn } from './lead-table.ts';

const NAME =
  /\b(?:last|latest|recent|newest|current)\b.*\b(?:activity|event|action|touch|engagement|interaction|contact)\b|\bactivit(?:y|ies)\b/i;
/** Things that happened, as CRMs log them: “Email Opened”, “SMS Sent”, “Had a Phone Conversation”. */
const HAPPENED =
  /\b(?:opened|sent|clicked|visited|viewed|submitted|bounced|unsubscribed|resubscribed|replied|received|called|attended|registered|downloaded|logged|modified|unreachable|conversation|marked spam)\b/i;
const MOSTLY = 0.5;

/**
 * Columns that tell what last happened with a lead: by their name, or because most of their values are things that happened. Such a
 * column is overwritten as time goes on, also after the sale, so a score is given with and without them.
 */
export function findActivityColumns(columns: readonly TableColumn[]): string[] {
  return columns
    .filter((column) => {
      if (column.kind !== 'choice') return false;
      const groups = groupsOf(column.cells.map(grouping(column)), []).filter(({ label }) => label !== '');
      const leads = (some: typeof groups): number => some.reduce((sum, group) => sum + group.leads, 0);
      return (
        NAME.test(spaced(column.name)) ||
        leads(groups.filter(({ label }) => HAPPENED.test(label))) >= MOSTLY * Math.max(1, leads(groups))
      );
    })
    .map(({ name }) => name);
}
