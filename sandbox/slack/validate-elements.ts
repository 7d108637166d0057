import { isRecord } from './json.ts';
import {
  all,
  anyText,
  boolean,
  byType,
  type Check,
  complain,
  exactlyOne,
  type Fields,
  integer,
  list,
  oneOf,
  only,
  pattern,
  rule,
  shape,
  text,
} from './schema.ts';
import {
  choiceOption,
  confirm,
  conversationFilter,
  dispatchActionConfig,
  optionGroup,
  overflowOption,
  plainOption,
  plainText,
  slackFile,
  url,
} from './validate-composition.ts';
import { richTextElements } from './validate-rich-text.ts';

/** Block elements: https://docs.slack.dev/reference/block-kit/block-elements */

const ACTION: Fields = { action_id: text('actionId') };
const CONFIRM: Fields = { confirm };
const FOCUS: Fields = { focus_on_load: boolean };
const PLACEHOLDER: Fields = { placeholder: plainText('placeholder') };
const DISPATCH: Fields = { dispatch_action_config: dispatchActionConfig };
const MENU: Fields = { ...ACTION, ...CONFIRM, ...FOCUS, ...PLACEHOLDER };
const MULTI: Fields = {
  ...MENU,
  max_selected_items: (value, at, checking) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1)
      complain(checking, at, 'must be greater than or equal to 1');
  },
};

const typed = (required: Fields, optional: Fields): Check => shape({ type: anyText, ...required }, optional);

/** What is chosen at first has to be among what can be chosen; Slack compares the whole option. */
function initialAmongOptions(key: 'initial_option' | 'initial_options'): Check {
  return rule((element) => {
    if (!Object.hasOwn(element, key)) return null;
    const groups = Array.isArray(element.option_groups) ? element.option_groups.filter(isRecord) : [];
    const offered = [element.options, ...groups.map((group) => group.options)].flatMap((options) =>
      Array.isArray(options) ? options.map((option) => JSON.stringify(option)) : [],
    );
    const initial = Array.isArray(element[key]) ? element[key] : [element[key]];
    const stray = initial.some((option) => !offered.includes(JSON.stringify(option)));
    return stray ? `${key} must match one of the options` : null;
  });
}

const staticMenu = (extra: Fields): Check =>
  all(
    typed(
      {},
      {
        ...extra,
        options: list(plainOption, 'selectOptions'),
        option_groups: list(optionGroup(list(plainOption, 'selectOptions')), 'optionGroups'),
      },
    ),
    exactlyOne('options', 'option_groups'),
  );

const minQuery: Fields = {
  min_query_length: (value, at, checking) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) complain(checking, at, 'must be an integer');
  },
};

const ids = (expression: RegExp, what: string): Check => list(pattern(expression, what));

export const imageElement: Check = all(
  typed({ alt_text: text('imageAltText') }, { image_url: url('imageUrl', 'picture'), slack_file: slackFile }),
  exactlyOne('image_url', 'slack_file'),
);

export const button: Check = typed(
  { text: plainText('buttonText') },
  {
    ...ACTION,
    ...CONFIRM,
    value: text('buttonValue'),
    url: url('buttonUrl', 'link'),
    style: oneOf('primary', 'danger'),
    accessibility_label: text('accessibilityLabel'),
  },
);

const feedbackButton = shape(
  { text: plainText('buttonText'), value: text('buttonValue') },
  { accessibility_label: text('accessibilityLabel') },
);

const textInput = (optional: Fields): Check =>
  typed({}, { ...ACTION, ...FOCUS, ...PLACEHOLDER, ...DISPATCH, initial_value: text('inputInitialValue'), ...optional });

const orderedLengths: Check = rule((element) => {
  const { min_length: min, max_length: max, initial_value: initial } = element;
  if (typeof min === 'number' && typeof max === 'number' && min > max) return 'min_length must not exceed max_length';
  if (typeof max === 'number' && typeof initial === 'string' && initial.length > max)
    return 'initial_value must be less than or equal to max_length';
  return null;
});

const numeric = pattern(/^-?\d+(\.\d+)?$/, 'number');

const menus: Record<string, Check> = {
  static_select: all(staticMenu({ ...MENU, initial_option: plainOption }), initialAmongOptions('initial_option')),
  multi_static_select: all(
    staticMenu({ ...MULTI, initial_options: list(plainOption, 'selectOptions') }),
    initialAmongOptions('initial_options'),
  ),
  external_select: typed({}, { ...MENU, ...minQuery, initial_option: plainOption }),
  multi_external_select: typed({}, { ...MULTI, ...minQuery, initial_options: list(plainOption, 'selectOptions') }),
  users_select: typed({}, { ...MENU, initial_user: pattern(/^[UW]/, 'user') }),
  multi_users_select: typed({}, { ...MULTI, initial_users: ids(/^[UW]/, 'user') }),
  conversations_select: typed(
    {},
    {
      ...MENU,
      initial_conversation: pattern(/^[CDGUW]/, 'conversation'),
      default_to_current_conversation: boolean,
      response_url_enabled: boolean,
      filter: conversationFilter,
    },
  ),
  multi_conversations_select: typed(
    {},
    {
      ...MULTI,
      initial_conversations: ids(/^[CDGUW]/, 'conversation'),
      default_to_current_conversation: boolean,
      filter: conversationFilter,
    },
  ),
  channels_select: typed({}, { ...MENU, initial_channel: pattern(/^C/, 'channel'), response_url_enabled: boolean }),
  multi_channels_select: typed({}, { ...MULTI, initial_channels: ids(/^C/, 'channel') }),
};

