import { describe, expect, test } from 'vitest';
import { htmlText } from '../../src/core/html-text.ts';

describe('an HTML mail as text', () => {
  test.for<[string, string, string]>([
    ['paragraphs', '<p>One</p><p>Two<br>three</p>', 'One\n\nTwo\nthree'],
    ['entities', '&lt;b&gt; &amp;amp; &#8364; &#x20ac; &nope; &uuml;', '<b> &amp; € € &nope; ü'],
    ['blanks of the source', '<p>One\n   two\t three</p>', 'One two three'],
    ['what no reader sees', '<head><title>x</title><style>y</style></head><script>z</script>Seen', 'Seen'],
    ['a comment', 'a<!-- <p>secret</p> -->b', 'ab'],
    ['a comment without end', 'a<!-- secret', 'a'],
    [
      'hidden elements',
      '<p>Hi</p><div style="display: none">no</div><span hidden>no</span><i style="font-size:0">no</i>',
      'Hi',
    ],
    ['elements that are small, not hidden', '<p style="font-size:0.9em;overflow:hidden">Seen</p>', 'Seen'],
    ['an element whose title speaks of the hidden', '<p title="a hidden thing">Seen</p>', 'Seen'],
    ['a Gmail quotation', 'Yes<div class="gmail_quote">On … <blockquote>old</blockquote></div>', 'Yes'],
    ['an Apple quotation', 'Yes<blockquote type="cite">old</blockquote>below', 'Yesbelow'],
    ['an Outlook quotation', 'Yes<div id="divRplyFwdMsg"><b>From:</b> Nora</div><div>old</div>', 'Yes'],
    ['a Yahoo quotation', '<div>Yes</div><div class="yahoo_quoted">old</div>', 'Yes'],
    ['tags that are never closed', '<div><p>One<b>two', 'Onetwo'],
    ['end tags of nothing', '</div>One</b>', 'One'],
    ['a tag without an end', 'One <b', 'One'],
    ['nothing', '', ''],
  ])('%s', ([, html, text]) => {
    expect(htmlText(html)).toBe(text);
  });

  test('a line through a surrogate or a control character breaks nothing', () => {
    expect(htmlText('&#0;&#55296;&#1114112;a').replace(/\s/g, '')).toMatch(/a$/);
  });
});
