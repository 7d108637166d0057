import { isRecord } from './json.ts';
import {
  all,
  anyText,
  boolean,
  type Check,
  complain,
  exactlyOne,
  type Fields,
  list,
  pattern,
  rule,
  shape,
  text,
} from './schema.ts';
import {
  choiceOption,
  confirm,
  conversationFilter,
  optionGroup,
  plainOption,
  plainText,
} from './validate-composition.ts';

/** Menus and pickers: https://docs.slack.dev/reference/block-kit/block-elements */

export const ACTION: Fields = { action_id: text('actionId') };
export const CONFIRM: Fields = { confirm };
export const FOCUS: Fields = { focus_on_load: boolean };
export const PLACEHOLDER: Fields = { placeholder: plainText('placeholder') };
const MENU: Fields = { ...ACTION, ...CONFIRM, ...FOCUS, ...PLACEHOLDER };
const MULTI: Fields = {
  ...MENU,
  max_selected_items: (value, at, checking) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1)
      complain(checking, at, 'must be greater than or equal to 1');
  },
};

export const typed = (required: Fields, optional: Fields): Check => shape({ type: anyText, ...required }, optional);

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

/** No more chosen at first than may be chosen. */
const initialWithinMost: Check = rule((element) => {
  const { initial_options: initial, max_selected_items: most } = element;
  return Array.isArray(initial) && typeof most === 'number' && initial.length > most
    ? 'initial_options must not be more than max_selected_items'
    : null;
});

const timeZone: Check = (value, at, checking) => {
  anyText(value, at, checking);
  if (typeof value === 'string' && value !== '' && !isTimeZone(value)) complain(checking, at, 'invalid timezone');
};

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
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

/** What an app answers to somebody who types into an external menu. */
export const externalOptions: Check = all(
  shape(
    {},
    {
      options: list(plainOption, 'externalOptions'),
      option_groups: list(optionGroup(list(plainOption, 'externalOptions')), 'optionGroups'),
    },
  ),
  exactlyOne('options', 'option_groups'),
);

const minQuery: Fields = {
  min_query_length: (value, at, checking) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
      complain(checking, at, 'must be an integer');
  },
};

export const ids = (expression: RegExp, what: string): Check => list(pattern(expression, what));

export const menus: Record<string, Check> = {
  static_select: all(staticMenu({ ...MENU, initial_option: plainOption }), initialAmongOptions('initial_option')),
  multi_static_select: all(
    staticMenu({ ...MULTI, initial_options: list(plainOption, 'selectOptions') }),
    initialAmongOptions('initial_options'),
    initialWithinMost,
  ),
  external_select: typed({}, { ...MENU, ...minQuery, initial_option: plainOption }),
  multi_external_select: all(
    typed({}, { ...MULTI, ...minQuery, initial_options: list(plainOption, 'selectOptions') }),
    initialWithinMost,
  ),
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

export const pickers: Record<string, Check> = {
  datepicker: typed({}, { ...MENU, initial_date: pattern(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'date') }),
  timepicker: typed({}, { ...MENU, initial_time: pattern(/^([01]\d|2[0-3]):[0-5]\d$/, 'time'), timezone: timeZone }),
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
