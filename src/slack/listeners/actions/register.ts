import type { App, BlockButtonAction } from '@slack/bolt';
import { actions } from '../../action-ids.ts';
import type { Hearing } from '../hearing.ts';
import { answerRaise } from './answer-raise.ts';
import { answerImport } from './answer-import.ts';
import { approveDecision } from './approve-decision.ts';
import { askWhy } from './ask-why.ts';
import { blameMail } from './blame-mail.ts';
import { closeTask } from './close-task.ts';
import { editDecision } from './edit-decision.ts';
import { fillFacts } from './fill-facts.ts';
import { mapWorkflow } from './map-workflow.ts';
import { showWorkflow } from './show-workflow.ts';
import { listWentOut } from './list-went-out.ts';
import { postAgain } from './post-again.ts';
import { readFullText } from './read-full-text.ts';
import { rejectDecision } from './reject-decision.ts';
import { resolveUncertainMail } from './resolve-uncertain-mail.ts';
import { undoApproval } from './undo-approval.ts';

/** Exact names only: every listener whose pattern matches would run. */
export function registerActions(app: Pick<App, 'action'>, hearing: Hearing): void {
  app.action<BlockButtonAction>(actions.approve, approveDecision(hearing));
  app.action<BlockButtonAction>(actions.edit, editDecision(hearing));
  app.action<BlockButtonAction>(actions.reject, rejectDecision(hearing));
  app.action<BlockButtonAction>(actions.why, askWhy(hearing));
  app.action<BlockButtonAction>(actions.showFull, readFullText(hearing));
  app.action<BlockButtonAction>(actions.undo, undoApproval(hearing));
  app.action<BlockButtonAction>(actions.mailWasSent, resolveUncertainMail(hearing, 'was_sent'));
  app.action<BlockButtonAction>(actions.mailSendAgain, resolveUncertainMail(hearing, 'send_again'));
  app.action<BlockButtonAction>(actions.mailDrop, resolveUncertainMail(hearing, 'drop'));
  app.action<BlockButtonAction>(actions.postAgain, postAgain(hearing));
  app.action<BlockButtonAction>(actions.blameMail, blameMail(hearing));
  app.action<BlockButtonAction>(actions.taskDone, closeTask(hearing, 'done'));
  app.action<BlockButtonAction>(actions.taskSkip, closeTask(hearing, 'skipped'));
  app.action<BlockButtonAction>(actions.autonomyUndo, answerRaise(hearing, 'undo'));
  app.action<BlockButtonAction>(actions.autonomyCapHere, answerRaise(hearing, 'cap_here'));
  app.action<BlockButtonAction>(actions.autonomyAgree, answerRaise(hearing, 'agree'));
  app.action<BlockButtonAction>(actions.autonomyNotNow, answerRaise(hearing, 'not_now'));
  app.action<BlockButtonAction>(actions.autonomyList, listWentOut(hearing));
  app.action<BlockButtonAction>(actions.factsFill, fillFacts(hearing));
  app.action<BlockButtonAction>(actions.importRelease, answerImport(hearing, 'release'));
  app.action<BlockButtonAction>(actions.importUndo, answerImport(hearing, 'undo'));
  app.action<BlockButtonAction>(actions.workflowSteps, showWorkflow(hearing));
  app.action<BlockButtonAction>(actions.workflowMap, mapWorkflow(hearing));
}
