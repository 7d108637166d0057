import { isRecord } from './json.ts';
import type { LimitName } from './limits.ts';
import { all, boolean, byType, type Check, complain, exactlyOne, oneOf, shape, text, wrongType } from './schema.ts';

/** Composition objects: https://docs.slack.dev/reference/block-kit/composition-objects */

const literal = oneOf;

export const plainText = (name: LimitName): Check =>
  byType({ plain_text: shape({ type: literal('plain_text'), text: text(name) }, { emoji: boolean }) });

export const mrkdwn = (name: LimitName): Check =>
  byType({ mrkdwn: shape({ type: literal('mrkdwn'), text: text(name) }, { verbatim: boolean }) });

export const textObject = (name: LimitName): Check =>
  byType({
    plain_text: shape({ type: literal('plain_text'), text: text(name) }, { emoji: boolean }),
    mrkdwn: shape({ type: literal('mrkdwn'), text: text(name) }, { verbatim: boolean }),
  });

/** `link` may be any scheme a browser opens; `picture` must be reachable by Slack itself, so not this machine. */
export function url(name: LimitName, use: 'link' | 'picture' | 'https'): Check {
  const length = text(name);
  return (value, at, checking) => {
    length(value, at, checking);
    if (typeof value !== 'string') return;
    const parsed = URL.canParse(value) ? new URL(value) : null;
    if (parsed === null) return complain(checking, at, 'invalid url');
    if (use === 'https' && parsed.protocol !== 'https:') return complain(checking, at, 'must be an https url');
    if (use !== 'picture') return;
    if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') complain(checking, at, 'invalid url');
    else if (/^(localhost|127\.|10\.|192\.168\.|\[::1\])/.test(parsed.hostname))
      complain(checking, at, 'downloading image failed');
  };
}

export const confirm: Check = shape(
  { text: textObject('confirmText') },
  {
    title: plainText('confirmTitle'),
    confirm: plainText('confirmButton'),
    deny: plainText('confirmButton'),
    style: oneOf('primary', 'danger'),
  },
);

const option = (label: Check, optional: Record<string, Check> = {}): Check =>
  shape({ text: label, value: text('optionValue') }, { description: plainText('optionDescription'), ...optional });

export const plainOption = option(plainText('optionText'));
export const choiceOption = shape(
  { text: textObject('optionText'), value: text('optionValue') },
  { description: textObject('optionDescription') },
);
export const overflowOption = option(plainText('optionText'), { url: url('optionUrl', 'link') });

export const optionGroup = (options: Check): Check => shape({ label: plainText('groupLabel'), options });

export const slackFile: Check = all(
  shape({}, { id: text('imageAltText'), url: url('imageUrl', 'link') }),
  exactlyOne('id', 'url'),
);

/** The picture that an image takes from the workspace has to be there. */
export const pictureThere: Check = (image, at, checking) => {
  if (!isRecord(image) || checking.hasPicture === undefined || Object.hasOwn(image, 'image_url')) return;
  const { slack_file: file } = image;
  const key = isRecord(file) && typeof file.id === 'string' ? 'id' : 'url';
  const reference = isRecord(file) ? file[key] : undefined;
  if (typeof reference === 'string' && !checking.hasPicture(reference))
    complain(checking, `${at}/slack_file/${key}`, 'invalid slack file');
};

export const dispatchActionConfig: Check = shape(
  {},
  {
    trigger_actions_on: (value, at, checking) => {
      if (!Array.isArray(value)) return wrongType(checking, at, 'array', value);
      if (value.length === 0) complain(checking, at, 'no less than 1 items allowed');
      for (const [index, entry] of value.entries())
        oneOf('on_enter_pressed', 'on_character_entered')(entry, `${at}/${index}`, checking);
    },
  },
);

export const conversationFilter: Check = (value, at, checking) => {
  shape(
    {},
    {
      include: (include, below, context) => {
        if (!Array.isArray(include)) return wrongType(context, below, 'array', include);
        if (include.length === 0) complain(context, below, 'no less than 1 items allowed');
        for (const [index, entry] of include.entries())
          oneOf('im', 'mpim', 'private', 'public')(entry, `${below}/${index}`, context);
      },
      exclude_external_shared_channels: boolean,
      exclude_bot_users: boolean,
    },
  )(value, at, checking);
  if (isRecord(value) && Object.keys(value).length === 0) complain(checking, at, 'must not be empty');
};
