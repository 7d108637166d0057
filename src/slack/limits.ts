/**
 * Slack's limits, each with where it is published, and our own budgets below them. Lengths are UTF-16 units, counted after
 * escaping: the largest of the usual readings of "characters", so that what fits here fits in Slack.
 */
export const limits = {
  // https://docs.slack.dev/reference/methods/chat.update (chat.postMessage takes 40,000; every message may be updated)
  messageText: 4_000,
  // https://docs.slack.dev/reference/block-kit/blocks
  messageBlocks: 50,
  // https://docs.slack.dev/reference/block-kit/blocks/header-block
  headerText: 150,
  // https://docs.slack.dev/reference/block-kit/blocks/section-block
  sectionText: 3_000,
  // https://docs.slack.dev/reference/block-kit/composition-objects/text-object
  textObject: 3_000,
  // https://docs.slack.dev/reference/block-kit/blocks/table-block
  tableRows: 100,
  // https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
  chartLabel: 20,
  // https://docs.slack.dev/reference/block-kit/block-elements/button-element
  buttonText: 75,
  buttonValue: 2_000,
  accessibilityLabel: 75,
  // https://docs.slack.dev/reference/block-kit/composition-objects/option-object
  optionText: 75,
  // https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
  inputMaxLength: 3_000,
  // https://docs.slack.dev/reference/views
  viewBlocks: 100,
  viewTitle: 24,
  privateMetadata: 3_000,
  // https://docs.slack.dev/surfaces/modals
  modalStack: 3,
} as const;

/**
 * What we allow ourselves where Slack publishes nothing or its limit would not read well. Posts of somewhat more than 13,000
 * characters in all are refused (slackapi/bolt-js#2509), though no document says so.
 */
export const budgets = {
  /** Top-level text: notifications and screen readers. */
  fallbackText: 3_000,
  /** A draft on the card before the verdict; what is longer is read in a modal first. */
  cardDraft: 6_000,
  /** A draft on the card once it is settled: enough to recognise it. */
  settledDraft: 280,
  /** The model's rationale on the card; the whole is behind "Why?". */
  rationale: 600,
  /** Findings on the card; the whole list is behind "Why?". */
  findings: 8,
  finding: 400,
  note: 1_000,
  /** Why a mail waits, failed or was stopped: a mail server may say much. */
  mailReason: 600,
  /** Why a person was asked; the whole is behind "Why?". */
  route: 800,
  /** Each part of the top-level text that is mrkdwn already, so that what follows it still has room. */
  opening: 1_200,
  leadLine: 500,
  /** What else is known of the lead, on the card; the whole is behind "Why?". */
  leadKnown: 400,
  /** One text element of a modal; a long text is shown in several. */
  textElement: 2_900,
  /** Beyond this a draft is edited in several inputs, so that each leaves room to add to it. */
  inputText: 2_700,
  refusalText: 1_000,
} as const;
