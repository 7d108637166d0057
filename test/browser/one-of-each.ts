import type {
  ActionsBlockElement,
  ContextActionsBlockElement,
  ContextBlockElement,
  InputBlockElement,
  KnownBlock,
  RichTextBlockElement,
  RichTextElement,
  SectionBlockAccessory,
} from '@slack/types';

/** One of every block and element that `@slack/types` knows; the compiler names what a new version of it adds. */

const plain = (text: string) => ({ type: 'plain_text', text }) as const;
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text }) as const;
const option = (text: string, value: string) => ({ text: plain(text), value });
const two = [option('First option', 'one'), option('Second option', 'two')];
/** A picture of one point, so that nothing is fetched. */
const PICTURE =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgaGD4DwACBAGAcuUJlAAAAABJRU5ErkJggg==';
const image = { type: 'image', image_url: PICTURE, alt_text: 'A point' } as const;
const rich = (text: string): Extract<KnownBlock, { type: 'rich_text' }> => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
});

type OfType<U extends { type: string }> = { [T in U['type']]: Extract<U, { type: T }> };

/** Each with the words that must be seen. */
type Shown<T> = { see: string[]; value: T };

const richPieces: { [T in RichTextElement['type']]: Shown<Extract<RichTextElement, { type: T }>> } = {
  broadcast: { see: ['@here'], value: { type: 'broadcast', range: 'here' } },
  color: { see: ['#ff8800'], value: { type: 'color', value: '#ff8800' } },
  channel: { see: ['#nurture-emails'], value: { type: 'channel', channel_id: 'C0NURTUREEMAILS' } },
  date: {
    see: ['26 November 2026'],
    value: { type: 'date', timestamp: 1_795_683_600, format: '{date}', fallback: 'a day' },
  },
  emoji: { see: ['👋'], value: { type: 'emoji', name: 'wave', unicode: '1f44b' } },
  link: { see: ['a link'], value: { type: 'link', url: 'https://example.com/a', text: 'a link' } },
  team: { see: ['T0TEAM'], value: { type: 'team', team_id: 'T0TEAM' } },
  text: { see: ['plain words'], value: { type: 'text', text: 'plain words', style: { bold: true, underline: true } } },
  user: { see: ['@Ben Okafor'], value: { type: 'user', user_id: 'U0BEN' } },
  usergroup: { see: ['@marketing'], value: { type: 'usergroup', usergroup_id: 'S0MARKETING' } },
};

const richParts: { [T in RichTextBlockElement['type']]: Shown<Extract<RichTextBlockElement, { type: T }>> } = {
  rich_text_section: {
    see: Object.values(richPieces).flatMap(({ see }) => see),
    value: { type: 'rich_text_section', elements: Object.values(richPieces).map(({ value }) => value) },
  },
  rich_text_list: {
    see: ['a listed thing'],
    value: {
      type: 'rich_text_list',
      style: 'ordered',
      indent: 1,
      border: 1,
      elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'a listed thing' }] }],
    },
  },
  rich_text_quote: {
    see: ['a quoted thing'],
    value: { type: 'rich_text_quote', elements: [{ type: 'text', text: 'a quoted thing' }] },
  },
  rich_text_preformatted: {
    see: ['a <b>preformatted</b> thing'],
    value: { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'a <b>preformatted</b> thing' }] },
  },
};

type Acting = ActionsBlockElement | SectionBlockAccessory | ContextActionsBlockElement | InputBlockElement;
type ActingElements = { [T in Acting['type']]: Shown<Extract<Acting, { type: T }>> };

const choice = { options: two, action_id: 'choice' };
const placeholder = (text: string) => ({ placeholder: plain(text), action_id: text });

