import { z } from 'zod';
import { type Workflow, workflowSchema } from '../workflow.ts';

/** A JSON Schema as plain data; only what this program reads of it is typed. */
export type JsonSchema = {
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  definitions?: Record<string, JsonSchema>;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  additionalProperties?: boolean | JsonSchema;
  propertyNames?: JsonSchema;
  enum?: unknown[];
  const?: unknown;
  type?: string;
  description?: string;
};

/** What stands first in a workflow file, so that an editor with the YAML language server helps with it. */
export const SCHEMA_COMMENT = '# yaml-language-server: $schema=./workflow.schema.json';

/** What an editor shows beside a setting; a new setting is not complete without its line. */
const SETTINGS: Record<keyof Workflow, string> = {
  name: 'What people type: /workflow pause NAME.',
  description: 'For people.',
  goal: 'What is wanted: a text, or {description, when}; a lead for whom the condition holds leaves at once.',
  trigger: 'What brings leads in.',
  triggers: 'Several things that bring leads in; instead of trigger.',
  exit_when: 'Conditions on which a lead leaves at once, with their reasons.',
  re_entry: 'Whether a lead may come in again once it left. Left out: never.',
  account_pause:
    'How long colleagues are left alone when somebody of a company answers: a duration, or never. Left out: 14d.',
  priority: 'Whose mail goes first when a cap is near, 0 to 100. Left out: 50.',
  cohort: 'Shares of the leads in percent; they add up to 100. Left out: all ai.',
  baseline: 'The fixed sequence that the AI is measured against.',
  steps: 'In order; every jump leads further down.',
  channels: 'Where cards appear: a name like #nurture-emails, or an id.',
  approvers: 'Who may decide: Slack ids of people (U…) and user groups (S…).',
  deadline: 'How long a decision waits before it expires; silence is never an approval. Left out: 3d.',
  deadlines: 'Other deadlines for single kinds.',
  undo_window: 'How long an approved mail waits and can be stopped. Left out: 10m.',
  on_reject: 'After a rejected decision: go on with the next step (left out), or leave.',
  on_expire: 'After one that nobody decided: leave (left out), or go on.',
  max_pending: 'So many decisions wait for people at once; further leads wait in line. Left out: 200.',
  quiet_hours: 'No mail then, where the lead is.',
  cap: 'At most so many mails to one lead, over all workflows. Left out: 3 within 7d.',
  sender: 'Who the mails are from.',
  why: 'Stands in the footer: why the lead gets this mail.',
  tone: 'How drafts should sound.',
  facts: 'The only claims about the product that a draft may make.',
  allowed_links: 'The only links that a mail may contain.',
  tracking: 'Whether clicks are counted. Left out: no.',
  reviews: 'Shares of the cards that look at the reviews themselves.',
  required_fields: 'Facts without which the AI decides nothing about a lead.',
  lead_fields: 'Further columns of imports that the model may see.',
  never_automatic: 'Kinds and words that keep a decision with people, whatever the threshold.',
};

/** The schema of a workflow file for editors: settings, their types and words; what depends on several settings is left to `workflow check`. */
export function workflowJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(workflowSchema, { io: 'input', target: 'draft-7' }) as JsonSchema;
  const properties = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    if (!isSetting(name)) throw new Error(`the setting ${name} is explained nowhere`);
    return [name, { description: SETTINGS[name], ...property }];
  });
  return {
    ...schema,
    description: 'A Countersign workflow; see docs/workflows.md.',
    properties: Object.fromEntries(properties) as Record<string, JsonSchema>,
  };
}

function isSetting(name: string): name is keyof Workflow {
  return Object.hasOwn(SETTINGS, name);
}
