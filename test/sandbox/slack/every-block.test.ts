import type { InputBlockElement, KnownBlock, SectionBlockAccessory } from '@slack/types';
import { describe, expect, test } from 'vitest';
import { validateBlocks } from '../../../sandbox/slack/validate-blocks.ts';
import { validateView } from '../../../sandbox/slack/validate-view.ts';

/**
 * Every block and element that @slack/types knows, by its type: a release with another one does not compile here until
 * somebody says what it looks like.
 */

type Json = Record<string, unknown>;
const plain = (text: string): Json => ({ type: 'plain_text', text });
const md = (text: string): Json => ({ type: 'mrkdwn', text });
const options = [{ text: plain('a'), value: 'a' }];
const picture: Json = { type: 'image', image_url: 'https://example.com/a.png', alt_text: 'a' };
const button: Json = { type: 'button', text: plain('Go'), action_id: 'go' };
const rich: Json = {
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'x' }] }],
};
const rows = [[{ type: 'raw_text', text: 'a' }], [{ type: 'raw_number', value: 1, text: '1' }]];

/** `file` is not for posting; everything else is shown somewhere. */
const BLOCKS: Record<Exclude<KnownBlock['type'], 'file'> | 'data_visualization', Json> = {
  actions: { elements: [button] },
  alert: { text: md('careful'), level: 'warning' },
  card: { title: md('T'), subtitle: md('S'), body: md('B'), hero_image: picture, icon: picture, actions: [button] },
  carousel: { elements: [{ type: 'card', title: md('T') }] },
  container: { title: plain('T'), is_collapsible: true, default_collapsed: true, child_blocks: [rich, picture] },
  context: { elements: [picture, md('x')] },
  context_actions: { elements: [{ type: 'icon_button', icon: 'trash', text: plain('Delete') }] },
  data_table: { caption: 'C', rows, row_header_column_index: 0 },
  data_visualization: { title: 'T', chart: { type: 'pie', segments: [{ label: 'a', value: 1 }] } },
  divider: {},
  header: { text: plain('H') },
  image: { image_url: 'https://example.com/a.png', alt_text: 'a' },
  input: { label: plain('L'), element: { type: 'plain_text_input' } },
  markdown: { text: '**x**' },
  plan: { title: 'P', tasks: [{ type: 'task_card', task_id: 't', title: 'T' }] },
  rich_text: { elements: rich.elements },
  section: { text: md('x') },
  table: { rows },
  task_card: {
    task_id: 't',
    title: 'T',
    status: 'complete',
    details: rich,
    sources: [{ type: 'url', url: 'https://example.com', text: 'x' }],
  },
  video: {
    video_url: 'https://example.com/v',
    thumbnail_url: 'https://example.com/t.png',
    alt_text: 'v',
    title: plain('V'),
    provider_name: 'Example',
  },
};

const IN_VIEWS_ONLY = new Set(['alert', 'input']);
const scopes = new Set(['links.embed:write', 'files:read']);

test.for(Object.entries(BLOCKS))('a %s block is taken where it belongs', ([type, fields]) => {
  const blocks = [{ type, ...fields }];
  const view = { type: 'modal', title: plain('V'), submit: plain('Go'), blocks };
  if (IN_VIEWS_ONLY.has(type)) expect(validateView(view, 'modal', scopes)).toBeNull();
  else expect(validateBlocks(blocks, 'message', scopes)).toEqual([]);
});

test.for(Object.keys(BLOCKS))('a %s block with something unknown in it is refused', (type) => {
  const fields = BLOCKS[type as keyof typeof BLOCKS];
  const surface = IN_VIEWS_ONLY.has(type) ? 'modal' : 'message';
  expect(validateBlocks([{ type, ...fields, sparkle: true }], surface, scopes)).toContainEqual({
    message: 'invalid additional property: sparkle',
    pointer: '/blocks/0',
  });
});

const ELEMENTS: Record<InputBlockElement['type'], Json> = {
  channels_select: {},
  checkboxes: { options },
  conversations_select: {},
  datepicker: {},
  datetimepicker: {},
  email_text_input: {},
  external_select: {},
  file_input: {},
  multi_channels_select: {},
  multi_conversations_select: {},
  multi_external_select: {},
  multi_static_select: { options },
  multi_users_select: {},
  number_input: { is_decimal_allowed: false },
  plain_text_input: {},
  radio_buttons: { options },
  rich_text_input: {},
  static_select: { options },
  timepicker: {},
  url_text_input: {},
  users_select: {},
};

test.for(Object.entries(ELEMENTS))('%s is taken as an input', ([type, fields]) => {
  const blocks = [{ type: 'input', label: plain('L'), element: { type, ...fields } }];
  expect(validateBlocks(blocks, 'modal', scopes)).toEqual([]);
});

