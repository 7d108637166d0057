/**
 * Everything a person can press or submit, by exact name and without ids: what it is about travels in the value. A test
 * walks every rendered block and finds exactly one listener for each of these.
 */
export const actions = {
  approve: 'decision.approve',
  edit: 'decision.edit',
  reject: 'decision.reject',
  why: 'decision.why',
  showFull: 'decision.show_full',
  undo: 'decision.undo',
  mailWasSent: 'mail.was_sent',
  mailSendAgain: 'mail.send_again',
  mailDrop: 'mail.drop',
  postAgain: 'post.again',
  blameMail: 'mail.blame',
  taskDone: 'task.done',
  taskSkip: 'task.skip',
  autonomyUndo: 'autonomy.undo',
  autonomyCapHere: 'autonomy.cap_here',
  autonomyAgree: 'autonomy.agree',
  autonomyNotNow: 'autonomy.not_now',
  autonomyList: 'autonomy.list',
  factsFill: 'facts.fill',
  importRelease: 'import.release',
  importUndo: 'import.undo',
  workflowSteps: 'workflow.steps',
  workflowMap: 'workflow.map',
} as const;

export const views = {
  editSubmit: 'decision.edit.submit',
  rejectSubmit: 'decision.reject.submit',
  fullSubmit: 'decision.show_full.submit',
  factsSubmit: 'facts.fill.submit',
} as const;

export const commands = { workflow: '/workflow' } as const;
export const events = { homeOpened: 'app_home_opened', mentioned: 'app_mention' } as const;

/** Inputs of the modals: block ids, which is also where an error is shown. The element in each is called `value`. */
export const inputs = {
  subject: 'subject',
  otherSubject: 'other_subject',
  /** Followed by the number of the part, from 0. */
  body: 'body_',
  score: 'score',
  reasons: 'reasons',
  reasonCodes: 'reason_codes',
  note: 'note',
  serious: 'serious',
  originalOk: 'original_ok',
  /** Followed by the number of the fact, from 0. */
  fact: 'fact_',
} as const;

/** The action id of every element inside an input block; none of them dispatches. */
export const INPUT_ELEMENT = 'value';

export type ActionId = (typeof actions)[keyof typeof actions];
export type ViewCallbackId = (typeof views)[keyof typeof views];
