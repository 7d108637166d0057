import { nodes } from './facts.ts';

/** What somebody outside might write so that a card mentions people, shows a link of theirs or looks like something else. */
const cores = [
  '<!channel>',
  '<!here>',
  '<!everyone>',
  '<!subteam^S0SALES>',
  '<!subteam^S0SALES|all>',
  '<@U0ANA>',
  '<@W0BEN|Ben>',
  '<#C0GENERAL>',
  '<#C0GENERAL|general>',
  '<http://evil.example|Approve here>',
  '<https://evil.example>',
  '<mailto:x@evil.example|write>',
  '<tel:+1|call>',
  '<!date^0^{date}^http://evil.example|x>',
  '&lt;!here&gt;',
  '&amp;lt;!here&amp;gt;',
  '`<!channel>`',
  '```\n<!channel>\n```',
  '*bold* _it_ ~no~',
  ':rotating_light:',
  '> quoted\n<!here>',
  '@channel',
  '@here',
  '\u202e<lennahc!>',
  '\u200b<!channel\u200b>',
];
const wraps: Array<(core: string) => string> = [
  (core) => core,
  (core) => `a ${core} b`,
  (core) => core.repeat(3),
  (core) => `\n${core}\n`,
  (core) => `|${core}|>`,
  (core) => `<${core}>`,
  (core) => `&${core};`,
  (core) => `مرحبا ${core} 👩‍👩‍👧‍👦`,
];

export const payloads: string[] = wraps.flatMap((wrap) => cores.map(wrap));

/** Only these rich text elements are literal or ours: a person by id. */
const LITERAL = new Set([
  'rich_text',
  'rich_text_section',
  'rich_text_quote',
  'rich_text_list',
  'rich_text_preformatted',
  'text',
  'user',
]);
const OURS =
  /<!date\^\d+\^\{date_short_pretty\} at \{time\}\|[-0-9: UTC]+>|<@[UW][A-Z0-9]{2,}>|<!subteam\^S[A-Z0-9]{2,}>/g;

/**
 * Everything in a message or view that Slack would bring to life and that we did not put there: mentions of others than
 * `people`, links, broadcasts, emoji codes in titles.
 */
export function live(message: { text?: string; blocks: unknown }, people: readonly string[]): string[] {
  const found: string[] = [];
  const mrkdwn = (text: string): void => {
    const named = text.match(/<@([UW][A-Z0-9]+)>/g) ?? [];
    found.push(...named.filter((mention) => !people.includes(mention.slice(2, -1))));
    if (text.replaceAll(OURS, '').includes('<')) found.push(text);
  };
  if (message.text !== undefined) mrkdwn(message.text);
  for (const node of nodes(message.blocks)) {
    if (node['type'] === 'mrkdwn') mrkdwn(String(node['text']));
    if (node['type'] === 'markdown') found.push('a markdown block');
    if (node['type'] === 'user' && !people.includes(String(node['user_id'])))
      found.push(`mention of ${String(node['user_id'])}`);
  }
  for (const node of nodes(message.blocks)
    .filter(({ type }) => type === 'rich_text')
    .flatMap((block) => nodes(block['elements']))) {
    if (typeof node['type'] === 'string' && !LITERAL.has(node['type'])) found.push(`a rich text ${node['type']}`);
  }
  return found;
}