const pickers: Record<string, Check> = {
  datepicker: typed({}, { ...MENU, initial_date: pattern(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'date') }),
  timepicker: typed({}, { ...MENU, initial_time: pattern(/^([01]\d|2[0-3]):[0-5]\d$/, 'time'), timezone: anyText }),
  datetimepicker: typed(
    {},
    {
      ...ACTION,
      ...CONFIRM,
      ...FOCUS,
      initial_date_time: (value, at, checking) => {
        if (!Number.isInteger(value) || String(value).length !== 10) complain(checking, at, 'invalid date time');
      },
    },
  ),
  checkboxes: all(
    typed(
      { options: list(choiceOption, 'choiceOptions') },
      { ...ACTION, ...CONFIRM, ...FOCUS, initial_options: list(choiceOption, 'choiceOptions') },
    ),
    initialAmongOptions('initial_options'),
  ),
  radio_buttons: all(
    typed(
      { options: list(choiceOption, 'choiceOptions') },
      { ...ACTION, ...CONFIRM, ...FOCUS, initial_option: choiceOption },
    ),
    initialAmongOptions('initial_option'),
  ),
};

const richTextInput: Check = typed(
  {},
  {
    ...ACTION,
    ...FOCUS,
    ...PLACEHOLDER,
    ...DISPATCH,
    initial_value: byType({ rich_text: shape({ type: anyText, elements: richTextElements }, { block_id: anyText }) }),
    min_lines: integer('richInputLines'),
    max_lines: integer('richInputLines'),
  },
);

const workflowButton: Check = typed(
  {
    text: plainText('buttonText'),
    workflow: shape({
      trigger: shape(
        { url: url('buttonUrl', 'https') },
        { customizable_input_parameters: list(shape({ name: anyText, value: anyText })) },
      ),
    }),
  },
  { ...ACTION, ...CONFIRM, style: oneOf('primary', 'danger'), accessibility_label: text('accessibilityLabel') },
);

const overflow: Check = typed({ options: list(overflowOption, 'overflowOptions') }, { ...ACTION, ...CONFIRM });

const inputs: Record<string, Check> = {
  plain_text_input: all(
    textInput({
      multiline: boolean,
      min_length: integer('inputMinLength'),
      max_length: integer('inputMaxLength'),
    }),
    orderedLengths,
  ),
  email_text_input: textInput({}),
  url_text_input: textInput({}),
  number_input: all(
    textInput({ is_decimal_allowed: boolean, initial_value: numeric, min_value: numeric, max_value: numeric }),
    rule((element) => (Object.hasOwn(element, 'is_decimal_allowed') ? null : 'missing required field: is_decimal_allowed')),
    rule(({ min_value: min, max_value: max }) =>
      typeof min === 'string' && typeof max === 'string' && Number(min) > Number(max)
        ? 'min_value must not exceed max_value'
        : null,
    ),
  ),
  rich_text_input: richTextInput,
};

const fileInput: Check = all(
  only('modal'),
  typed({}, { ...ACTION, filetypes: list(anyText), max_files: integer('fileInputFiles') }),
  (_value, at, checking) => {
    if (!checking.scopes.has('files:read')) complain(checking, at, 'file_input requires the files:read scope');
  },
);

export const SECTION_ACCESSORIES: Check = byType({
  button,
  image: imageElement,
  overflow,
  workflow_button: workflowButton,
  ...menus,
  ...pickers,
});

export const ACTIONS_ELEMENTS: Check = byType({
  button,
  overflow,
  workflow_button: workflowButton,
  rich_text_input: richTextInput,
  ...menus,
  ...pickers,
});

export const INPUT_ELEMENTS: Check = byType({ ...inputs, file_input: fileInput, ...menus, ...pickers });

export const CONTEXT_ACTIONS_ELEMENTS: Check = byType({
  feedback_buttons: typed({ positive_button: feedbackButton, negative_button: feedbackButton }, ACTION),
  icon_button: typed(
    { icon: anyText, text: plainText('buttonText') },
    {
      ...ACTION,
      ...CONFIRM,
      accessibility_label: text('accessibilityLabel'),
      value: text('buttonValue'),
      visible_to_user_ids: ids(/^[UW]/, 'user'),
    },
  ),
});