const written = {
  plain_text_input: { see: ['typed'], value: { type: 'plain_text_input', initial_value: 'typed', max_length: 40 } },
  email_text_input: { see: ['a@b.example'], value: { type: 'email_text_input', initial_value: 'a@b.example' } },
  url_text_input: { see: ['https://b.example'], value: { type: 'url_text_input', initial_value: 'https://b.example' } },
  number_input: { see: ['42'], value: { type: 'number_input', is_decimal_allowed: false, initial_value: '42' } },
  rich_text_input: { see: ['rich words'], value: { type: 'rich_text_input', initial_value: rich('rich words') } },
  datepicker: { see: ['2026-11-26'], value: { type: 'datepicker', initial_date: '2026-11-26' } },
  timepicker: { see: ['09:30'], value: { type: 'timepicker', initial_time: '09:30' } },
  datetimepicker: { see: ['2026-11-26T'], value: { type: 'datetimepicker', initial_date_time: 1_795_683_600 } },
  file_input: { see: [], value: { type: 'file_input', filetypes: ['csv'], max_files: 2 } },
} satisfies Partial<ActingElements>;

const chosen = {
  checkboxes: { see: ['First option'], value: { type: 'checkboxes', ...choice } },
  radio_buttons: { see: ['Second option'], value: { type: 'radio_buttons', ...choice } },
  static_select: { see: ['First option'], value: { type: 'static_select', ...choice } },
  external_select: { see: ['Search a thing'], value: { type: 'external_select', ...placeholder('Search a thing') } },
  users_select: { see: ['Ana Lopez'], value: { type: 'users_select', ...placeholder('A person') } },
  channels_select: { see: ['#nurture-emails'], value: { type: 'channels_select', ...placeholder('A channel') } },
  conversations_select: { see: ['#general'], value: { type: 'conversations_select', ...placeholder('Anywhere') } },
  multi_static_select: {
    see: ['Several things'],
    value: { type: 'multi_static_select', options: two, ...placeholder('Several things') },
  },
  multi_external_select: {
    see: ['Search several'],
    value: { type: 'multi_external_select', ...placeholder('Search several') },
  },
  multi_users_select: {
    see: ['Ben Okafor'],
    value: { type: 'multi_users_select', initial_users: ['U0BEN'], ...placeholder('People') },
  },
  multi_channels_select: {
    see: ['Channels to pick'],
    value: { type: 'multi_channels_select', ...placeholder('Channels to pick') },
  },
  multi_conversations_select: {
    see: ['Everywhere'],
    value: { type: 'multi_conversations_select', ...placeholder('Everywhere') },
  },
} satisfies Partial<ActingElements>;

const pressed = {
  button: { see: ['A button'], value: { type: 'button', text: plain('A button'), style: 'primary', value: 'v' } },
  workflow_button: {
    see: ['A workflow'],
    value: {
      type: 'workflow_button',
      text: plain('A workflow'),
      workflow: { trigger: { url: 'https://slack.com/shortcuts/Ft0/x' } },
    },
  },
  overflow: { see: ['⋯'], value: { type: 'overflow', ...choice } },
  image: { see: [], value: image },
  feedback_buttons: {
    see: ['Good answer', 'Bad answer'],
    value: {
      type: 'feedback_buttons',
      positive_button: { text: plain('Good answer'), value: 'yes' },
      negative_button: { text: plain('Bad answer'), value: 'no' },
    },
  },
  icon_button: { see: ['🗑'], value: { type: 'icon_button', icon: 'trash', text: plain('Delete') } },
} satisfies Partial<ActingElements>;

export const elements = { ...written, ...chosen, ...pressed } satisfies ActingElements;

/** Elements that can stand in an input block. */
export const inputElements = { ...written, ...chosen } satisfies {
  [T in InputBlockElement['type']]: Shown<Extract<InputBlockElement, { type: T }>>;
};

const contextElements: OfType<ContextBlockElement> = {
  image,
  plain_text: plain('small plain words'),
  mrkdwn: mrkdwn('small *strong* words'),
};

/** Slack has it since June 2026; the package does not know it yet. */
type Chart = { type: 'data_visualization'; title: string; chart: object };
type AnyKnown = KnownBlock | Chart;

const task = {
  type: 'task_card',
  task_id: 't1',
  title: 'Look it up',
  status: 'complete',
  details: rich('what was done'),
  output: rich('what came of it'),
  sources: [{ type: 'url', url: 'https://example.com/s', text: 'a source' }],
} as const;
const aCard = {
  type: 'card',
  icon: image,
  title: mrkdwn('A *card*'),
  subtitle: mrkdwn('below it'),
  body: mrkdwn('its body'),
  actions: [{ type: 'button', text: plain('Card button'), action_id: 'card' }],
} as const;
const cells = [
  [
    { type: 'raw_text', text: 'Name' },
    { type: 'raw_text', text: 'Count' },
  ],
  [
    { type: 'raw_text', text: 'Replies' },
    { type: 'raw_number', value: 12, text: '12' },
  ],
] as const;
const rows = () => cells.map((row) => [...row]);

