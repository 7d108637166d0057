import { isRecord, records } from './json.ts';
import { LIMITS, type LimitName } from './limits.ts';
import {
  all,
  anyText,
  boolean,
  byType,
  type Check,
  type Checking,
  complain,
  exactlyOne,
  type Fields,
  list,
  oneOf,
  only,
  type Problem,
  rule,
  type Surface,
  shape,
  text,
} from './schema.ts';
import { chart } from './validate-chart.ts';
import { mrkdwn, plainText, slackFile, textObject, url } from './validate-composition.ts';
import {
  ACTIONS_ELEMENTS,
  button,
  CONTEXT_ACTIONS_ELEMENTS,
  INPUT_ELEMENTS,
  imageElement,
  SECTION_ACCESSORIES,
} from './validate-elements.ts';
import { richTextElements } from './validate-rich-text.ts';
import { dataTableBlock, tableBlock } from './validate-table.ts';

/** Blocks: https://docs.slack.dev/reference/block-kit/blocks */

const block = (required: Fields, optional: Fields = {}): Check =>
  shape({ type: anyText, ...required }, { block_id: text('blockId'), ...optional });

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
);

const contextElement: Check = byType({
  image: imageElement,
  plain_text: textObject('textObject'),
  mrkdwn: textObject('textObject'),
});

const richText = block({ elements: richTextElements });

const card: Check = all(
  block(
    {},
    {
      hero_image: imageElement,
      icon: imageElement,
      title: mrkdwn('cardTitle'),
      subtitle: mrkdwn('cardTitle'),
      body: mrkdwn('cardBody'),
      actions: list(button),
    },
  ),
  rule((value) =>
    ['hero_image', 'title', 'actions', 'body'].some((key) => Object.hasOwn(value, key))
      ? null
      : 'must define at least one of `hero_image`, `title`, `actions` or `body`',
  ),
);

const video: Check = all(
  block(
    {
      video_url: url('imageUrl', 'https'),
      thumbnail_url: url('imageUrl', 'https'),
      alt_text: text('imageAltText'),
      title: plainText('videoTitle'),
    },
    {
      title_url: url('imageUrl', 'https'),
      author_name: text('videoAuthor'),
      provider_name: anyText,
      provider_icon_url: url('imageUrl', 'https'),
      description: plainText('videoTitle'),
    },
  ),
  (_value, at, checking) => {
    if (!checking.scopes.has('links.embed:write')) complain(checking, at, 'video requires the links.embed:write scope');
  },
);

const taskCard = block(
  { task_id: anyText, title: anyText, status: oneOf('pending', 'in_progress', 'complete', 'error') },
  {
    details: byType({ rich_text: richText }),
    output: byType({ rich_text: richText }),
    sources: list(shape({ type: oneOf('url'), url: anyText, text: anyText })),
  },
);

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

const cardBlock = all(only('message'), card);

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
  card: cardBlock,
  carousel: all(only('message'), block({ elements: list(byType({ card }), 'carouselCards') })),
  container: all(
    only('message'),
    block(
      { child_blocks: list(byType(simple), 'containerBlocks') },
      {
        title: plainText('containerTitle'),
        rich_text_title: byType({ rich_text: richText }),
        subtitle: textObject('containerTitle'),
        width: oneOf('narrow', 'standard', 'wide', 'full'),
        icon: imageElement,
        is_collapsible: boolean,
        default_collapsed: boolean,
        has_header_divider: boolean,
      },
    ),
    rule((value) =>
      Object.hasOwn(value, 'title') || Object.hasOwn(value, 'rich_text_title')
        ? null
        : 'must define either `title` or `rich_text_title`',
    ),
  ),
  task_card: all(only('message'), taskCard),
  plan: all(only('message'), block({ title: anyText }, { tasks: list(byType({ task_card: taskCard })) })),
};

const anyBlock: Check = byType(BLOCKS);

/** Interactive elements that stand directly in a block, each with its pointer. */
export function elementsOf(
  value: Record<string, unknown>,
  at: string,
): { element: Record<string, unknown>; at: string }[] {
  const single = (key: 'accessory' | 'element') =>
    isRecord(value[key]) ? [{ element: value[key], at: `${at}/${key}` }] : [];
  const many = (key: 'elements' | 'actions') =>
    records(value[key]).map((element, index) => ({ element, at: `${at}/${key}/${index}` }));
  return [...single('accessory'), ...single('element'), ...many('elements'), ...many('actions')];
}

const uniqueIds: Check = (blocks, at, checking) => {
  const blockIds = new Set<string>();
  for (const [index, value] of (Array.isArray(blocks) ? blocks : []).entries()) {
    if (!isRecord(value)) continue;
    const { block_id: id } = value;
    if (typeof id === 'string' && blockIds.has(id))
      complain(checking, `${at}/${index}/block_id`, `\`block_id\` already exists: ${id}`);
    if (typeof id === 'string') blockIds.add(id);
    const actionIds = new Set<string>();
    for (const { element, at: where } of elementsOf(value, `${at}/${index}`)) {
      const { action_id: action } = element;
      if (typeof action !== 'string') continue;
      if (actionIds.has(action)) complain(checking, `${where}/action_id`, `\`action_id\` already exists: ${action}`);
      actionIds.add(action);
    }
  }
};

const messageTotals: Check = (blocks, at, checking) => {
  if (checking.surface !== 'message') return;
  const ofType = (type: string) => records(blocks).filter((value) => value.type === type);
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
  const focused = records(blocks).flatMap((value) =>
    elementsOf(value, at).filter(({ element }) => element.focus_on_load === true),
  );
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
export function validateBlocks(blocks: unknown, surface: Surface, scopes: ReadonlySet<string> = new Set()): Problem[] {
  const checking: Checking = { surface, scopes, problems: [] };
  checkBlocks(blocks, '/blocks', checking);
  return checking.problems;
}
