import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { childRecord, stringAt } from '../../../sandbox/slack/json.ts';
import { type Bench, startSlack } from './world-for-tests.ts';

/** One wrong payload a limit or rule, each sent by the real client and refused in Slack's words. */

let bench: Bench;
beforeAll(async () => {
  bench = await startSlack();
});
afterAll(() => bench.close());

type Json = Record<string, unknown>;

const long = (length: number): string => 'x'.repeat(length);
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const plain = (text: string): Json => ({ type: 'plain_text', text });
const md = (text: string): Json => ({ type: 'mrkdwn', text });
const option = (value: string): Json => ({ text: plain(value), value });
const button = (more: Json = {}): Json => ({ type: 'button', action_id: 'a', text: plain('Go'), ...more });
const actions = (...elements: Json[]): Json => ({ type: 'actions', elements });
const section = (more: Json): Json => ({ type: 'section', text: md('x'), ...more });
const richText = (...elements: Json[]): Json => ({ type: 'rich_text', elements });
const line = (...elements: Json[]): Json => ({ type: 'rich_text_section', elements });
const select = (more: Json): Json => ({ type: 'static_select', action_id: 's', ...more });
const cell = (text: string): Json => ({ type: 'raw_text', text });
const point = (label: string, value = 1): Json => ({ label, value });
const chart = (drawn: Json, title = 'Chart'): Json => ({ type: 'data_visualization', title, chart: drawn });
const bars = (series: Json[], categories: string[]): Json =>
  chart({ type: 'bar', series, axis_config: { categories } });

