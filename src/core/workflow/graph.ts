import type { Workflow } from '../workflow.ts';
import { conditionWords } from './condition-words.ts';
import { goalOf, triggersOf } from './settings.ts';
import { asksPeople, goTarget, kindOf, type Step, type StepKind } from './step.ts';
import { stepWords, triggerWords } from './step-words.ts';

/** `start`, `goal` and `end` are no steps: where leads come in, what is wanted, and the end of the list. */
export type NodeKind = StepKind | 'start' | 'goal' | 'end';
export type GraphNode = {
  /** The step's id; `start`, `goal` and `end` in brackets (`(start)`), which no step id can be. */
  id: string;
  kind: NodeKind;
  title: string;
  /** One line more; empty when there is nothing to add. */
  detail: string;
  /** The model proposes something here. */
  ai: boolean;
  /** Leads may wait here for people. */
  human: boolean;
};
export type EdgeKind = 'next' | 'branch' | 'timeout' | 'split' | 'fallback';
/** `label` says when this way is taken; null where there is no choice. */
export type GraphEdge = { from: string; to: string; label: string | null; kind: EdgeKind };
export type WorkflowGraph = { nodes: GraphNode[]; edges: GraphEdge[] };

export const START = '(start)';
export const GOAL = '(goal)';
export const END = '(end)';

/**
 * The workflow as nodes and edges, in the order of the file; an exit step has no way out, and nothing leads to the goal, which
 * can be reached from everywhere. @param track the AI's steps, or the baseline's (a workflow without one has only start and end).
 */
export function workflowGraph(workflow: Workflow, track: 'ai' | 'baseline' = 'ai'): WorkflowGraph {
  const steps = track === 'ai' ? workflow.steps : (workflow.baseline?.steps ?? []);
  const goal = goalOf(workflow);
  const nodes: GraphNode[] = [
    plainNode(START, 'start', 'Start', triggersOf(workflow).map(triggerWords).join('; ')),
    ...steps.map(nodeOf),
    plainNode(GOAL, 'goal', goal.description, goal.when === null ? '' : conditionWords(goal.when)),
    plainNode(END, 'end', 'End', ''),
  ];
  const first: GraphEdge = { from: START, to: steps[0]?.id ?? END, label: null, kind: 'next' };
  return { nodes, edges: [first, ...steps.flatMap((step, i) => edgesOf(step, steps[i + 1]?.id ?? END))] };
}

function plainNode(id: string, kind: NodeKind, title: string, detail: string): GraphNode {
  return { id, kind, title, detail, ai: false, human: false };
}

function nodeOf(step: Step): GraphNode {
  return { id: step.id, kind: kindOf(step), ...stepWords(step), ai: 'decide' in step, human: asksPeople(step) };
}

/** Ways out of a step, as the file names them; `below` is where a step without `next` goes on. */
function edgesOf(step: Step, below: string): GraphEdge[] {
  const from = step.id;
  if ('exit' in step) return [];
  if ('branch' in step)
    return step.branch.map(({ when, go }) => ({
      from,
      to: go,
      label: when === undefined ? 'otherwise' : conditionWords(when),
      kind: 'branch',
    }));
  if ('split' in step)
    return step.split.map(({ name, share, go }) => ({ from, to: go, label: `${name} ${share} %`, kind: 'split' }));
  const on: GraphEdge = { from, to: step.next ?? below, label: null, kind: 'next' };
  if ('wait_until' in step)
    return [
      { ...on, label: conditionWords(step.wait_until) },
      { from, to: step.on_timeout ?? on.to, label: `after ${step.timeout}`, kind: 'timeout' },
    ];
  if ('task' in step) {
    const { done, on_expire: expired } = step.task;
    return [
      ...(done === undefined ? [] : [{ from, to: done, label: 'done', kind: 'branch' } as const]),
      done === undefined ? on : { ...on, label: 'skipped' },
      ...(expired === undefined ? [] : [{ from, to: expired, label: 'nobody did it', kind: 'timeout' } as const]),
    ];
  }
  return [on, ...fallbackEdges(step)];
}

const FALLBACKS = {
  on_model_failure: 'the model fails',
  on_budget: 'the budget is spent',
  on_expire: 'nobody decides',
} as const;

function fallbackEdges(step: Step): GraphEdge[] {
  const edge = (action: string | undefined, label: string): GraphEdge[] => {
    const to = goTarget(action);
    return to === null ? [] : [{ from: step.id, to, label, kind: 'fallback' }];
  };
  if ('decide' in step)
    return (['on_model_failure', 'on_budget', 'on_expire'] as const).flatMap((when) =>
      edge(step.fallback?.[when], FALLBACKS[when]),
    );
  if ('wait' in step && typeof step.wait === 'object' && 'until_date' in step.wait)
    return [
      ...edge(step.wait.if_missing, `no ${step.wait.until_date}`),
      ...edge(step.wait.if_past, `${step.wait.until_date} is past`),
    ];
  return [];
}