export const blocks: { [T in AnyKnown['type']]: Shown<Extract<AnyKnown, { type: T }>> } = {
  actions: {
    see: ['Act now'],
    value: { type: 'actions', elements: [{ type: 'button', text: plain('Act now'), action_id: 'now' }] },
  },
  alert: { see: ['Watch out'], value: { type: 'alert', level: 'warning', text: plain('Watch out') } },
  card: { see: ['A card', 'below it', 'its body', 'Card button'], value: { ...aCard, actions: [...aCard.actions] } },
  carousel: { see: ['its body'], value: { type: 'carousel', elements: [{ ...aCard, actions: [] }] } },
  container: {
    see: ['A container', 'Inside it'],
    value: {
      type: 'container',
      title: plain('A container'),
      subtitle: mrkdwn('of *things*'),
      icon: image,
      has_header_divider: true,
      child_blocks: [{ type: 'section', text: plain('Inside it') }],
    },
  },
  context: {
    see: ['small plain words', 'small strong words'],
    value: { type: 'context', elements: Object.values(contextElements) },
  },
  context_actions: {
    see: ['Good answer', '🗑'],
    value: {
      type: 'context_actions',
      elements: [pressed.feedback_buttons.value, pressed.icon_button.value].map((one) => ({
        ...one,
        action_id: one.type,
      })) as ContextActionsBlockElement[],
    },
  },
  data_table: {
    see: ['A caption', 'Replies', '12'],
    value: { type: 'data_table', caption: 'A caption', rows: rows() },
  },
  data_visualization: {
    see: ['A chart', 'Mon'],
    value: {
      type: 'data_visualization',
      title: 'A chart',
      chart: {
        type: 'bar',
        series: [
          {
            name: 'Mails',
            data: [
              { label: 'Mon', value: 3 },
              { label: 'Tue', value: 5 },
            ],
          },
        ],
        axis_config: { categories: ['Mon', 'Tue'] },
      },
    },
  },
  divider: { see: [], value: { type: 'divider' } },
  file: { see: ['external-1'], value: { type: 'file', external_id: 'external-1', source: 'remote' } },
  header: { see: ['A header'], value: { type: 'header', text: plain('A header') } },
  image: { see: ['A title'], value: { ...image, title: plain('A title') } },
  input: {
    see: ['A label', 'A hint'],
    value: {
      type: 'input',
      label: plain('A label'),
      hint: plain('A hint'),
      element: { type: 'plain_text_input', action_id: 'typed' },
    },
  },
  markdown: { see: ['Marked down', 'bold'], value: { type: 'markdown', text: '# Marked down\n\nand **bold**' } },
  plan: {
    see: ['A plan', 'Look it up'],
    value: { type: 'plan', title: 'A plan', tasks: [{ ...task, sources: [...task.sources] }] },
  },
  rich_text: {
    see: Object.values(richParts).flatMap(({ see }) => see),
    value: { type: 'rich_text', elements: Object.values(richParts).map(({ value }) => value) },
  },
  section: {
    see: ['A section', 'A field'],
    value: { type: 'section', text: mrkdwn('A *section*'), fields: [plain('A field')] },
  },
  table: {
    see: ['Replies', '12'],
    value: { type: 'table', rows: rows(), column_settings: [{ is_wrapped: true }, { align: 'right' }] },
  },
  task_card: {
    see: ['Look it up', 'what was done', 'what came of it', 'a source'],
    value: { ...task, sources: [...task.sources] },
  },
  video: {
    see: ['A film', 'about it'],
    value: {
      type: 'video',
      video_url: 'https://films.example/embed/1',
      thumbnail_url: 'https://films.example/1.png',
      alt_text: 'A film about it',
      title: plain('A film'),
      description: plain('about it'),
      provider_name: 'Films',
    },
  },
};