/** Each breaks one rule; where Slack sees it in two places, it says so twice. */
const WRONG_BLOCKS: [name: string, blocks: unknown[], complaint: string | string[]][] = [
  ['51 blocks', times(51, () => ({ type: 'divider' })), 'no more than 50 items allowed [json-pointer:/blocks]'],
  ['an unknown block', [{ type: 'banner' }], 'unsupported type: banner [json-pointer:/blocks/0/type]'],
  ['a block without type', [{}], 'missing required field: type [json-pointer:/blocks/0]'],
  ['a block that is text', ['hello'], 'must provide an object, got string [json-pointer:/blocks/0]'],
  [
    'an unknown property',
    [{ type: 'divider', color: 'red' }],
    'invalid additional property: color [json-pointer:/blocks/0]',
  ],
  [
    'a block_id of 256',
    [{ type: 'divider', block_id: long(256) }],
    'must be less than 256 characters [json-pointer:/blocks/0/block_id]',
  ],
  [
    'two equal block_ids',
    times(2, () => ({ type: 'divider', block_id: 'b' })),
    '`block_id` already exists: b [json-pointer:/blocks/1/block_id]',
  ],
  [
    'two equal action_ids in a block',
    [actions(button(), button())],
    '`action_id` already exists: a [json-pointer:/blocks/0/elements/1/action_id]',
  ],
  [
    'a section of 3001',
    [section({ text: md(long(3001)) })],
    'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
  ],
  [
    'an empty section text',
    [section({ text: md('') })],
    'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
  ],
  ['a section with nothing', [{ type: 'section' }], 'must define either `text` or `fields` [json-pointer:/blocks/0]'],
  [
    '11 fields',
    [section({ fields: times(11, () => md('x')) })],
    'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
  ],
  [
    'a field of 2001',
    [section({ fields: [md(long(2001))] })],
    'must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]',
  ],
  [
    'an input as accessory',
    [section({ accessory: { type: 'plain_text_input' } })],
    'unsupported type: plain_text_input [json-pointer:/blocks/0/accessory/type]',
  ],
  [
    'a text of unknown type',
    [section({ text: { type: 'html', text: 'x' } })],
    'unsupported type: html [json-pointer:/blocks/0/text/type]',
  ],
  [
    'emoji on mrkdwn',
    [section({ text: { ...md('x'), emoji: true } })],
    'invalid additional property: emoji [json-pointer:/blocks/0/text]',
  ],
  [
    'a header of 151',
    [{ type: 'header', text: plain(long(151)) }],
    'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
  ],
  [
    'a header in mrkdwn',
    [{ type: 'header', text: md('x') }],
    'unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]',
  ],
  [
    '11 context elements',
    [{ type: 'context', elements: times(11, () => md('x')) }],
    'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
  ],
  [
    'a button in a context',
    [{ type: 'context', elements: [button()] }],
    'unsupported type: button [json-pointer:/blocks/0/elements/0/type]',
  ],
  [
    'an empty context',
    [{ type: 'context', elements: [] }],
    'no less than 1 items allowed [json-pointer:/blocks/0/elements]',
  ],
  [
    '26 actions',
    [actions(...times(26, (index) => button({ action_id: `a${index}` })))],
    'no more than 25 items allowed [json-pointer:/blocks/0/elements]',
  ],
  [
    'a button text of 76',
    [actions(button({ text: plain(long(76)) }))],
    'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
  ],
  [
    'a button value of 2001',
    [actions(button({ value: long(2001) }))],
    'must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]',
  ],
  [
    'a button value that is a number',
    [actions(button({ value: 7 }))],
    'must provide a string, got number [json-pointer:/blocks/0/elements/0/value]',
  ],
  [
    'a button in an unknown style',
    [actions(button({ style: 'warning' }))],
    'must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]',
  ],
  [
    'a button with a broken url',
    [actions(button({ url: 'not a url' }))],
    'invalid url [json-pointer:/blocks/0/elements/0/url]',
  ],
  [
    'an action_id of 256',
    [actions(button({ action_id: long(256) }))],
    'must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]',
  ],
  [
    'an accessibility_label of 76',
    [actions(button({ accessibility_label: long(76) }))],
    'must be less than 76 characters [json-pointer:/blocks/0/elements/0/accessibility_label]',
  ],
  [
    'a confirm text of 301',
    [actions(button({ confirm: { text: plain(long(301)) } }))],
    'must be less than 301 characters [json-pointer:/blocks/0/elements/0/confirm/text/text]',
  ],
  [
    'a confirm button of 31',
    [actions(button({ confirm: { text: plain('x'), confirm: plain(long(31)) } }))],
    'must be less than 31 characters [json-pointer:/blocks/0/elements/0/confirm/confirm/text]',
  ],
  [
    '101 options',
    [actions(select({ options: times(101, (index) => option(`o${index}`)) }))],
    'no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]',
  ],
  [
    'no options',
    [actions(select({}))],
    'must define either `options` or `option_groups` [json-pointer:/blocks/0/elements/0]',
  ],
  [
    'options and groups',
    [actions(select({ options: [option('a')], option_groups: [{ label: plain('g'), options: [option('a')] }] }))],
    'must define only one of `options` or `option_groups` [json-pointer:/blocks/0/elements/0]',
  ],
  [
    'an option text of 76',
    [actions(select({ options: [{ text: plain(long(76)), value: 'v' }] }))],
    'must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]',
  ],
  [
    'an option value of 76',
    [actions(select({ options: [{ text: plain('x'), value: long(76) }] }))],
    'must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/value]',
  ],
  [
    'an option in mrkdwn',
    [actions(select({ options: [{ text: md('x'), value: 'v' }] }))],
    'unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/options/0/text/type]',
  ],
  [
    'an initial option that is not offered',
    [actions(select({ options: [option('a')], initial_option: option('b') }))],
    'initial_option must match one of the options [json-pointer:/blocks/0/elements/0]',
  ],
  [
    'a placeholder of 151',
    [actions(select({ options: [option('a')], placeholder: plain(long(151)) }))],
    'must be less than 151 characters [json-pointer:/blocks/0/elements/0/placeholder/text]',
  ],
  [
    '6 overflow options',
    [actions({ type: 'overflow', options: times(6, (index) => option(`o${index}`)) })],
    'no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]',
  ],
  [
    '11 radio buttons',
    [actions({ type: 'radio_buttons', options: times(11, (index) => option(`o${index}`)) })],
    'no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]',
  ],
  [
    'a date that is none',
    [actions({ type: 'datepicker', initial_date: '2026-13-01' })],
    'invalid date [json-pointer:/blocks/0/elements/0/initial_date]',
  ],
  [
    'a time that is none',
    [actions({ type: 'timepicker', initial_time: '25:00' })],
    'invalid time [json-pointer:/blocks/0/elements/0/initial_time]',
  ],
  [
    'an input in a message',
    [{ type: 'input', label: plain('l'), element: { type: 'plain_text_input' } }],
    'unsupported type: input is not available in a message [json-pointer:/blocks/0]',
  ],
  [
    'an alert in a message',
    [{ type: 'alert', text: plain('x') }],
    'unsupported type: alert is not available in a message [json-pointer:/blocks/0]',
  ],
  [
    'a file block',
    [{ type: 'file', external_id: 'x', source: 'remote' }],
    'unsupported type: file [json-pointer:/blocks/0/type]',
  ],
  [
    'an image without alt_text',
    [{ type: 'image', image_url: 'https://example.com/a.png' }],
    'missing required field: alt_text [json-pointer:/blocks/0]',
  ],
  [
    'an image on this machine',
    [{ type: 'image', image_url: 'http://localhost:3000/a.png', alt_text: 'a' }],
    'downloading image failed [json-pointer:/blocks/0/image_url]',
  ],
  [
    'an image without a source',
    [{ type: 'image', alt_text: 'a' }],
    'must define either `image_url` or `slack_file` [json-pointer:/blocks/0]',
  ],
  [
    'a button url of 3001',
    [actions(button({ url: `https://example.com/${long(2_981)}` }))],
    'must be less than 3001 characters [json-pointer:/blocks/0/elements/0/url]',
  ],
  [
    'a button without text',
    [actions({ type: 'button', action_id: 'a' })],
    'missing required field: text [json-pointer:/blocks/0/elements/0]',
  ],
  ['actions without elements', [actions()], 'no less than 1 items allowed [json-pointer:/blocks/0/elements]'],
  [
    'an empty header',
    [{ type: 'header', text: plain('') }],
    'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
  ],
  [
    'a confirm title of 101',
    [actions(button({ confirm: { title: plain(long(101)), text: plain('x') } }))],
    'must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]',
  ],
  [
    'a deny button of 31',
    [actions(button({ confirm: { text: plain('x'), deny: plain(long(31)) } }))],
    'must be less than 31 characters [json-pointer:/blocks/0/elements/0/confirm/deny/text]',
  ],
  [
    'an option description of 76',
    [actions(select({ options: [{ ...option('a'), description: plain(long(76)) }] }))],
    'must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/description/text]',
  ],
  [
    '101 option groups',
    [actions(select({ option_groups: times(101, () => ({ label: plain('g'), options: [option('a')] })) }))],
    'no more than 100 items allowed [json-pointer:/blocks/0/elements/0/option_groups]',
  ],
  [
    'a group label of 76',
    [actions(select({ option_groups: [{ label: plain(long(76)), options: [option('a')] }] }))],
    'must be less than 76 characters [json-pointer:/blocks/0/elements/0/option_groups/0/label/text]',
  ],
  [
    '11 checkboxes',
    [actions({ type: 'checkboxes', options: times(11, (index) => option(`o${index}`)) })],
    'no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]',
  ],
  [
    'at most none of many',
    [actions(select({ type: 'multi_static_select', options: [option('a')], max_selected_items: 0 }))],
    'must be greater than or equal to 1 [json-pointer:/blocks/0/elements/0/max_selected_items]',
  ],
  [
    'a first user who is none',
    [actions({ type: 'users_select', initial_user: 'ana' })],
    'invalid user [json-pointer:/blocks/0/elements/0/initial_user]',
  ],
  [
    'an empty filter of conversations',
    [actions({ type: 'conversations_select', filter: {} })],
    'must not be empty [json-pointer:/blocks/0/elements/0/filter]',
  ],
  [
    'a moment that is none',
    [actions({ type: 'datetimepicker', initial_date_time: 12 })],
    'invalid date time [json-pointer:/blocks/0/elements/0/initial_date_time]',
  ],
  [
    'an alt_text of 2001',
    [{ type: 'image', image_url: 'https://example.com/a.png', alt_text: long(2_001) }],
    'must be less than 2001 characters [json-pointer:/blocks/0/alt_text]',
  ],
  [
    'an image title of 2001',
    [{ type: 'image', image_url: 'https://example.com/a.png', alt_text: 'a', title: plain(long(2_001)) }],
    'must be less than 2001 characters [json-pointer:/blocks/0/title/text]',
  ],
  [
    'an image url of 3001',
    [{ type: 'image', image_url: `https://example.com/${long(2_981)}`, alt_text: 'a' }],
    'must be less than 3001 characters [json-pointer:/blocks/0/image_url]',
  ],
  [
    'an image from a file that is not there',
    [{ type: 'image', slack_file: { id: 'F0NOWHERE' }, alt_text: 'a' }],
    'invalid slack file [json-pointer:/blocks/0/slack_file/id]',
  ],
  [
    'an image with two sources',
    [{ type: 'image', image_url: 'https://example.com/a.png', slack_file: { id: 'F1' }, alt_text: 'a' }],
    'must define only one of `image_url` or `slack_file` [json-pointer:/blocks/0]',
  ],
  [
    '13,000 of markdown in two blocks',
    times(2, () => ({ type: 'markdown', text: long(6_500) })),
    'markdown blocks must be less than 12001 characters in all [json-pointer:/blocks]',
  ],
  [
    '101 table rows',
    [{ type: 'table', rows: times(101, () => [cell('x')]) }],
    'no more than 100 items allowed [json-pointer:/blocks/0/rows]',
  ],
  [
    '21 table columns',
    [{ type: 'table', rows: [times(21, () => cell('x'))] }],
    'no more than 20 items allowed [json-pointer:/blocks/0/rows/0]',
  ],
  [
    'a ragged table',
    [{ type: 'table', rows: [[cell('x')], [cell('x'), cell('y')]] }],
    'every row must have the same number of cells [json-pointer:/blocks/0/rows]',
  ],
  [
    'a table of 10,001 characters',
    [{ type: 'table', rows: [[cell(long(10_001))]] }],
    'cells must be less than 10001 characters in all [json-pointer:/blocks/0/rows]',
  ],
  [
    'two tables',
    times(2, () => ({ type: 'table', rows: [[cell('x')]] })),
    'no more than 1 table blocks allowed [json-pointer:/blocks]',
  ],
  [
    'rich text of an unknown kind',
    [richText({ type: 'rich_text_poem', elements: [] })],
    'unsupported type: rich_text_poem [json-pointer:/blocks/0/elements/0/type]',
  ],
  [
    'an empty rich text run',
    [richText(line({ type: 'text', text: '' }))],
    'must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]',
  ],
  [
    'an unknown rich text style',
    [richText(line({ type: 'text', text: 'x', style: { blink: true } }))],
    'invalid additional property: blink [json-pointer:/blocks/0/elements/0/elements/0/style]',
  ],
  [
    'a list indented by 9',
    [richText({ type: 'rich_text_list', style: 'bullet', indent: 9, elements: [] })],
    'must be less than or equal to 8 [json-pointer:/blocks/0/elements/0/indent]',
  ],
  [
    'a link without url',
    [richText(line({ type: 'link', text: 'x' }))],
    'missing required field: url [json-pointer:/blocks/0/elements/0/elements/0]',
  ],
  [
    'a chart title of 51',
    [chart({ type: 'pie', segments: [point('a')] }, long(51))],
    'must be less than 51 characters [json-pointer:/blocks/0/title]',
  ],
  [
    '7 pie segments',
    [chart({ type: 'pie', segments: times(7, (index) => point(`s${index}`)) })],
    'no more than 6 items allowed [json-pointer:/blocks/0/chart/segments]',
  ],
  [
    'a pie value of 0',
    [chart({ type: 'pie', segments: [point('a', 0)] })],
    'must be greater than 0 [json-pointer:/blocks/0/chart/segments/0/value]',
  ],
  [
    'a series without a point for a category',
    [bars([{ name: 's', data: [point('a')] }], ['a', 'b'])],
    'must have exactly one data point for each category [json-pointer:/blocks/0/chart/series/0/data]',
  ],
  [
    'a chart label of 21',
    [chart({ type: 'pie', segments: [point(long(21))] })],
    'must be less than 21 characters [json-pointer:/blocks/0/chart/segments/0/label]',
  ],
  [
    '7 chart series',
    [
      bars(
        times(7, (index) => ({ name: `s${index}`, data: [point('a')] })),
        ['a'],
      ),
    ],
    'no more than 6 items allowed [json-pointer:/blocks/0/chart/series]',
  ],
  [
    'two chart series of one name',
    [
      bars(
        times(2, () => ({ name: 's', data: [point('a')] })),
        ['a'],
      ),
    ],
    'must be unique [json-pointer:/blocks/0/chart/series/1/name]',
  ],
  [
    '21 chart categories',
    [
      bars(
        [{ name: 's', data: times(21, (index) => point(`c${index}`)) }],
        times(21, (index) => `c${index}`),
      ),
    ],
    [
      'no more than 20 items allowed [json-pointer:/blocks/0/chart/series/0/data]',
      'no more than 20 items allowed [json-pointer:/blocks/0/chart/axis_config/categories]',
    ],
  ],
  [
    'an unknown chart',
    [chart({ type: 'radar', series: [] })],
    'unsupported type: radar [json-pointer:/blocks/0/chart/type]',
  ],
  [
    'a chart without a title',
    [{ type: 'data_visualization', chart: { type: 'pie', segments: [point('a')] } }],
    'missing required field: title [json-pointer:/blocks/0]',
  ],
  [
    'three charts',
    times(3, () => chart({ type: 'pie', segments: [point('a')] })),
    'no more than 2 data_visualization blocks allowed [json-pointer:/blocks]',
  ],
  [
    '6 context actions',
    [
      {
        type: 'context_actions',
        elements: times(6, (index) => ({
          type: 'icon_button',
          icon: 'trash',
          text: plain('x'),
          action_id: `i${index}`,
        })),
      },
    ],
    'no more than 5 items allowed [json-pointer:/blocks/0/elements]',
  ],
  [
    'a video without its scope',
    [
      {
        type: 'video',
        video_url: 'https://example.com/v',
        thumbnail_url: 'https://example.com/t.png',
        alt_text: 'v',
        title: plain('v'),
      },
    ],
    'video requires the links.embed:write scope [json-pointer:/blocks/0]',
  ],
];

