import { eq } from 'drizzle-orm';
import { tagsAfter, valuesToSet } from '../core/workflow/lead-update.ts';
import type { UpdateStep } from '../core/workflow/step.ts';
import type { Tx } from '../db/client.ts';
import { leads } from '../db/schema.ts';
import type { Lead } from './gather-inputs.ts';
import { mergeIntoLead } from './merge-lead.ts';

/**
 * Carries out an update step on a lead whose lock the caller holds: values by the rules of merging (what a person wrote stays),
 * tags as they are told. Answers with the names of what changed.
 */
export async function updateLead(
  tx: Tx,
  lead: Lead,
  step: UpdateStep,
  { by, at }: { by: string; at: Date },
): Promise<string[]> {
  const changed = await mergeIntoLead(tx, lead, { ...valuesToSet(lead, step), by, at });
  const tags = tagsAfter(lead.tags, step);
  if (tags === null) return changed;
  await tx.update(leads).set({ tags }).where(eq(leads.id, lead.id));
  return [...changed, 'tags'];
}
