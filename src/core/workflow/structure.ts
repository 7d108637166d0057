import { didYouMean } from '../did-you-mean.ts';
import { conditionDepth, DEEPEST_CONDITION } from './condition.ts';
import { goTarget, kindOf, type Step, type StepKind } from './step.ts';

/** Arms of an experiment, in the order in which shares are laid out. */
export const arms = ['ai', 'baseline', 'holdout'] as const;
export type Arm = (typeof arms)[number];

/** What the baseline may do: nothing that a model proposes or a person is asked about, so that it stays the sequence it was. */
const baselineKinds: readonly StepKind[] = ['wait', 'wait_until', 'window', 'branch', 'send', 'update', 'exit'];

/** Something that no reading of the file can mean. `path` as in the file; `message` says what was expected there. */
export type StructureProblem = { path: Array<string | number>; message: string };

type Parts = {
  trigger?: unknown;
  triggers?: unknown;
  steps: readonly Step[];
  baseline?: { steps: readonly Step[] } | undefined;
  cohort?: Partial<Record<Arm, number | undefined>> | undefined;
};

/** A jump as the file states it: where it stands, where it leads. */
export type Jump = { path: Array<string | number>; to: string };

/** Every place in a step that names another step. */
export function jumpsOf(step: Step): Jump[] {
  const jumps: Array<{ path: Array<string | number>; to: string | null | undefined }> = [];
  if ('next' in step) jumps.push({ path: ['next'], to: step.next });
  if ('wait' in step && typeof step.wait === 'object' && 'until_date' in step.wait)
    jumps.push(
      { path: ['wait', 'if_missing'], to: goTarget(step.wait.if_missing) },
      { path: ['wait', 'if_past'], to: goTarget(step.wait.if_past) },
    );
  if ('wait_until' in step) jumps.push({ path: ['on_timeout'], to: step.on_timeout });
  if ('branch' in step) step.branch.forEach(({ go }, i) => jumps.push({ path: ['branch', i, 'go'], to: go }));
  if ('split' in step) step.split.forEach(({ go }, i) => jumps.push({ path: ['split', i, 'go'], to: go }));
  if ('decide' in step)
    for (const when of ['on_model_failure', 'on_budget', 'on_expire'] as const)
      jumps.push({ path: ['fallback', when], to: goTarget(step.fallback?.[when]) });
  if ('task' in step)
    jumps.push(
      { path: ['task', 'done'], to: step.task.done },
      { path: ['task', 'on_expire'], to: step.task.on_expire },
    );
  return jumps.flatMap(({ path, to }) => (to === null || to === undefined ? [] : [{ path, to }]));
}

/** Everything about the parts together that makes a workflow unusable; empty when every way through it ends. */
export function structureProblems(workflow: Parts): StructureProblem[] {
  const { trigger, triggers, steps, baseline } = workflow;
  const problems: StructureProblem[] = [];
  if ((trigger === undefined) === (triggers === undefined))
    problems.push({
      path: [trigger === undefined ? 'trigger' : 'triggers'],
      message:
        trigger === undefined
          ? 'what brings leads into this workflow: trigger, or triggers for several'
          : 'either trigger or triggers, not both',
    });
  problems.push(...doubleIds([...idsIn(steps, ['steps']), ...idsIn(baseline?.steps ?? [], ['baseline', 'steps'])]));
  problems.push(...trackProblems(steps, ['steps']));
  if (baseline)
    problems.push(...trackProblems(baseline.steps, ['baseline', 'steps']), ...baselineProblems(baseline.steps));
  return [...problems, ...cohortProblems(workflow), ...deepConditions(workflow)];
}

type PlacedId = { id: string; path: Array<string | number> };

function idsIn(steps: readonly Step[], at: string[]): PlacedId[] {
  return steps.map(({ id }, i) => ({ id, path: [...at, i, 'id'] }));
}

function doubleIds(ids: readonly PlacedId[]): StructureProblem[] {
  const seen = new Set<string>();
  return ids.flatMap(({ id, path }) => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [{ path, message: `a step id that no other step has (“${id}” stands twice)` }];
  });
}

