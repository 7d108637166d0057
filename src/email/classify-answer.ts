import type { SendResult } from './transport.ts';

/** What is known of one delivery when it ended. */
export type Delivery = {
  /** Complete replies to MAIL FROM, RCPT TO, DATA and the message, in this order, as far as they came. */
  replies: readonly string[];
  /** Whether the first byte of the message was handed to the connection. */
  began: boolean;
  /** How the connection broke, where it did before the last reply was there. */
  broke: string | null;
};

const ENVELOPE = ['mail', 'rcpt', 'data'] as const;

/**
 * The table of what an answer means. Before the message began the server has nothing to accept, so silence means
 * "surely not"; from then on only a clear reply to the final dot tells, and everything else is `unknown`: an
 * address that gets the same mail twice is worse than a card that asks a person.
 */
export function classifyDelivery({ replies, began, broke }: Delivery): SendResult {
  return began ? afterMessage(replies, broke) : beforeMessage(replies, broke);
}

function beforeMessage(replies: readonly string[], broke: string | null): SendResult {
  for (const [i, phase] of ENVELOPE.entries()) {
    const reply = replies[i];
    if (reply === undefined) break;
    if (/^5\d\d/.test(reply)) return { type: 'failed', answer: readable(reply), phase };
    if (!/^2\d\d/.test(reply)) return { type: 'later', answer: readable(reply) };
  }
  return { type: 'later', answer: readable(broke ?? 'the connection ended before the message began') };
}

function afterMessage(replies: readonly string[], broke: string | null): SendResult {
  const [mail, rcpt, data, message, ...more] = replies;
  // Only when each reply is plainly the one to its command is the last one plainly about the message.
  const inStep = isGood(mail) && isGood(rcpt) && data !== undefined && /^354/.test(data) && more.length === 0;
  if (message === undefined || broke !== null)
    return { type: 'unknown', answer: readable(broke ?? 'no answer to the message') };
  if (inStep && isGood(message)) return { type: 'sent', answer: readable(message) };
  if (inStep && /^4\d\d/.test(message)) return { type: 'later', answer: readable(message) };
  if (inStep && /^5\d\d/.test(message)) return { type: 'failed', answer: readable(message), phase: 'message' };
  return { type: 'unknown', answer: readable(`unexpected answers: ${replies.join(' | ')}`) };
}

function isGood(reply: string | undefined): boolean {
  return reply !== undefined && /^2\d\d/.test(reply);
}

/** One line for people and logs; servers may answer with anything. */
export function readable(answer: string): string {
  return answer
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, 500);
}