const ACCESSORIES: Record<SectionBlockAccessory['type'], Json> = {
  button: { text: plain('Go') },
  channels_select: {},
  checkboxes: { options },
  conversations_select: {},
  datepicker: {},
  external_select: {},
  image: { image_url: 'https://example.com/a.png', alt_text: 'a' },
  multi_channels_select: {},
  multi_conversations_select: {},
  multi_external_select: {},
  multi_static_select: { options },
  multi_users_select: {},
  overflow: { options },
  radio_buttons: { options },
  static_select: { options },
  timepicker: { timezone: 'Europe/Berlin' },
  users_select: {},
  workflow_button: { text: plain('Run'), workflow: { trigger: { url: 'https://example.com/t' } } },
};

const beside = (type: string, fields: Json): Json[] => [
  { type: 'section', text: md('x'), accessory: { type, ...fields } },
];

test.for(Object.entries(ACCESSORIES))('%s is taken beside a section', ([type, fields]) => {
  expect(validateBlocks(beside(type, fields), 'message')).toEqual([]);
});

test.for(Object.entries(ELEMENTS).filter(([type]) => !Object.hasOwn(ACCESSORIES, type)))(
  '%s is not taken beside a section',
  ([type, fields]) => {
    const [problem] = validateBlocks(beside(type, fields), 'message', scopes);
    expect(problem).toMatchObject({ message: `unsupported type: ${type}`, pointer: '/blocks/0/accessory/type' });
  },
);

describe('what a list of wrong payloads elsewhere leaves out', () => {
  const wrong: [name: string, blocks: Json[], pointer: string, complaint: string][] = [
    [
      'four buttons on a card',
      [{ type: 'card', actions: Array.from({ length: 4 }, () => button) }],
      '/actions',
      'no more than 3 items allowed',
    ],
    [
      'a header cell of rich text',
      [{ type: 'data_table', caption: 'C', rows: [[rich], rows[1]] }],
      '/rows/0/0/type',
      'unsupported type: rich_text cannot be used for header cells',
    ],
    [
      'a row header that is no column',
      [{ type: 'data_table', caption: 'C', rows, row_header_column_index: 1 }],
      '/row_header_column_index',
      'must be the index of a column',
    ],
    [
      'a container collapsed for good',
      [{ type: 'container', title: plain('T'), default_collapsed: true, child_blocks: [rich] }],
      '',
      '`default_collapsed` requires `is_collapsible`',
    ],
    [
      'a container in a container',
      [{ type: 'container', title: plain('T'), child_blocks: [{ type: 'container' }] }],
      '/child_blocks/0/type',
      'unsupported type: container',
    ],
    [
      'two pieces of text as details',
      [
        {
          type: 'task_card',
          task_id: 't',
          title: 'T',
          details: { ...rich, elements: [rich.elements, rich.elements].flat() },
        },
      ],
      '/details/elements',
      'no more than 1 items allowed',
    ],
    [
      'an icon that there is not',
      [{ type: 'context_actions', elements: [{ type: 'icon_button', icon: 'rocket', text: plain('x') }] }],
      '/elements/0/icon',
      'must be one of: trash',
    ],
    [
      'a zone that there is not',
      [{ type: 'actions', elements: [{ type: 'timepicker', timezone: 'Mars/Base' }] }],
      '/elements/0/timezone',
      'invalid timezone',
    ],
    [
      'more chosen than may be',
      [
        {
          type: 'actions',
          elements: [
            {
              type: 'multi_static_select',
              options: [...options, { text: plain('b'), value: 'b' }],
              initial_options: [...options, { text: plain('b'), value: 'b' }],
              max_selected_items: 1,
            },
          ],
        },
      ],
      '/elements/0',
      'initial_options must not be more than max_selected_items',
    ],
  ];

  test.for(wrong)('%s is refused', ([, blocks, pointer, complaint]) => {
    expect(validateBlocks(blocks, 'message')).toContainEqual(
      expect.objectContaining({ message: complaint, pointer: `/blocks/0${pointer}` }),
    );
  });

  test('equal ids are found in blocks within blocks', () => {
    const twice = { type: 'card', block_id: 'b', actions: [button, button] };
    const found = validateBlocks([{ type: 'carousel', elements: [twice, twice] }], 'message');
    expect(found.map(({ message, pointer }) => [message, pointer])).toEqual([
      ['`action_id` already exists: go', '/blocks/0/elements/0/actions/1/action_id'],
      ['`block_id` already exists: b', '/blocks/0/elements/1/block_id'],
      ['`action_id` already exists: go', '/blocks/0/elements/1/actions/1/action_id'],
    ]);
  });
});
