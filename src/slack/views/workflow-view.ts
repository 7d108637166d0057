import type { KnownBlock, ModalView } from '@slack/types';
import type { ShownWorkflow } from '../../engine/show-workflow.ts';
import { section } from '../messages/line-sections.ts';
import { workflowShowMessage } from '../messages/workflow-show.ts';
import { brief } from '../text.ts';
import { modal } from './modal.ts';

/** The steps and rules of a workflow, from the Home tab. */
export function workflowView(shown: ShownWorkflow): ModalView {
  return modal({ title: 'Workflow', blocks: workflowShowMessage(shown).blocks });
}

/** While its map is drawn. */
export function drawingView(name: string): ModalView {
  return modal({ title: 'Map', blocks: [section(`Drawing *${brief(name, 80)}* …`)] });
}

/** The map, or what is said in its place. */
export function mapView(blocks: KnownBlock[]): ModalView {
  return modal({ title: 'Map', blocks });
}
