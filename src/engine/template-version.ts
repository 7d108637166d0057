import { contentHash } from '../core/canonical-json.ts';
import { isDecide, type DecideStep, type Workflow } from '../core/workflow.ts';
import type { Context, ModelAnswer } from './context.ts';

type Answer = Pick<ModelAnswer<DecideStep['decide']>, 'ok' | 'model'>;

/**
 * Model, prompt and what the workflow itself tells the model: a change of any is a new template. The model as the provider named
 * it with its answer, where it gave one: an alias may begin to mean another model without anybody here changing a setting.
 */
export function templateVersionOf(ctx: Context, workflow: Workflow, step: DecideStep, answer: Answer): string {
  const { facts, tone, allowed_links: links, sender, why } = workflow;
  const { model, promptVersion } = ctx.model.version(step.decide);
  return contentHash({
    model: answer.ok ? answer.model : model,
    promptVersion,
    kind: step.decide,
    brief: step.brief,
    facts,
    tone,
    links,
    sender,
    why,
    // What the model is shown of a lead.
    fields: workflow.lead_fields,
  });
}

/**
 * Whether the workflow was published anew since, with other words for this step. Leads stay on the version they began with, so that
 * old and new ones come by turns: without this each turn would look like a change of what makes the proposals.
 */
export function isOutdated(
  ctx: Context,
  made: { workflow: Workflow; step: DecideStep; answer: Answer },
  today: Workflow,
): boolean {
  const { workflow, step, answer } = made;
  const now = today.steps.find(({ id }) => id === step.id);
  if (now === undefined || !isDecide(now) || now.decide !== step.decide) return true;
  return templateVersionOf(ctx, today, now, answer) !== templateVersionOf(ctx, workflow, step, answer);
}
