import type { EdgeKind, NodeKind } from '../core/workflow/graph.ts';

/** Colours of the map. Every kind also has its own sign, so that nothing depends on telling colours apart. */
export const ink = {
  page: '#ffffff',
  panel: '#f5f6f8',
  panelEdge: '#e3e6ea',
  card: '#ffffff',
  cardEdge: '#cfd4db',
  title: '#16181d',
  text: '#44474d',
  faint: '#6b7079',
  line: '#8b929d',
  ai: '#6a35c9',
  aiCard: '#f7f2ff',
  people: '#a3195b',
  peopleCard: '#fff3f8',
  waiting: '#8a4b00',
  waitingBand: '#fff1d6',
  bottleneck: '#c2410c',
  goal: '#1d7a4d',
  goalBand: '#eaf6ef',
} as const;

export const kindInk: Record<NodeKind, string> = {
  start: '#16181d',
  goal: ink.goal,
  end: '#6b7079',
  wait: '#5b6675',
  wait_until: '#5b6675',
  window: '#5b6675',
  branch: '#0b5fa5',
  split: '#0e7490',
  decide: ink.ai,
  send: '#1d7a4d',
  update: '#7c5c10',
  webhook: '#465065',
  task: ink.people,
  exit: '#b4232a',
};

export type LineStyle = { colour: string; dash: readonly number[] };

export const lineStyles: Record<EdgeKind, LineStyle> = {
  next: { colour: ink.line, dash: [] },
  branch: { colour: '#0b5fa5', dash: [] },
  split: { colour: '#0e7490', dash: [] },
  timeout: { colour: '#8a4b00', dash: [6, 4] },
  fallback: { colour: '#b4232a', dash: [2, 4] },
};
