import { readFileSync } from 'node:fs';
import type { Workflow } from '../../src/core/workflow.ts';
import { parseWorkflow } from '../../src/core/workflow-yaml.ts';
import { transact } from '../../src/db/client.ts';
import { leads } from '../../src/db/schema.ts';
import { addressHash } from '../../src/db/suppressions.ts';
import { enrollLeads } from '../../src/engine/enroll.ts';
import { publishWorkflow } from '../../src/engine/publish-workflow.ts';
import type { TestWorld } from './context.ts';

const file = new URL('../../workflows/whitepaper-nurture.yaml', import.meta.url);

/** The shipped workflow with people of the tests as approvers, and without what depends on the time of day. */
export function testWorkflow(change: Partial<Workflow> = {}): Workflow {
  const parsed = parseWorkflow(readFileSync(file, 'utf8'), 'whitepaper-nurture.yaml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return {
    ...parsed.workflow,
    approvers: { lead_score: ['U0ANA', 'U0BEN'], email_draft: ['U0ANA', 'U0BEN'] },
    quiet_hours: undefined,
    ...change,
  };
}

export type LeadSeed = { email: string; firstName?: string; company?: string; source?: string; timezone?: string };

/** Publishes a workflow and puts leads into it, as an import would. Answers with the leads' ids. */
export async function enrolled(world: TestWorld, workflow: Workflow, seeds: readonly LeadSeed[]): Promise<string[]> {
  const { ctx } = world;
  await publishWorkflow(ctx, workflow, 'test');
  const rows = seeds.map((seed) => ({
    id: ctx.ids.id(),
    workspaceId: ctx.workspaceId,
    email: seed.email,
    emailHash: addressHash(ctx.secrets.addressKey, seed.email),
    firstName: seed.firstName ?? null,
    company: seed.company ?? null,
    source: seed.source ?? null,
    timezone: seed.timezone ?? null,
    createdAt: world.now,
    updatedAt: world.now,
  }));
  await transact(ctx.db, async (tx) => {
    for (let i = 0; i < rows.length; i += 500) await tx.insert(leads).values(rows.slice(i, i + 500));
    await enrollLeads(
      ctx,
      tx,
      rows.map(({ id, source }) => ({ id, source })),
    );
  });
  return rows.map(({ id }) => id);
}
