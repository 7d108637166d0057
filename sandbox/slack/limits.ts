/**
 * Slack's limits as data, each with where it is published. Lengths are counted in UTF-16 units, the largest of the usual
 * readings of "characters": what fits here fits there.
 */
export type Limit = { min?: number; max: number; source: string };

const BLOCKS = 'https://docs.slack.dev/reference/block-kit/blocks';
const ELEMENTS = 'https://docs.slack.dev/reference/block-kit/block-elements';
const OBJECTS = 'https://docs.slack.dev/reference/block-kit/composition-objects';
const METHODS = 'https://docs.slack.dev/reference/methods';
const VIEWS = 'https://docs.slack.dev/reference/views';

export const LIMITS = {
  // Messages and views
  messageText: { max: 40_000, source: `${METHODS}/chat.postMessage` },
  messageMarkdown: { max: 12_000, source: `${METHODS}/chat.postMessage` },
  attachments: { max: 100, source: 'https://docs.slack.dev/messaging/formatting-message-text#attachments' },
  updateText: { max: 4_000, source: `${METHODS}/chat.update` },
  messageBlocks: { max: 50, source: BLOCKS },
  viewBlocks: { max: 100, source: VIEWS },
  viewBytes: { max: 250_000, source: `${METHODS}/views.open` },
  viewTitle: { min: 1, max: 24, source: VIEWS },
  viewSubmit: { min: 1, max: 24, source: VIEWS },
  viewClose: { min: 1, max: 24, source: VIEWS },
  privateMetadata: { max: 3_000, source: VIEWS },
  callbackId: { max: 255, source: VIEWS },
  externalId: { max: 255, source: VIEWS },
  modalStack: { max: 3, source: 'https://docs.slack.dev/surfaces/modals' },
  metadataEventType: { min: 1, max: 255, source: 'https://docs.slack.dev/messaging/message-metadata' },
  metadataBytes: { max: 16_000, source: 'https://docs.slack.dev/messaging/message-metadata' },
  markdownTotal: { max: 12_000, source: `${BLOCKS}/markdown-block` },
  tablesInMessage: { max: 1, source: `${BLOCKS}/table-block` },
  chartsInMessage: { max: 2, source: `${BLOCKS}/data-visualization-block` },

  // Ids
  blockId: { max: 255, source: BLOCKS },
  actionId: { max: 255, source: ELEMENTS },

  // Blocks
  textObject: { min: 1, max: 3_000, source: `${OBJECTS}/text-object` },
  sectionText: { min: 1, max: 3_000, source: `${BLOCKS}/section-block` },
  sectionFields: { min: 1, max: 10, source: `${BLOCKS}/section-block` },
  sectionField: { min: 1, max: 2_000, source: `${BLOCKS}/section-block` },
  headerText: { min: 1, max: 150, source: `${BLOCKS}/header-block` },
  contextElements: { min: 1, max: 10, source: `${BLOCKS}/context-block` },
  actionsElements: { min: 1, max: 25, source: `${BLOCKS}/actions-block` },
  contextActionsElements: { min: 1, max: 5, source: `${BLOCKS}/context-actions-block` },
  inputLabel: { min: 1, max: 2_000, source: `${BLOCKS}/input-block` },
  inputHint: { min: 1, max: 2_000, source: `${BLOCKS}/input-block` },
  imageUrl: { min: 1, max: 3_000, source: `${BLOCKS}/image-block` },
  imageAltText: { min: 1, max: 2_000, source: `${BLOCKS}/image-block` },
  imageTitle: { min: 1, max: 2_000, source: `${BLOCKS}/image-block` },
  markdownText: { min: 1, max: 12_000, source: `${BLOCKS}/markdown-block` },
  tableRows: { min: 1, max: 100, source: `${BLOCKS}/table-block` },
  tableColumns: { min: 1, max: 20, source: `${BLOCKS}/table-block` },
  tableCells: { max: 10_000, source: `${BLOCKS}/table-block` },
  alertText: { min: 1, max: 200, source: `${BLOCKS}/alert-block` },
  videoTitle: { min: 1, max: 199, source: `${BLOCKS}/video-block` },
  videoProvider: { min: 1, max: 49, source: `${BLOCKS}/video-block` },
  taskContent: { min: 1, max: 1, source: `${BLOCKS}/task-card-block` },
  videoAuthor: { min: 1, max: 49, source: `${BLOCKS}/video-block` },
  cardTitle: { min: 1, max: 150, source: `${BLOCKS}/card-block` },
  cardActions: { min: 1, max: 3, source: `${BLOCKS}/card-block` },
  cardBody: { min: 1, max: 200, source: `${BLOCKS}/card-block` },
  carouselCards: { min: 1, max: 10, source: `${BLOCKS}/carousel-block` },
  containerTitle: { min: 1, max: 150, source: `${BLOCKS}/container-block` },
  containerBlocks: { min: 1, max: 10, source: `${BLOCKS}/container-block` },
  dataTableRows: { min: 2, max: 101, source: `${BLOCKS}/data-table-block` },
  dataTablePage: { min: 1, max: 100, source: `${BLOCKS}/data-table-block` },
  richTextElements: { min: 0, max: 1_000, source: `${BLOCKS}/rich-text-block` },
  richTextIndent: { min: 0, max: 8, source: `${BLOCKS}/rich-text-block` },

  // Charts
  chartTitle: { min: 1, max: 50, source: `${BLOCKS}/data-visualization-block` },
  chartSeries: { min: 1, max: 6, source: `${BLOCKS}/data-visualization-block` },
  chartSegments: { min: 1, max: 6, source: `${BLOCKS}/data-visualization-block` },
  chartCategories: { min: 1, max: 20, source: `${BLOCKS}/data-visualization-block` },
  chartLabel: { min: 1, max: 20, source: `${BLOCKS}/data-visualization-block` },
  chartAxisLabel: { min: 1, max: 50, source: `${BLOCKS}/data-visualization-block` },

  // Elements
  buttonText: { min: 1, max: 75, source: `${ELEMENTS}/button-element` },
  buttonValue: { max: 2_000, source: `${ELEMENTS}/button-element` },
  buttonUrl: { min: 1, max: 3_000, source: `${ELEMENTS}/button-element` },
  accessibilityLabel: { min: 1, max: 75, source: `${ELEMENTS}/button-element` },
  selectOptions: { min: 1, max: 100, source: `${ELEMENTS}/select-menu-element` },
  externalOptions: { min: 0, max: 100, source: `${ELEMENTS}/select-menu-element` },
  optionGroups: { min: 1, max: 100, source: `${ELEMENTS}/select-menu-element` },
  groupLabel: { min: 1, max: 75, source: `${OBJECTS}/option-group-object` },
  overflowOptions: { min: 1, max: 5, source: `${ELEMENTS}/overflow-menu-element` },
  choiceOptions: { min: 1, max: 10, source: `${ELEMENTS}/checkboxes-element` },
  optionText: { min: 1, max: 75, source: `${OBJECTS}/option-object` },
  optionValue: { max: 75, source: `${OBJECTS}/option-object` },
  optionDescription: { min: 1, max: 75, source: `${OBJECTS}/option-object` },
  optionUrl: { min: 1, max: 3_000, source: `${OBJECTS}/option-object` },
  placeholder: { min: 1, max: 150, source: ELEMENTS },
  confirmTitle: { min: 1, max: 100, source: `${OBJECTS}/confirmation-dialog-object` },
  confirmText: { min: 1, max: 300, source: `${OBJECTS}/confirmation-dialog-object` },
  confirmButton: { min: 1, max: 30, source: `${OBJECTS}/confirmation-dialog-object` },
  inputMinLength: { min: 0, max: 3_000, source: `${ELEMENTS}/plain-text-input-element` },
  inputMaxLength: { min: 1, max: 3_000, source: `${ELEMENTS}/plain-text-input-element` },
  inputInitialValue: { max: 3_000, source: `${ELEMENTS}/plain-text-input-element` },
  richInputLines: { min: 1, max: 100, source: `${ELEMENTS}/rich-text-input-element` },
  fileInputFiles: { min: 1, max: 10, source: `${ELEMENTS}/file-input-element` },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof LIMITS;

export const limit = (name: LimitName): Limit => LIMITS[name];
