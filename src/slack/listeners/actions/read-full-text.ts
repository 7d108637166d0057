import { actions } from '../../action-ids.ts';
import { fullTextView } from '../../views/full-text-view.ts';
import type { Hearing } from '../hearing.ts';
import { type OpenArgs, openDecision } from './open-decision.ts';

export const readFullText = (hearing: Hearing) => (args: OpenArgs) =>
  openDecision(hearing, args, { action: actions.showFull, view: fullTextView, needsPending: false });
