import { actions } from '../../action-ids.ts';
import { whyView } from '../../views/why-view.ts';
import type { Hearing } from '../hearing.ts';
import { type OpenArgs, openDecision } from './open-decision.ts';

export const askWhy = (hearing: Hearing) => (args: OpenArgs) =>
  openDecision(hearing, args, { action: actions.why, view: whyView, needsPending: false });
