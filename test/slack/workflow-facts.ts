import { type MapCounts, NOTHING } from '../../src/core/map-counts.ts';
import { marked } from '../../src/engine/autonomy-speech.ts';
import type { ListedWorkflow, WorkflowList } from '../../src/engine/list-workflows.ts';
import type { ShownWorkflow } from '../../src/engine/show-workflow.ts';
import type { LeadStory } from '../../src/engine/why-lead.ts';
import type { LeadAtStep, WorkflowLeads } from '../../src/engine/workflow-leads.ts';
import { testWorkflow } from '../support/fixtures.ts';
import { noon } from './facts.ts';

const hoursAgo = (hours: number): Date => new Date(noon.getTime() - hours * 3_600_000);

const counts: MapCounts = {
  at: noon,
  underWay: 19,
  elsewhere: 0,
  holdout: 0,
  done: 148,
  exited: 41,
  steps: {
    score: { ...NOTHING, here: 5, waiting: 2, oldest: hoursAgo(30), passed: 148 },
    'first-mail': { here: 14, waiting: 6, oldest: hoursAgo(5), medianVerdictMs: 2_400_000, passed: 140 },
  },
};

export function shownFacts(change: Partial<ShownWorkflow> = {}): ShownWorkflow {
  return {
    workflow: testWorkflow(),
    status: 'active',
    pausedBy: null,
    version: 3,
    publishedAt: hoursAgo(100),
    publishedBy: 'system:start',
    counts,
    versions: [{ version: 3, underWay: 19 }],
    ...change,
  };
}

const listed: ListedWorkflow = {
  name: 'whitepaper-nurture',
  status: 'active',
  version: 3,
  description: 'Follow up on the white paper.',
  goal: 'The lead answers.',
  triggers: ['every new lead'],
  steps: 5,
  underWay: 19,
  waiting: 8,
};
export const listFacts: WorkflowList = { everythingPaused: false, workflows: [listed] };

const maria: LeadAtStep = {
  email: 'maria@acme.example',
  name: 'Maria Santos',
  company: 'Acme',
  step: 'first-mail',
  arm: 'ai',
  since: hoursAgo(5),
  stands: { for: 'people', since: hoursAgo(5), until: hoursAgo(-67) },
};
export const leadsFacts: WorkflowLeads = {
  workflow: 'whitepaper-nurture',
  step: null,
  total: 41,
  page: 1,
  pages: 3,
  leads: [maria],
};

export const storyFacts: LeadStory = {
  email: 'maria@acme.example',
  name: 'Maria Santos',
  company: 'Acme',
  score: 72,
  since: hoursAgo(50),
  source: 'fair',
  now: ['whitepaper-nurture: at first-mail (Draft an e-mail), waiting for people'],
  lines: [
    { at: hoursAgo(49), text: 'Enrolled in whitepaper-nurture, version 3.' },
    { at: hoursAgo(40), text: `score: Approved by ${marked('U0ANA')}.` },
  ],
};

/** As long as rows may make them, and longer. */
export function fullList(fill: (length: number) => string): WorkflowList {
  const workflow = {
    ...listed,
    name: 'w'.repeat(60),
    description: fill(500),
    goal: fill(300),
    triggers: [fill(900), fill(900)],
  };
  return { everythingPaused: true, workflows: Array.from({ length: 60 }, () => workflow) };
}

export function fullShown(fill: (length: number) => string): ShownWorkflow {
  const shipped = testWorkflow();
  const steps = Array.from({ length: 50 }, (_, i) => ({
    id: `${'s'.repeat(37)}-${i}`,
    decide: 'email_draft' as const,
    brief: fill(2_000),
  }));
  const baseline = {
    steps: Array.from({ length: 50 }, (_, i) => ({ id: `b${i}`, send: { subject: fill(200), text: fill(900) } })),
  };
  const step = { here: 12_345, waiting: 12_345, oldest: hoursAgo(9_000), medianVerdictMs: 1e9, passed: 99_999 };
  return shownFacts({
    workflow: {
      ...shipped,
      name: 'w'.repeat(60),
      description: fill(500),
      goal: { description: fill(300), when: { tag: fill(60) } },
      exit_when: Array.from({ length: 20 }, () => ({ reason: fill(120), when: { tag: fill(60) } })),
      steps,
      baseline,
      cohort: { ai: 80, baseline: 20 },
      approvers: { lead_score: Array.from({ length: 60 }, () => 'U0123456789'), email_draft: [] },
      quiet_hours: { from: '21:00', to: '07:00' },
    },
    status: 'paused',
    pausedBy: 'U0ANA',
    publishedBy: `person:${fill(200)}`,
    counts: { ...counts, holdout: 9_999, steps: Object.fromEntries(steps.map(({ id }) => [id, step])) },
    versions: Array.from({ length: 40 }, (_, i) => ({ version: 40 - i, underWay: 9_999 })),
  });
}

export function fullLeads(fill: (length: number) => string): WorkflowLeads {
  const lead = {
    ...maria,
    email: `${'x'.repeat(64)}@${'y'.repeat(60)}.example`,
    name: fill(600),
    company: fill(300),
    step: 's'.repeat(40),
    arm: 'baseline' as const,
  };
  return { ...leadsFacts, workflow: 'w'.repeat(60), leads: Array.from({ length: 20 }, () => lead) };
}

export function fullStory(fill: (length: number) => string): LeadStory {
  return {
    ...storyFacts,
    email: `${'x'.repeat(64)}@${'y'.repeat(60)}.example`,
    name: fill(600),
    company: fill(300),
    source: fill(300),
    now: Array.from({ length: 20 }, () => fill(600)),
    lines: Array.from({ length: 90 }, (_, i) => ({ at: hoursAgo(90 - i), text: `${marked('U0ANA')} ${fill(3_000)}` })),
  };
}
