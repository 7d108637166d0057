import type { KnownBlock } from '@slack/types';
import type { CardFacts } from '../../engine/card-facts.ts';
import type { ViewValues } from './view-values.ts';

/** What was entered, in the kind's own form, or which input is wrong and why (by block id). */
export type Entered = { ok: true; content: unknown } | { ok: false; errors: Record<string, string> };

/** How one kind of decision is edited in a modal. */
export type EditForm = {
  /** The inputs, filled with the proposal; empty where there is none. `seams` go into the metadata and come back to `read`. */
  inputs(facts: CardFacts): { blocks: KnownBlock[]; seams: number[] };
  read(values: ViewValues, seams: readonly number[], facts: CardFacts): Entered;
  /** What the person wrote, as text to copy from when it could not be saved. */
  written(values: ViewValues, seams: readonly number[]): string;
  /** The block to point at for a finding in this field of the proposal. */
  blockOf(field: string | undefined): string;
};
