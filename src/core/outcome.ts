export const outcomeTypes = ['clicked', 'replied', 'converted', 'bounced', 'unsubscribed', 'complained'] as const;
export type OutcomeType = (typeof outcomeTypes)[number];
export type OutcomeClass = 'human' | 'bot' | 'unknown';

/** Among the reasons of a reply: its words ask for no more mail. */
export const ASKED_TO_STOP = 'asked_to_stop';
/** Among the reasons of a bounce: the mail waits at a server on its way, and may still arrive. */
export const DELAYED = 'delayed';
/** Among the reasons of a bounce: the receiving server did not want what the mail says, which is our doing and not the address's. */
export const REFUSED_CONTENT = 'refused_content';

/**
 * What an outcome proves about a mail of which nobody knew whether it went out, and in what words; null when it proves nothing.
 * A program's click proves nothing (links can be guessed at and shared), its answer does: it names the mail.
 */
export function provedBy(outcome: {
  type: OutcomeType;
  classification: OutcomeClass;
  reasons: readonly string[];
}): { status: 'sent' | 'failed'; because: string } | null {
  switch (outcome.type) {
    case 'clicked':
      return outcome.classification === 'human' ? { status: 'sent', because: 'a link in it was clicked' } : null;
    case 'replied':
      return { status: 'sent', because: 'it was answered' };
    case 'bounced':
      return outcome.reasons.includes(DELAYED)
        ? { status: 'sent', because: 'a mail server reports that it is on its way' }
        : { status: 'failed', because: 'it came back' };
    case 'unsubscribed':
      return { status: 'sent', because: 'the lead unsubscribed by it' };
    case 'complained':
      return { status: 'sent', because: 'the lead complained about it' };
    case 'converted':
      // Attributed to a mail because it was the last one, not because it names it.
      return null;
  }
}