const input = (element: Json, more: Json = {}): Json => ({ type: 'input', label: plain('Label'), element, ...more });
const textInput = (more: Json = {}): Json => ({ type: 'plain_text_input', action_id: 't', ...more });
const modal = (more: Json): Json => ({
  type: 'modal',
  title: plain('Title'),
  submit: plain('Go'),
  blocks: [],
  ...more,
});

const WRONG_VIEWS: [name: string, view: Json, complaint: string][] = [
  ['no title', { type: 'modal', blocks: [] }, 'missing required field: title [json-pointer:/view]'],
  [
    'a title of 25',
    modal({ title: plain(long(25)) }),
    'must be less than 25 characters [json-pointer:/view/title/text]',
  ],
  [
    'a submit of 25',
    modal({ submit: plain(long(25)) }),
    'must be less than 25 characters [json-pointer:/view/submit/text]',
  ],
  [
    'a close of 25',
    modal({ close: plain(long(25)) }),
    'must be less than 25 characters [json-pointer:/view/close/text]',
  ],
  ['a title in mrkdwn', modal({ title: md('x') }), 'unsupported type: mrkdwn [json-pointer:/view/title/type]'],
  [
    'private_metadata of 3001',
    modal({ private_metadata: long(3001) }),
    'must be less than 3001 characters [json-pointer:/view/private_metadata]',
  ],
  [
    'a callback_id of 256',
    modal({ callback_id: long(256) }),
    'must be less than 256 characters [json-pointer:/view/callback_id]',
  ],
  [
    '101 blocks',
    modal({ blocks: times(101, () => ({ type: 'divider' })) }),
    'no more than 100 items allowed [json-pointer:/view/blocks]',
  ],
  [
    'an input but no submit',
    { type: 'modal', title: plain('x'), blocks: [input(textInput())] },
    'missing required field: submit [json-pointer:/view]',
  ],
  [
    'an unknown property',
    modal({ submit_disabled: true }),
    'invalid additional property: submit_disabled [json-pointer:/view]',
  ],
  ['a home view', { type: 'home', blocks: [] }, 'unsupported type: home [json-pointer:/view/type]'],
  [
    'a label of 2001',
    modal({ blocks: [input(textInput(), { label: plain(long(2001)) })] }),
    'must be less than 2001 characters [json-pointer:/view/blocks/0/label/text]',
  ],
  [
    'a max_length of 3001',
    modal({ blocks: [input(textInput({ max_length: 3001 }))] }),
    'must be less than or equal to 3000 [json-pointer:/view/blocks/0/element/max_length]',
  ],
  [
    'an initial_value beyond max_length',
    modal({ blocks: [input(textInput({ max_length: 3, initial_value: 'four' }))] }),
    'initial_value must be less than or equal to max_length [json-pointer:/view/blocks/0/element]',
  ],
  [
    'a button as input',
    modal({ blocks: [input(button())] }),
    'unsupported type: button [json-pointer:/view/blocks/0/element/type]',
  ],
  [
    'an alert of 201',
    modal({ blocks: [{ type: 'alert', text: plain(long(201)) }] }),
    'must be less than 201 characters [json-pointer:/view/blocks/0/text/text]',
  ],
  [
    'two focused inputs',
    modal({ blocks: times(2, () => input(textInput({ focus_on_load: true }))) }),
    'only one element can have focus_on_load set to true [json-pointer:/view/blocks]',
  ],
  [
    'a number input with min above max',
    modal({ blocks: [input({ type: 'number_input', is_decimal_allowed: false, min_value: '3', max_value: '2' })] }),
    'min_value must not exceed max_value [json-pointer:/view/blocks/0/element]',
  ],
  [
    'a file input without its scope',
    modal({ blocks: [input({ type: 'file_input' })] }),
    'file_input requires the files:read scope [json-pointer:/view/blocks/0/element]',
  ],
  [
    'an external_id of 256',
    modal({ external_id: long(256) }),
    'must be less than 256 characters [json-pointer:/view/external_id]',
  ],
  [
    'a hint of 2001',
    modal({ blocks: [input(textInput(), { hint: plain(long(2001)) })] }),
    'must be less than 2001 characters [json-pointer:/view/blocks/0/hint/text]',
  ],
  [
    'an input without a label',
    modal({ blocks: [{ type: 'input', element: textInput() }] }),
    'missing required field: label [json-pointer:/view/blocks/0]',
  ],
  [
    'an initial_value of 3001',
    modal({ blocks: [input(textInput({ initial_value: long(3001) }))] }),
    'must be less than 3001 characters [json-pointer:/view/blocks/0/element/initial_value]',
  ],
  [
    'a min_length above max_length',
    modal({ blocks: [input(textInput({ min_length: 5, max_length: 4 }))] }),
    'min_length must not exceed max_length [json-pointer:/view/blocks/0/element]',
  ],
  [
    'a placeholder of 151 in an input',
    modal({ blocks: [input(textInput({ placeholder: plain(long(151)) }))] }),
    'must be less than 151 characters [json-pointer:/view/blocks/0/element/placeholder/text]',
  ],
  [
    'a number input that does not say whether it takes decimals',
    modal({ blocks: [input({ type: 'number_input' })] }),
    'missing required field: is_decimal_allowed [json-pointer:/view/blocks/0/element]',
  ],
  [
    'a number that is none',
    modal({ blocks: [input({ type: 'number_input', is_decimal_allowed: true, initial_value: 'many' })] }),
    'invalid number [json-pointer:/view/blocks/0/element/initial_value]',
  ],
  [
    'a chart in a modal',
    modal({ blocks: [chart({ type: 'pie', segments: [point('a')] })] }),
    'unsupported type: data_visualization is not available in a modal [json-pointer:/view/blocks/0]',
  ],
  [
    'markdown in a modal',
    modal({ blocks: [{ type: 'markdown', text: 'x' }] }),
    'unsupported type: markdown is not available in a modal [json-pointer:/view/blocks/0]',
  ],
];

