import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { formatProblem, parseWorkflow } from '../src/core/workflow-yaml.ts';
import { drawWorkflowMap } from '../src/pictures/workflow-map.ts';
import { indexedPng } from './indexed-png.ts';

/** Draws the shipped workflows for the docs (docs/images/map-NAME.png). Run by hand after a workflow or the picture has changed. */
const workflows = new URL('../workflows/', import.meta.url);
for (const file of readdirSync(workflows).filter((name) => name.endsWith('.yaml'))) {
  const parsed = parseWorkflow(readFileSync(new URL(file, workflows), 'utf8'), file);
  if (!parsed.ok) throw new Error(parsed.problems.map((problem) => formatProblem(problem)).join('\n'));
  const map = await drawWorkflowMap({ workflow: parsed.workflow, version: null, counts: null });
  const png = await indexedPng(map.png);
  const path = fileURLToPath(new URL(`../docs/images/map-${parsed.workflow.name}.png`, import.meta.url));
  writeFileSync(path, png);
  process.stdout.write(`${path}: ${Math.round(png.length / 1024)} kB\n`);
}
