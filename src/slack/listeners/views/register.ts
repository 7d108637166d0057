import type { App, ViewSubmitAction } from '@slack/bolt';
import { views } from '../../action-ids.ts';
import type { Hearing } from '../hearing.ts';
import { submitFacts } from './submit-facts.ts';
import { submitEdit } from './submit-edit.ts';
import { submitFullText } from './submit-full-text.ts';
import { submitRejection } from './submit-rejection.ts';

export function registerViews(app: Pick<App, 'view'>, hearing: Hearing): void {
  app.view<ViewSubmitAction>(views.editSubmit, submitEdit(hearing));
  app.view<ViewSubmitAction>(views.rejectSubmit, submitRejection(hearing));
  app.view<ViewSubmitAction>(views.fullSubmit, submitFullText(hearing));
  app.view<ViewSubmitAction>(views.factsSubmit, submitFacts(hearing));
}
