import { expect, test } from 'vitest';
import { validateBlocks } from '../../../sandbox/slack/validate-blocks.ts';
import { validateView } from '../../../sandbox/slack/validate-view.ts';

/** What Slack takes must pass: a validator that refuses everything would pass the other test. */

type Json = Record<string, unknown>;
const plain = (text: string): Json => ({ type: 'plain_text', text, emoji: true });
const md = (text: string): Json => ({ type: 'mrkdwn', text });
const option = (value: string): Json => ({ text: plain(value), value, description: plain('more') });
const long = (length: number): string => 'x'.repeat(length);
const image: Json = { type: 'image', image_url: 'https://example.com/a.png', alt_text: 'a' };
const confirm: Json = {
  title: plain('Sure?'),
  text: md('Really'),
  confirm: plain('Yes'),
  deny: plain('No'),
  style: 'danger',
};
const run = (text: string): Json => ({ type: 'text', text, style: { bold: true, italic: true } });
const section: Json = { type: 'section', text: md(long(3_000)), fields: [md('a'), plain('b')], expand: true };

const MENUS: Json[] = [
  { type: 'static_select', options: [option('a')], initial_option: option('a'), placeholder: plain('Pick') },
  {
    type: 'multi_static_select',
    option_groups: [{ label: plain('g'), options: [option('a')] }],
    max_selected_items: 2,
  },
  { type: 'external_select', min_query_length: 0 },
  { type: 'multi_external_select', initial_options: [option('a')] },
  { type: 'users_select', initial_user: 'U0ANA' },
  { type: 'multi_users_select', initial_users: ['U0ANA'] },
  {
    type: 'conversations_select',
    filter: { include: ['public'], exclude_bot_users: true },
    response_url_enabled: true,
  },
  { type: 'multi_conversations_select', default_to_current_conversation: true },
  { type: 'channels_select', initial_channel: 'C0GENERAL' },
  { type: 'multi_channels_select', initial_channels: ['C0GENERAL'] },
  { type: 'datepicker', initial_date: '2026-11-22' },
  { type: 'timepicker', initial_time: '22:25', timezone: 'Europe/Berlin' },
  { type: 'datetimepicker', initial_date_time: 1_732_290_000 },
  {
    type: 'checkboxes',
    options: [{ text: md('*a*'), value: 'a' }],
    initial_options: [{ text: md('*a*'), value: 'a' }],
  },
  { type: 'radio_buttons', options: [option('a')], initial_option: option('a') },
];

