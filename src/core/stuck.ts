/** Ways in which nobody takes care of a lead. */
export const stuckKinds = ['overdue', 'no_due_time', 'decision_over', 'fails', 'no_card', 'card_without_lead'] as const;
export type StuckKind = (typeof stuckKinds)[number];

export function isStuckKind(text: string): text is StuckKind {
  return stuckKinds.some((kind) => kind === text);
}

/** What is wrong, and what people can do, in words. */
export function stuckWords(kind: StuckKind): { what: string; remedy: string } {
  switch (kind) {
    case 'overdue':
      return { what: 'is due and nothing happens', remedy: 'See whether the program runs and what its log says.' };
    case 'no_due_time':
      return { what: 'waits for nothing', remedy: 'Take the lead out and enroll it again.' };
    case 'decision_over':
      return {
        what: 'waits for a decision that was made already',
        remedy: 'Take the lead out and enroll it again where it should go on.',
      };
    case 'fails':
      return {
        what: 'fails at this step again and again',
        remedy: 'The log says why; correct the step or take the lead out.',
      };
    case 'no_card':
      return {
        what: 'waits for people who have no card',
        remedy: 'Invite the app to the channel that the workflow names, or correct the channel and publish.',
      };
    case 'card_without_lead':
      return { what: 'has a card that decides nothing any more', remedy: 'Reject or skip it.' };
  }
}
