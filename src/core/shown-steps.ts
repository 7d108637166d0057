import { humanDuration } from './duration.ts';
import { countsAt, MAP_DAYS, type MapCounts } from './map-counts.ts';
import { END, type GraphEdge, type GraphNode, workflowGraph } from './workflow/graph.ts';
import type { Workflow } from './workflow.ts';

/** One step for a list (no counts where `counts` is null): what it is, what goes on in it, where it leads besides the step below. */
export type ShownStep = {
  id: string;
  title: string;
  detail: string;
  ai: boolean;
  people: boolean;
  /** “12 here, 6 waiting for people (oldest 5 h), 140 passed in 30 days”; empty where nothing happened. */
  counts: string;
  /** “clicked → offer”, “→ the end”; empty where it only goes on to the step below. */
  ways: string[];
};

export function shownSteps(workflow: Workflow, track: 'ai' | 'baseline', counts: MapCounts | null): ShownStep[] {
  const { nodes, edges } = workflowGraph(workflow, track);
  const steps = nodes.filter(({ kind }) => kind !== 'start' && kind !== 'goal' && kind !== 'end');
  return steps.map((node, i) => ({
    id: node.id,
    title: node.title,
    detail: node.detail,
    ai: node.ai,
    people: node.kind === 'task',
    counts: counts === null ? '' : countWords(node, counts),
    ways: waysOf(node, edges, steps[i + 1]?.id ?? END),
  }));
}

function waysOf(node: GraphNode, edges: readonly GraphEdge[], below: string): string[] {
  return edges
    .filter(({ from }) => from === node.id)
    .flatMap(({ to, label }) => {
      const target = to === END ? 'the end' : to;
      if (label !== null) return [`${label} → ${target}`];
      return to === below ? [] : [`→ ${target}`];
    });
}

function countWords({ id }: GraphNode, counts: MapCounts): string {
  const { here, waiting, oldest, passed, medianVerdictMs } = countsAt(counts, id);
  const n = (value: number): string => value.toLocaleString('en-US');
  const since = oldest === null ? '' : ` (oldest ${humanDuration(counts.at.getTime() - oldest.getTime())})`;
  return [
    ...(here === 0 ? [] : [`${n(here)} here`]),
    ...(waiting === 0 ? [] : [`${n(waiting)} waiting for people${since}`]),
    ...(passed === 0 ? [] : [`${n(passed)} passed in ${MAP_DAYS} days`]),
    ...(medianVerdictMs === null ? [] : [`usually ${humanDuration(medianVerdictMs)} to a verdict`]),
  ].join(', ');
}
