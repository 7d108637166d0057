import type { LeadFacts, ProposalInputs } from '../../src/core/facts.ts';

export function leadFacts(over: Partial<LeadFacts> = {}): LeadFacts {
  return {
    leadId: 'lead-1',
    email: 'ana.petrov@nordwind-logistik.example',
    firstName: 'Ana',
    lastName: 'Petrov',
    company: 'Nordwind Logistik',
    title: 'Head of Operations',
    country: 'Germany',
    language: 'en',
    timezone: 'Europe/Berlin',
    source: 'Organic Search',
    score: 64,
    fields: {},
    events: [],
    ...over,
  };
}

export function proposalInputs(over: Partial<ProposalInputs> = {}): ProposalInputs {
  return {
    workflow: 'whitepaper-nurture',
    workflowVersion: 1,
    step: 'first-mail',
    brief: 'Thank the lead for downloading the white paper and ask one question.',
    lead: leadFacts(),
    priorMails: [],
    facts: [
      'Crews that plan in the evening drive 12% less.',
      'The paper has a checklist of 9 questions.',
      'The trial is free for 30 days.',
    ],
    allowedLinks: ['https://www.fieldplan.example/paper', 'https://fieldplan.example/demo?ref=nurture'],
    tone: 'friendly, plain',
    sender: { name: 'Mara Lind', company: 'Fieldplan' },
    lessons: [],
    ...over,
  };
}
