import { block, richText } from './block-shape.ts';
import {
  all,
  anyText,
  boolean,
  byType,
  type Check,
  complain,
  type Fields,
  list,
  oneOf,
  rule,
  shape,
  text,
} from './schema.ts';
import { mrkdwn, plainText, textObject, url } from './validate-composition.ts';
import { button, imageElement } from './validate-elements.ts';

/** Blocks that are put together from others or show what lies outside: https://docs.slack.dev/reference/block-kit/blocks */

export const card: Check = all(
  block(
    {},
    {
      hero_image: imageElement,
      icon: imageElement,
      title: mrkdwn('cardTitle'),
      subtitle: mrkdwn('cardTitle'),
      body: mrkdwn('cardBody'),
      actions: list(byType({ button }), 'cardActions'),
    },
  ),
  rule((value) =>
    ['hero_image', 'title', 'actions', 'body'].some((key) => Object.hasOwn(value, key))
      ? null
      : 'must define at least one of `hero_image`, `title`, `actions` or `body`',
  ),
);

export const carousel: Check = block({ elements: list(byType({ card }), 'carouselCards') });

export const video: Check = all(
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
      provider_name: text('videoProvider'),
      provider_icon_url: url('imageUrl', 'https'),
      description: plainText('videoTitle'),
    },
  ),
  (_value, at, checking) => {
    if (!checking.scopes.has('links.embed:write')) complain(checking, at, 'video requires the links.embed:write scope');
  },
);

/** One piece of rich text: a section, a list, a quote. */
const oneRichText: Check = all(byType({ rich_text: richText }), (value, at, checking) =>
  shape({ type: anyText, elements: list(() => {}, 'taskContent') }, { block_id: anyText })(value, at, checking),
);

export const taskCard: Check = block(
  { task_id: anyText, title: anyText },
  {
    status: oneOf('pending', 'in_progress', 'complete', 'error'),
    details: oneRichText,
    output: oneRichText,
    sources: list(byType({ url: shape({ type: anyText, url: url('imageUrl', 'link'), text: anyText }) })),
  },
);

export const plan: Check = block({ title: anyText }, { tasks: list(byType({ task_card: taskCard })) });

/** `children`: the blocks that may stand in it. */
export function container(children: Fields): Check {
  return all(
    block(
      { child_blocks: list(byType(children), 'containerBlocks') },
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
    rule((value) =>
      value.default_collapsed === true && value.is_collapsible !== true
        ? '`default_collapsed` requires `is_collapsible`'
        : null,
    ),
  );
}
