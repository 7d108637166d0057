import type { ProposalInputs } from '../facts.ts';
import { emailFindings, linkAllowed } from '../guardrails.ts';
import { linkSpans } from '../links.ts';
import type { Workflow } from '../workflow.ts';
import type { WorkflowFinding } from './workflow-finding.ts';
import { fieldOf } from './condition.ts';
import type { FixedMail, Step } from './step.ts';
import { fillIn, slotsIn } from './template.ts';

type Place = { mail: FixedMail; step: Step; path: Array<string | number> };

/** Fixed mails obey the rules that drafts obey, and a brief asks for no link that no draft may contain. */
export function checkMails(workflow: Workflow): WorkflowFinding[] {
  const lists: Array<[readonly Step[], string[]]> = [[workflow.steps, ['steps']]];
  if (workflow.baseline) lists.push([workflow.baseline.steps, ['baseline', 'steps']]);
  const places: Place[] = [];
  const findings: WorkflowFinding[] = [];
  for (const [steps, at] of lists)
    for (const [i, step] of steps.entries()) {
      if ('send' in step) places.push({ mail: step.send, step, path: [...at, i, 'send'] });
      if ('decide' in step) {
        if (step.fallback?.mail) places.push({ mail: step.fallback.mail, step, path: [...at, i, 'fallback', 'mail'] });
        findings.push(...checkBrief(workflow, step, [...at, i, 'brief']));
      }
    }
  return [...findings, ...places.flatMap((place) => checkMail(workflow, place))];
}

function checkBrief(
  workflow: Workflow,
  step: Extract<Step, { brief: string }>,
  path: Array<string | number>,
): WorkflowFinding[] {
  const strange = linkSpans(step.brief).filter(
    ({ link }) => !linkAllowed(/^https?:/i.test(link) ? link : `https://${link}`, workflow.allowed_links),
  );
  return strange.map(({ link }) => ({
    code: 'link_not_allowed',
    severity: 'error',
    path,
    text: `The brief of step “${step.id}” names the link ${link}, which no draft may contain.`,
    remedy: 'Add it to allowed_links, or take it out of the brief.',
  }));
}

/** Read twice: with every fact known, and with none, as the least known lead would get it. */
function checkMail(workflow: Workflow, { mail, step, path }: Place): WorkflowFinding[] {
  const slots = [...slotsIn(mail.subject), ...slotsIn(mail.text)];
  const full = { fields: Object.fromEntries(slots.map(({ name }) => [name, sampleOf(name)])) };
  const least = {
    fields: Object.fromEntries(
      slots.filter(({ otherwise }) => otherwise === null).map(({ name }) => [name, sampleOf(name)]),
    ),
  };
  const seen = new Set<string>();
  return [full, least].flatMap((facts) => {
    const text = { subject: fillIn(mail.subject, facts).text, body: fillIn(mail.text, facts).text };
    return emailFindings(text, inputsOf(workflow, step, facts.fields)).flatMap((finding): WorkflowFinding[] => {
      const key = `${finding.code}|${finding.text}`;
      if (seen.has(key)) return [];
      seen.add(key);
      return [
        {
          code: finding.code,
          severity: finding.severity === 'block' ? 'error' : 'warning',
          path: [...path, finding.field === 'subject' ? 'subject' : 'text'],
          text: `The mail of step “${step.id}”: ${finding.text}`,
          remedy: REMEDY[finding.code] ?? 'Reword it.',
        },
      ];
    });
  });
}

const REMEDY: Record<string, string> = {
  link_not_allowed: 'Add the link to allowed_links, or take it out.',
  claim_not_in_facts: 'Add the claim to facts, or take it out.',
  placeholder: 'Write slots as {{first_name|there}}.',
};

function sampleOf(name: string): string {
  return fieldOf({ fields: SAMPLE }, name) ?? 'Sample';
}

const SAMPLE: Record<string, string> = {
  first_name: 'Karen',
  last_name: 'Lindholm',
  company: 'Nordwind Kältetechnik',
  title: 'Operations manager',
  country: 'Germany',
  language: 'en',
  timezone: 'Europe/Berlin',
  source: 'website',
  email: 'karen@nordwind.example',
};

function inputsOf(workflow: Workflow, step: Step, fields: Record<string, string>): ProposalInputs {
  return {
    workflow: workflow.name,
    workflowVersion: 0,
    step: step.id,
    brief: '',
    lead: {
      leadId: '',
      email: sampleOf('email'),
      firstName: fieldOf({ fields }, 'first_name'),
      lastName: fieldOf({ fields }, 'last_name'),
      company: fieldOf({ fields }, 'company'),
      title: fieldOf({ fields }, 'title'),
      country: null,
      language: null,
      timezone: null,
      source: null,
      score: null,
      fields,
      events: [],
    },
    priorMails: [],
    facts: workflow.facts,
    allowedLinks: workflow.allowed_links,
    tone: workflow.tone,
    sender: { name: workflow.sender.name, company: workflow.sender.company },
    lessons: [],
  };
}
