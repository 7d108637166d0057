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
  dispatchActionConfig,
  overflowOption,
  pictureThere,
  plainText,
  slackFile,
  url,
} from './validate-composition.ts';
import { ACTION, CONFIRM, FOCUS, ids, menus, PLACEHOLDER, pickers, typed } from './validate-menus.ts';
import { richTextElements } from './validate-rich-text.ts';

/** Block elements: https://docs.slack.dev/reference/block-kit/block-elements */

const DISPATCH: Fields = { dispatch_action_config: dispatchActionConfig };

export const imageElement: Check = all(
  typed({ alt_text: text('imageAltText') }, { image_url: url('imageUrl', 'picture'), slack_file: slackFile }),
  exactlyOne('image_url', 'slack_file'),
  pictureThere,
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
  typed(
    {},
    { ...ACTION, ...FOCUS, ...PLACEHOLDER, ...DISPATCH, initial_value: text('inputInitialValue'), ...optional },
  );

const orderedLengths: Check = rule((element) => {
  const { min_length: min, max_length: max, initial_value: initial } = element;
  if (typeof min === 'number' && typeof max === 'number' && min > max) return 'min_length must not exceed max_length';
  if (typeof max === 'number' && typeof initial === 'string' && initial.length > max)
    return 'initial_value must be less than or equal to max_length';
  return null;
});

const numeric = pattern(/^-?\d+(\.\d+)?$/, 'number');

const richTextInput: Check = all(
  typed(
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
  ),
  rule(({ min_lines: min, max_lines: max }) =>
    typeof min === 'number' && typeof max === 'number' && min > max ? 'min_lines must not exceed max_lines' : null,
  ),
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
    rule((element) =>
      Object.hasOwn(element, 'is_decimal_allowed') ? null : 'missing required field: is_decimal_allowed',
    ),
    rule(({ min_value: min, max_value: max }) =>
      typeof min === 'string' && typeof max === 'string' && Number(min) > Number(max)
        ? 'min_value must not exceed max_value'
        : null,
    ),
    rule(({ min_value: min, max_value: max, initial_value: initial }) => {
      if (typeof initial !== 'string') return null;
      const below = typeof min === 'string' && Number(initial) < Number(min);
      const above = typeof max === 'string' && Number(initial) > Number(max);
      return below || above ? 'initial_value must be between min_value and max_value' : null;
    }),
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

/** Every picker but the one of date and time, which needs more room than a section has. */
const { datetimepicker: _tooWide, ...sectionPickers } = pickers;

export const SECTION_ACCESSORIES: Check = byType({
  button,
  image: imageElement,
  overflow,
  workflow_button: workflowButton,
  ...menus,
  ...sectionPickers,
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
    { icon: oneOf('trash'), text: plainText('buttonText') },
    {
      ...ACTION,
      ...CONFIRM,
      accessibility_label: text('accessibilityLabel'),
      value: text('buttonValue'),
      visible_to_user_ids: ids(/^[UW]/, 'user'),
    },
  ),
});