function trackProblems(steps: readonly Step[], at: string[]): StructureProblem[] {
  const places = new Map(steps.map(({ id }, i) => [id, i]));
  return steps.flatMap((step, i) => {
    const here: Array<string | number> = [...at, i];
    const jumps = jumpsOf(step).flatMap(({ path, to }): StructureProblem[] => {
      const target = places.get(to);
      if (target === undefined) {
        const known = steps.slice(i + 1).map(({ id }) => id);
        const rest = known.length === 0 ? 'no step stands below this one' : `below are ${known.join(', ')}`;
        const near = didYouMean(to, known);
        const meant = near === null ? '' : `; did you mean “${near}”?`;
        return [{ path: [...here, ...path], message: `a step that exists further down (${rest}${meant})` }];
      }
      return target > i
        ? []
        : [
            {
              path: [...here, ...path],
              message: 'a step further down: a way never goes back, so that every way ends',
            },
          ];
    });
    return [...jumps, ...stepProblems(step).map((problem) => ({ ...problem, path: [...here, ...problem.path] }))];
  });
}

function stepProblems(step: Step): StructureProblem[] {
  if ('branch' in step)
    return step.branch.flatMap(({ when }, i): StructureProblem[] => {
      const last = i === step.branch.length - 1;
      if (last && when !== undefined)
        return [{ path: ['branch', i, 'when'], message: 'no condition here: the last way is for everybody else' }];
      if (!last && when === undefined)
        return [{ path: ['branch', i], message: 'a condition (`when`): only the last way has none' }];
      return [];
    });
  if ('split' in step) return splitProblems(step.split);
  if ('window' in step && step.window.from === step.window.to)
    return [{ path: ['window', 'to'], message: 'a time that differs from `from`' }];
  if ('decide' in step) return fallbackProblems(step);
  if ('webhook' in step && !isWebAddress(step.webhook.url))
    return [{ path: ['webhook', 'url'], message: 'an http(s) address without user name or password' }];
  return [];
}

function splitProblems(ways: ReadonlyArray<{ name: string; share: number }>): StructureProblem[] {
  const problems: StructureProblem[] = [];
  const sum = ways.reduce((total, { share }) => total + share, 0);
  if (sum !== 100) problems.push({ path: ['split'], message: `shares that add up to 100; these add up to ${sum}` });
  for (const [i, { name }] of ways.entries())
    if (ways.findIndex((other) => other.name === name) !== i)
      problems.push({ path: ['split', i, 'name'], message: 'a name that no other way has' });
  return problems;
}

function fallbackProblems(step: Extract<Step, { decide: unknown }>): StructureProblem[] {
  const { fallback } = step;
  if (!fallback) return [];
  const sends = (['on_model_failure', 'on_budget', 'on_expire'] as const).filter((when) => fallback[when] === 'send');
  if (step.decide !== 'email_draft')
    return sends.map((when) => ({
      path: ['fallback', when],
      message: `ask, skip, exit or go:STEP, because a ${step.decide} is no mail`,
    }));
  return sends.length > 0 && fallback.mail === undefined
    ? [{ path: ['fallback', 'mail'], message: 'the mail that `send` sends: {subject, text}' }]
    : [];
}

function baselineProblems(steps: readonly Step[]): StructureProblem[] {
  return steps.flatMap((step, i) => {
    const kind = kindOf(step);
    return baselineKinds.includes(kind)
      ? []
      : [
          {
            path: ['baseline', 'steps', i, kind],
            message: `one of ${baselineKinds.join(', ')}, because the baseline asks neither a model nor people`,
          },
        ];
  });
}

function cohortProblems({ cohort, baseline }: Parts): StructureProblem[] {
  if (cohort === undefined) return [];
  const problems: StructureProblem[] = [];
  const sum = arms.reduce((total, arm) => total + (cohort[arm] ?? 0), 0);
  if (sum !== 100) problems.push({ path: ['cohort'], message: `shares that add up to 100; these add up to ${sum}` });
  if ((cohort.baseline ?? 0) > 0 && baseline === undefined)
    problems.push({
      path: ['cohort', 'baseline'],
      message: 'the baseline itself (`baseline: {steps: …}`), since leads have a share of it',
    });
  return problems;
}

function deepConditions(workflow: Parts): StructureProblem[] {
  return conditionDepth(workflow) > DEEPEST_CONDITION
    ? [{ path: [], message: `conditions with at most ${DEEPEST_CONDITION} of all, any and not inside each other` }]
    : [];
}

function isWebAddress(text: string): boolean {
  // Placeholders in an address would let a lead's data choose where it goes.
  if (/[{}\s]/.test(text)) return false;
  try {
    const { protocol, username, password } = new URL(text);
    return ['https:', 'http:'].includes(protocol) && username === '' && password === '';
  } catch {
    return false;
  }
}