type Failure = { data: { error: string; errors?: string[]; response_metadata: { messages?: string[] } } };

describe('a message is refused for', () => {
  test.for(WRONG_BLOCKS)('%s', async ([, blocks, complaint]) => {
    const call = bench.client().apiCall('chat.postMessage', { channel: '#nurture-emails', text: 'x', blocks });
    const { data } = await call.then(
      () => Promise.reject(new Error('it was accepted')),
      (error: Failure) => error,
    );
    expect(data.error).toBe('invalid_blocks');
    const complaints = [complaint].flat();
    expect(data.errors).toEqual(complaints);
    expect(data.response_metadata.messages).toEqual(complaints.map((said) => `[ERROR] ${said}`));
  });
});

describe('a view is refused for', () => {
  test.for(WRONG_VIEWS)('%s', async ([, view, complaint]) => {
    const { slack } = bench;
    const sent = await slack.workspace.slash({ user: 'ana', channel: '#general', text: '/workflow' });
    expect(sent.acked).toBe(false);
    const triggerId = lastTrigger();
    const call = bench.client().apiCall('views.open', { trigger_id: triggerId, view });
    const { data } = await call.then(
      () => Promise.reject(new Error('it was accepted')),
      (error: Failure) => error,
    );
    expect(data.error).toBe('invalid_arguments');
    expect(data.response_metadata.messages).toEqual([`[ERROR] ${complaint}`]);
  });

  test('more than 250 KB', async () => {
    await bench.slack.workspace.slash({ user: 'ana', channel: '#general', text: '/workflow' });
    const view = modal({ blocks: times(100, () => section({ text: md(long(2_900)) })) });
    const call = bench.client().apiCall('views.open', { trigger_id: lastTrigger(), view });
    await expect(call).rejects.toMatchObject({ data: { error: 'view_too_large' } });
  });
});

