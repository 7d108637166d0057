/** The vocabulary of the house. It begins with two; adding one makes the compiler name every place that must be filled. */
export const kinds = ['lead_score', 'email_draft'] as const;
export type Kind = (typeof kinds)[number];

export function isKind(text: string): text is Kind {
  return (kinds as readonly string[]).includes(text);
}
