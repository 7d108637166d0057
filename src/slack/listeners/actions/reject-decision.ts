import { actions } from '../../action-ids.ts';
import { rejectDecisionView } from '../../views/reject-decision-view.ts';
import type { Hearing } from '../hearing.ts';
import { type OpenArgs, openDecision } from './open-decision.ts';

export const rejectDecision = (hearing: Hearing) => (args: OpenArgs) =>
  openDecision(hearing, args, { action: actions.reject, view: rejectDecisionView, needsPending: true });
