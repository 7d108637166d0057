import { all, anyText, boolean, byType, type Check, integer, list, number, oneOf, pattern, shape } from './schema.ts';

/** Rich text: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block */

const style = shape(
  {},
  {
    bold: boolean,
    italic: boolean,
    strike: boolean,
    code: boolean,
    underline: boolean,
    highlight: boolean,
    client_highlight: boolean,
    unlink: boolean,
  },
);
const border = oneOf(0, 1);

const inline = (required: Record<string, Check>, optional: Record<string, Check> = {}): Check =>
  shape({ type: anyText, ...required }, { style, ...optional });

const textRun = inline({ text: anyText });
const link = inline({ url: pattern(/^[a-z][a-z0-9+.-]*:\S+$/i, 'url') }, { text: anyText, unsafe: boolean });

const richTextInline = byType({
  text: textRun,
  link,
  broadcast: inline({ range: oneOf('here', 'channel', 'everyone') }),
  color: inline({ value: pattern(/^#[0-9a-f]{6}$/i, 'color') }),
  channel: inline({ channel_id: pattern(/^[CDG]/, 'channel_id') }),
  date: inline({ timestamp: number, format: anyText }, { url: anyText, fallback: anyText }),
  emoji: inline({ name: pattern(/^[^:]+$/, 'emoji name') }, { unicode: anyText, url: anyText, skin_tone: number }),
  team: inline({ team_id: anyText }),
  user: inline({ user_id: pattern(/^[UW]/, 'user_id') }),
  usergroup: inline({ usergroup_id: pattern(/^S/, 'usergroup_id') }),
});

const section = shape({ type: anyText, elements: list(richTextInline, 'richTextElements') });

const paragraph = byType({
  rich_text_section: section,
  rich_text_list: shape(
    {
      type: anyText,
      style: oneOf('bullet', 'ordered'),
      elements: list(byType({ rich_text_section: section }), 'richTextElements'),
    },
    { indent: integer('richTextIndent'), border, offset: number },
  ),
  rich_text_quote: shape({ type: anyText, elements: list(richTextInline, 'richTextElements') }, { border }),
  rich_text_preformatted: shape(
    { type: anyText, elements: list(byType({ text: textRun, link }), 'richTextElements') },
    { border, language: anyText },
  ),
});

/** The `elements` of a rich_text block. */
export const richTextElements: Check = all(list(paragraph, 'richTextElements'));
