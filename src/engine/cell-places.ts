import { didYouMean } from '../core/did-you-mean.ts';
import type { Kind } from '../core/kinds/kind.ts';
import { isDecide } from '../core/workflow.ts';
import { type Cell, listCells } from '../db/cells.ts';
import type { DbOrTx } from '../db/client.ts';
import { listWorkflows } from '../db/workflows.ts';

/** Where a cell is, or will be as soon as something is decided there. */
export type CellPlace = {
  kind: Kind;
  workflow: string;
  step: string /** `workflow/step`, with `:kind` where that names two. */;
  address: string;
  cell: Cell | null;
};

/** Every step that decides something in a workflow of today, and every cell there ever was, in the order of their addresses. */
export async function cellPlaces(db: DbOrTx, workspaceId: string): Promise<CellPlace[]> {
  const places = new Map<string, Omit<CellPlace, 'address'>>();
  for (const cell of await listCells(db, workspaceId)) {
    const { kind, workflow, step } = cell;
    places.set(`${kind} ${workflow}/${step}`, { kind, workflow, step, cell });
  }
  for (const { workflow, definition } of await listWorkflows(db, workspaceId)) {
    if (workflow.status === 'archived') continue;
    for (const step of definition.steps.filter(isDecide)) {
      const key = `${step.decide} ${workflow.name}/${step.id}`;
      if (!places.has(key)) places.set(key, { kind: step.decide, workflow: workflow.name, step: step.id, cell: null });
    }
  }
  const all = [...places.values()];
  const alike = (place: Omit<CellPlace, 'address'>) =>
    all.filter(({ workflow, step }) => workflow === place.workflow && step === place.step).length > 1;
  return all
    .map((place) => ({ ...place, address: addressOf(place, alike(place)) }))
    .toSorted((a, b) => (a.address < b.address ? -1 : 1));
}

/** What belongs to the whole workspace has no workflow and is called by its kind. */
export function addressOf(
  { kind, workflow, step }: Pick<CellPlace, 'kind' | 'workflow' | 'step'>,
  ambiguous = false,
): string {
  if (workflow === '') return kind;
  return ambiguous ? `${workflow}/${step}:${kind}` : `${workflow}/${step}`;
}

export type FoundPlace = { ok: true; place: CellPlace } | { ok: false; text: string };

/** The one place that somebody means; a workflow alone is enough where it decides at one step only. */
export function findPlace(places: readonly CellPlace[], typed: string): FoundPlace {
  const wanted = typed.toLowerCase().replace(/:$/, '');
  const exact = places.find(({ address, kind, workflow, step }) =>
    [address, `${workflow}/${step}:${kind}`].includes(wanted),
  );
  if (exact) return { ok: true, place: exact };
  const within = places.filter(({ workflow, step }) => wanted === workflow || wanted === `${workflow}/${step}`);
  const [only] = within;
  if (within.length === 1 && only) return { ok: true, place: only };
  const addresses = within.length > 1 ? within.map(({ address }) => address) : places.map(({ address }) => address);
  if (within.length > 1) return { ok: false, text: `Which one of “${wanted}”? ${listed(addresses)}.` };
  const steps = [...new Set(places.map(({ step }) => step))].filter((step) => step !== '');
  const step = didYouMean(wanted, steps);
  const meant = didYouMean(wanted, addresses) ?? places.find((place) => place.step === step)?.address ?? null;
  const known = addresses.length === 0 ? 'No workflow is published yet.' : `There is ${listed(addresses)}.`;
  return {
    ok: false,
    text: `There is no step “${shown(typed)}”. ${meant === null ? known : `Did you mean ${meant}?`}`,
  };
}

const MOST_LISTED = 20;

function listed(addresses: readonly string[]): string {
  const more = addresses.length - MOST_LISTED;
  return [...addresses.slice(0, MOST_LISTED), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

function shown(typed: string): string {
  return typed.length > 80 ? `${typed.slice(0, 79)}…` : typed;
}
