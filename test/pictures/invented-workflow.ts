import { readFileSync } from 'node:fs';
import { parseWorkflow } from '../../src/core/workflow-yaml.ts';
import type { Workflow } from '../../src/core/workflow.ts';

const STEPS = `
goal: { description: "A pilot contract is signed.", when: { event: converted } }
exit_when:
  - { reason: "Became a customer", when: { field: stage, is: customer } }
  - { reason: "Asked us to stop", when: { tag: no-contact } }
triggers:
  - { on: event, event: trial_started }
  - { on: segment, segment: enterprise-buyers }
cohort: { ai: 80, baseline: 10, holdout: 10 }
baseline:
  steps:
    - { id: b-wait, wait: 1d }
    - { id: b-mail-1, send: { subject: "Getting started with your plan", text: "Hello {{first_name|there}}, here is how to begin. Best wishes, Nora from Fieldlark" } }
    - { id: b-wait-2, wait: 4d }
    - { id: b-mail-2, send: { subject: "Shall we walk through it together?", text: "Hello {{first_name|there}}, 20 minutes are enough. Best wishes, Nora from Fieldlark" } }
steps:
  - { id: score, decide: lead_score, brief: "Judge how likely this lead is to become a customer for scheduling software for field service teams of 10 to 500 technicians." }
  - { id: by-score, branch: [ { when: { score: { at_least: 70 } }, go: hot }, { when: { score: { at_least: 40 } }, go: warm }, { go: cold } ] }
  - { id: hot, task: { text: "Call the lead today and write down what they plan to do about their dispatch board.", deadline: 1d, done: after-call, on_expire: hot-mail } }
  - { id: hot-mail, decide: email_draft, brief: "We could not reach them. Offer two times tomorrow, in two sentences.", fallback: { on_model_failure: ask, on_expire: "go:slow" } }
  - { id: hot-wait, wait_until: { event: replied }, timeout: 3d, on_timeout: hot-again, next: after-call }
  - { id: hot-again, decide: email_draft, brief: "A last, friendly word with one number from a customer of their size." , next: slow }
  - { id: after-call, update: { set: { stage: talking }, add_tags: [talked] } }
  - { id: crm, webhook: { url: "https://crm.example.com/hooks/stage", body: { stage: talking } } }
  - { id: talk-wait, wait: { until_date: meeting_at, offset: 1d, at: "09:00", if_missing: skip, if_past: skip } }
  - { id: recap, decide: email_draft, brief: "Thank them for the talk and list what was agreed, as far as the notes say.", next: slow }
  - { id: warm, split: [ { name: short, share: 50, go: warm-short }, { name: story, share: 50, go: warm-story } ] }
  - { id: warm-short, decide: email_draft, brief: "At most 60 words.", next: warm-window }
  - { id: warm-story, decide: email_draft, brief: "Tell the story of one customer in their trade, at most 120 words.", next: warm-window }
  - { id: warm-window, window: { from: "09:00", to: "17:00", days: [mon, tue, wed, thu, fri] } }
  - { id: warm-click, wait_until: { event: clicked, within: 14d }, timeout: 5d, on_timeout: warm-send }
  - { id: warm-follow, decide: email_draft, brief: "They clicked: answer the question that the page leaves open.", next: slow }
  - { id: warm-send, send: { subject: "Nine questions before you change your dispatch board", text: "Hello {{first_name|there}}, here are the nine questions we promised. Best wishes, Nora" }, next: slow }
  - { id: cold, wait: 14d }
  - { id: cold-mail, send: { subject: "Still planning on paper?", text: "Hello {{first_name|there}}, here is a checklist. Best wishes, Nora from Fieldlark" } }
  - { id: cold-wait, wait_until: { event: clicked }, timeout: 10d, on_timeout: bye, next: slow }
  - { id: bye, exit: "no interest for a month" }
  - { id: slow, wait: 7d }
  - { id: rescore, decide: lead_score, brief: "Judge again with what happened since." }
  - { id: still, branch: [ { when: { score: { at_least: 50 } }, go: offer }, { go: park } ] }
  - { id: offer, decide: email_draft, brief: "Offer a pilot of four weeks with their own plan; say what it costs and what we need from them." }
  - { id: offer-wait, wait_until: { any: [ { event: replied }, { event: clicked } ] }, timeout: 6d, on_timeout: nudge, next: contract }
  - { id: nudge, decide: email_draft, brief: "One sentence." }
  - { id: contract, task: { text: "Send the pilot contract and note the date.", deadline: 3d } }
  - { id: won, update: { add_tags: [pilot] }, next: thanks }
  - { id: park, update: { add_tags: [parked] } }
  - { id: thanks, send: { subject: "Thank you", text: "Hello {{first_name|there}}, thank you for your time. Best wishes, Nora from Fieldlark" } }

`;

/** 31 steps with every kind of step and way: nothing that ships is as big. Settings are those of the shipped white paper workflow. */
export function inventedWorkflow(): Workflow {
  const shipped = readFileSync(new URL('../../workflows/whitepaper-nurture.yaml', import.meta.url), 'utf8');
  const settings = shipped.slice(shipped.indexOf('\nchannels:'));
  const head =
    'name: enterprise-journey\ndescription: From the first download to a signed pilot, with every way a lead can take.\n';
  const parsed = parseWorkflow(`${head}${STEPS}${settings}`, 'enterprise-journey.yaml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.workflow;
}