const MESSAGE: Json[] = [
  section,
  {
    type: 'section',
    text: md('x'),
    accessory: {
      type: 'overflow',
      options: [option('a'), { text: plain('b'), value: 'b', url: 'https://example.com' }],
      confirm,
    },
  },
  { type: 'header', text: plain(long(150)) },
  { type: 'divider', block_id: 'd' },
  { type: 'context', elements: [image, md('x'), plain('y')] },
  {
    type: 'actions',
    elements: [
      {
        type: 'button',
        action_id: 'b',
        text: plain(long(75)),
        value: long(2_000),
        url: 'https://example.com',
        style: 'primary',
        accessibility_label: 'Approve the draft',
        confirm,
      },
      {
        type: 'workflow_button',
        action_id: 'w',
        text: plain('Run'),
        workflow: { trigger: { url: 'https://example.com/t' } },
      },
      ...MENUS.map((menu, index) => ({ ...menu, action_id: `m${index}` })),
    ],
  },
  { ...image, title: plain('A') },
  { type: 'image', slack_file: { id: 'F0123' }, alt_text: 'a' },
  {
    type: 'rich_text',
    elements: [
      {
        type: 'rich_text_section',
        elements: [
          run('x'),
          { type: 'link', url: 'https://example.com', text: 'l' },
          { type: 'user', user_id: 'U0ANA' },
          { type: 'usergroup', usergroup_id: 'S0SALES' },
          { type: 'channel', channel_id: 'C0GENERAL' },
          { type: 'broadcast', range: 'here' },
          { type: 'emoji', name: 'wave' },
          { type: 'color', value: '#aabbcc' },
          { type: 'date', timestamp: 1_732_290_000, format: '{date_short}', fallback: 'then' },
          { type: 'team', team_id: 'T0' },
        ],
      },
      {
        type: 'rich_text_list',
        style: 'ordered',
        indent: 1,
        border: 1,
        elements: [{ type: 'rich_text_section', elements: [run('x')] }],
      },
      { type: 'rich_text_quote', elements: [run('q')] },
      { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'code' }] },
    ],
  },
  { type: 'markdown', text: long(12_000) },
  {
    type: 'table',
    rows: [
      [
        { type: 'raw_text', text: 'a' },
        { type: 'raw_number', value: 1, text: '1' },
      ],
    ],
    column_settings: [{ align: 'right', is_wrapped: true }],
  },
  { type: 'data_visualization', title: 'Approvals', chart: { type: 'pie', segments: [{ label: 'Ana', value: 3 }] } },
  {
    type: 'data_visualization',
    title: 'By week',
    chart: {
      type: 'line',
      series: [
        {
          name: 'approved',
          data: [
            { label: 'W1', value: 0 },
            { label: 'W2', value: -2 },
          ],
        },
      ],
      axis_config: { categories: ['W1', 'W2'], x_label: 'Week', y_label: 'Count' },
    },
  },
  {
    type: 'context_actions',
    elements: [
      {
        type: 'feedback_buttons',
        action_id: 'f',
        positive_button: { text: plain('Good'), value: 'g' },
        negative_button: { text: plain('Bad'), value: 'b' },
      },
      { type: 'icon_button', action_id: 'i', icon: 'trash', text: plain('Delete') },
    ],
  },
  { type: 'card', title: md('T'), body: md('B'), actions: [{ type: 'button', action_id: 'c', text: plain('Go') }] },
  { type: 'carousel', elements: [{ type: 'card', title: md('T') }] },
  { type: 'container', title: plain('T'), child_blocks: [{ type: 'divider' }] },
  { type: 'task_card', task_id: 't', title: 'T', status: 'complete' },
  { type: 'plan', title: 'P', tasks: [{ type: 'task_card', task_id: 't', title: 'T', status: 'pending' }] },
  {
    type: 'data_table',
    caption: 'C',
    rows: [
      [{ type: 'raw_text', text: 'a' }],
      [{ type: 'rich_text', elements: [{ type: 'rich_text_quote', elements: [run('q')] }] }],
    ],
    page_size: 5,
    row_header_column_index: 0,
  },
];

const INPUTS: Json[] = [
  {
    type: 'plain_text_input',
    multiline: true,
    min_length: 1,
    max_length: 3_000,
    initial_value: 'x',
    dispatch_action_config: { trigger_actions_on: ['on_enter_pressed'] },
  },
  { type: 'rich_text_input', min_lines: 2 },
  { type: 'email_text_input' },
  { type: 'url_text_input', placeholder: plain('https://') },
  { type: 'number_input', is_decimal_allowed: true, min_value: '0', max_value: '1.5', initial_value: '0.5' },
  { type: 'file_input', filetypes: ['csv'], max_files: 1 },
  ...MENUS,
];

const input = (element: Json, index: number): Json => ({
  type: 'input',
  block_id: `b${index}`,
  label: plain('Label'),
  hint: plain('Hint'),
  optional: true,
  dispatch_action: true,
  element: { ...element, action_id: 'a' },
});

const MODAL: Json = {
  type: 'modal',
  title: plain(long(24)),
  submit: plain(long(24)),
  close: plain(long(24)),
  private_metadata: long(3_000),
  callback_id: long(255),
  external_id: 'e',
  clear_on_close: true,
  notify_on_close: true,
  blocks: [...INPUTS.map(input), { type: 'alert', text: plain(long(200)), level: 'warning' }, section],
};

test('a message with every block and element at its limit is accepted', () => {
  expect(validateBlocks(MESSAGE, 'message')).toEqual([]);
});

test('a video is accepted once its scope is granted', () => {
  const video = {
    type: 'video',
    video_url: 'https://e.com/v',
    thumbnail_url: 'https://e.com/t.png',
    alt_text: 'v',
    title: plain('v'),
  };
  expect(validateBlocks([video], 'message', new Set(['links.embed:write']))).toEqual([]);
});

test('a modal with every input at its limit is accepted', () => {
  expect(validateView(MODAL, 'modal', new Set(['files:read']))).toBeNull();
});

test('50 blocks fit a message and 100 fit a view', () => {
  const dividers = (count: number) => Array.from({ length: count }, () => ({ type: 'divider' }));
  expect(validateBlocks(dividers(50), 'message')).toEqual([]);
  expect(validateView({ type: 'home', blocks: dividers(100) }, 'home')).toBeNull();
});
