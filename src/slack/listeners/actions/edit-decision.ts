import { actions } from '../../action-ids.ts';
import { editDecisionView } from '../../views/edit-decision-view.ts';
import type { Hearing } from '../hearing.ts';
import { type OpenArgs, openDecision } from './open-decision.ts';

export const editDecision = (hearing: Hearing) => (args: OpenArgs) =>
  openDecision(hearing, args, { action: actions.edit, view: editDecisionView, needsPending: true });
