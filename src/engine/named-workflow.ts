import { didYouMean } from '../core/did-you-mean.ts';
import { oneLine } from '../core/plain-text.ts';
import type { DbOrTx } from '../db/client.ts';
import { listWorkflows, type PublishedWorkflow } from '../db/workflows.ts';

/** `text` is one sentence for whoever typed the name, with what was probably meant; literal, not escaped. */
export type NoSuch = { ok: false; text: string };

export async function namedWorkflow(
  db: DbOrTx,
  workspaceId: string,
  typed: string,
): Promise<{ ok: true; published: PublishedWorkflow } | NoSuch> {
  const all = await listWorkflows(db, workspaceId);
  const published = all.find(({ workflow }) => workflow.name === typed.toLowerCase());
  if (published) return { ok: true, published };
  return {
    ok: false,
    text: noSuch(
      'workflow',
      typed,
      all.map(({ workflow }) => workflow.name),
    ),
  };
}

const MOST_LISTED = 20;

/** “There is no workflow “x”. Did you mean y?”, or what there is. */
export function noSuch(what: string, typed: string, known: readonly string[]): string {
  const name = oneLine(typed);
  const said = `There is no ${what} “${name.length > 80 ? `${name.slice(0, 79)}…` : name}”.`;
  const meant = didYouMean(name, known);
  if (meant !== null) return `${said} Did you mean ${meant}?`;
  if (known.length === 0) return `${said} None is published yet.`;
  const more = known.length - MOST_LISTED;
  return `${said} There is ${[...known.slice(0, MOST_LISTED), ...(more > 0 ? [`${more} more`] : [])].join(', ')}.`;
}
