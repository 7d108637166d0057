/** What was typed is no order; its message says what is missing. The room adds its help. */
export class NotUnderstood extends Error {}