describe('a call is refused for', () => {
  const WRONG_CALLS: [name: string, method: string, args: Json, error: string][] = [
    ['a text of 40,001', 'chat.postMessage', { text: long(40_001) }, 'msg_too_long'],
    ['a changed text of 4,001', 'chat.update', { text: long(4_001) }, 'msg_too_long'],
    ['blocks that are no list', 'chat.postMessage', { text: 'x', blocks: '{}' }, 'invalid_blocks_format'],
    [
      'an event_type of 256',
      'chat.postMessage',
      { text: 'x', metadata: { event_type: long(256), event_payload: {} } },
      'invalid_metadata_schema',
    ],
    [
      'metadata of more than 16,000 bytes',
      'chat.postMessage',
      { text: 'x', metadata: { event_type: 'e', event_payload: { x: long(16_000) } } },
      'metadata_too_large',
    ],
    [
      'metadata on a scheduled message',
      'chat.scheduleMessage',
      { text: 'x', post_at: 4_000_000_000, metadata: { event_type: 'e', event_payload: {} } },
      'invalid_arguments',
    ],
  ];
  test.for(WRONG_CALLS)('%s', async ([, method, args, error]) => {
    const client = bench.client();
    const { channel, ts } = await client.chat.postMessage({ channel: '#nurture-emails', text: 'x' });
    await expect(client.apiCall(method, { channel, ts, ...args })).rejects.toMatchObject({ data: { error } });
  });

  test('101 blocks on the Home tab', async () => {
    const view = { type: 'home', blocks: times(101, () => ({ type: 'divider' })) };
    await expect(bench.client().apiCall('views.publish', { user_id: 'U0ANA', view })).rejects.toMatchObject({
      data: {
        error: 'invalid_arguments',
        response_metadata: { messages: ['[ERROR] no more than 100 items allowed [json-pointer:/view/blocks]'] },
      },
    });
  });
});

test('the lists name at least 60 wrong payloads, each once', () => {
  const names = [...WRONG_BLOCKS, ...WRONG_VIEWS].map(([name]) => name);
  expect(names.length).toBeGreaterThanOrEqual(60);
  // A limit may stand for blocks and for views under one name; a payload stands once.
  expect(new Set(WRONG_BLOCKS.map(([, blocks]) => JSON.stringify(blocks))).size).toBe(WRONG_BLOCKS.length);
  expect(new Set(WRONG_VIEWS.map(([, view]) => JSON.stringify(view))).size).toBe(WRONG_VIEWS.length);
});

/** The trigger of the newest thing that was sent to the app. */
function lastTrigger(): string {
  const entry = bench.slack.workspace.journal().findLast(({ type }) => type === 'delivery');
  const trigger = stringAt(childRecord(entry?.detail, 'payload'), 'trigger_id');
  if (trigger === null) throw new Error('nothing was sent to the app');
  return trigger;
}
