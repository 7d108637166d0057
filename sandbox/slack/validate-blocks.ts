import { block, richText } from './block-shape.ts';
import { elementsOf, everyBlock, usable } from './block-elements.ts';
import { LIMITS, type LimitName } from './limits.ts';
import {
  all,
  boolean,
  byType,
  type Check,
  type Checking,
  complain,
  exactlyOne,
  list,
  oneOf,
  only,
  type Problem,
  rule,
  type Surface,
  text,
} from './schema.ts';
import { chart } from './validate-chart.ts';
import { pictureThere, plainText, slackFile, textObject, url } from './validate-composition.ts';
import {
  ACTIONS_ELEMENTS,
  CONTEXT_ACTIONS_ELEMENTS,
  INPUT_ELEMENTS,
  imageElement,
  SECTION_ACCESSORIES,
} from './validate-elements.ts';
import { dataTableBlock, tableBlock } from './validate-table.ts';
import { card, carousel, container, plan, taskCard, video } from './validate-wide-blocks.ts';

/** Blocks: https://docs.slack.dev/reference/block-kit/blocks */

const section: Check = all(
  block(
    {},
    {
      text: textObject('sectionText'),
      fields: list(textObject('sectionField'), 'sectionFields'),
      accessory: SECTION_ACCESSORIES,
      expand: boolean,
    },
  ),
  rule((value) =>
    Object.hasOwn(value, 'text') || Object.hasOwn(value, 'fields') ? null : 'must define either `text` or `fields`',
  ),
);

const image: Check = all(
  block(
    { alt_text: text('imageAltText') },
    { image_url: url('imageUrl', 'picture'), slack_file: slackFile, title: plainText('imageTitle') },
  ),
  exactlyOne('image_url', 'slack_file'),
  pictureThere,
);

const contextElement: Check = byType({
  image: imageElement,
  plain_text: textObject('textObject'),
  mrkdwn: textObject('textObject'),
});

const simple: Record<string, Check> = {
  section,
  header: block({ text: plainText('headerText') }),
  divider: block({}),
  context: block({ elements: list(contextElement, 'contextElements') }),
  actions: block({ elements: list(ACTIONS_ELEMENTS, 'actionsElements') }),
  image,
  rich_text: richText,
  input: all(
    only('modal', 'home'),
    block(
      { label: plainText('inputLabel'), element: INPUT_ELEMENTS },
      { hint: plainText('inputHint'), optional: boolean, dispatch_action: boolean },
    ),
  ),
  table: all(only('message'), tableBlock),
  video,
};

/** A `file` block is not here: Slack shows it for remote files, an app cannot post one. */
const BLOCKS: Record<string, Check> = {
  ...simple,
  markdown: all(only('message'), block({ text: text('markdownText') })),
  alert: all(
    only('modal'),
    block({ text: textObject('alertText') }, { level: oneOf('default', 'info', 'warning', 'error', 'success') }),
  ),
  context_actions: all(only('message'), block({ elements: list(CONTEXT_ACTIONS_ELEMENTS, 'contextActionsElements') })),
  data_visualization: all(only('message'), block({ title: text('chartTitle'), chart })),
  data_table: all(only('message'), dataTableBlock),
  card: all(only('message'), card),
  carousel: all(only('message'), carousel),
  container: all(only('message'), container(simple)),
  task_card: all(only('message'), taskCard),
  plan: all(only('message'), plan),
};

const anyBlock: Check = byType(BLOCKS);

const uniqueIds: Check = (blocks, at, checking) => {
  const blockIds = new Set<string>();
  for (const { block: value, at: where } of everyBlock(blocks, at)) {
    const { block_id: id } = value;
    if (typeof id === 'string' && blockIds.has(id))
      complain(checking, `${where}/block_id`, `\`block_id\` already exists: ${id}`);
    if (typeof id === 'string') blockIds.add(id);
    const actionIds = new Set<string>();
    for (const { element, at: there } of elementsOf(value, where)) {
      const { action_id: action } = element;
      if (typeof action !== 'string') continue;
      if (actionIds.has(action)) complain(checking, `${there}/action_id`, `\`action_id\` already exists: ${action}`);
      actionIds.add(action);
    }
  }
};

const messageTotals: Check = (blocks, at, checking) => {
  if (checking.surface !== 'message') return;
  const shown = everyBlock(blocks).map(({ block: value }) => value);
  const ofType = (type: string) => shown.filter((value) => value.type === type);
  const markdown = ofType('markdown').reduce(
    (sum, { text: run }) => sum + (typeof run === 'string' ? run.length : 0),
    0,
  );
  if (markdown > LIMITS.markdownTotal.max)
    complain(checking, at, `markdown blocks must be less than ${LIMITS.markdownTotal.max + 1} characters in all`);
  const atMost = (type: string, name: LimitName) => {
    if (ofType(type).length > LIMITS[name].max)
      complain(checking, at, `no more than ${LIMITS[name].max} ${type} blocks allowed`);
  };
  atMost('table', 'tablesInMessage');
  atMost('data_visualization', 'chartsInMessage');
};

const oneFocus: Check = (blocks, at, checking) => {
  const focused = usable(blocks).filter(({ element }) => element.focus_on_load === true);
  if (focused.length > 1) complain(checking, at, 'only one element can have focus_on_load set to true');
};

const COUNTS: Record<Surface, LimitName> = { message: 'messageBlocks', modal: 'viewBlocks', home: 'viewBlocks' };

export function checkBlocks(blocks: unknown, at: string, checking: Checking): void {
  list(anyBlock, COUNTS[checking.surface])(blocks, at, checking);
  uniqueIds(blocks, at, checking);
  messageTotals(blocks, at, checking);
  oneFocus(blocks, at, checking);
}

/** Everything Slack would refuse in these blocks; empty when they can be shown on `surface`. */
export function validateBlocks(
  blocks: unknown,
  surface: Surface,
  scopes: ReadonlySet<string> = new Set(),
  more: { hasPicture?: (reference: string) => boolean; at?: string } = {},
): Problem[] {
  const { hasPicture, at = '/blocks' } = more;
  const checking: Checking = { surface, scopes, problems: [], ...(hasPicture === undefined ? {} : { hasPicture }) };
  checkBlocks(blocks, at, checking);
  return checking.problems;
}
