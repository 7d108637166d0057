import { type Workflow, workflowSchema } from '../../../src/core/workflow.ts';
import type { LeadFacts } from '../../../src/core/workflow/condition.ts';

const source = {
  name: 'trial',
  description: 'After a trial began.',
  goal: 'A customer.',
  trigger: { on: 'lead_added' },
  steps: [{ id: 'pause', wait: '2d' }] as unknown[],
  channels: { lead_score: '#lead-scores', email_draft: 'C0MAILS', digest: '#digest' },
  approvers: { lead_score: ['U0ANA'], email_draft: ['S0TEAM', 'W0BOB'] },
  sender: {
    name: 'Mara Lind',
    email: 'mara@fieldplan.example',
    company: 'Fieldplan',
    postal_address: 'Hafenstr. 1, 20457 Hamburg',
  },
  why: 'You downloaded our paper.',
  tone: 'friendly',
  facts: [],
  allowed_links: ['https://www.fieldplan.example/paper'],
};

/** A workflow with these steps, and whatever else is to be different. */
export function aWorkflow(steps: unknown[], change: Record<string, unknown> = {}): Workflow {
  return workflowSchema.parse({ ...source, steps, ...change });
}

export const NOW = new Date('2026-11-20T12:00:00Z');

export function someFacts(change: Partial<LeadFacts> = {}): LeadFacts {
  return {
    fields: {},
    tags: [],
    score: null,
    segments: [],
    events: [],
    enteredAt: new Date('2026-11-01T00:00:00Z'),
    zone: 'Europe/Berlin',
    ...change,
  };
}

export const MAIL = { subject: 'A thought', text: 'Hello' };
