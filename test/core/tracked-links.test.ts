import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTrackedLink, trackedTargets, trackedUrl } from '../../src/core/tracked-links.ts';

const decisionId = '0197f3a2-4b1c-7d00-8aaa-0123456789ab';
const made = { publicUrl: 'https://m.fieldplan.example', key: 'a key', decisionId };
const paper = 'https://www.fieldplan.example/paper?utm_source=mail#top';
const token = (url: string | null) => url?.slice(`${made.publicUrl}/c/`.length) ?? '';
const read = (url: string | null, key = made.key) => readTrackedLink(key, token(url));

const targets = fc
  .tuple(
    fc.constantFrom('http://', 'https://'),
    fc.domain(),
    fc.array(fc.stringMatching(/^[\w.~-]{1,12}$/), { maxLength: 4 }),
  )
  .map(([scheme, host, path]) => `${scheme}${host}/${path.join('/')}`);

describe('a tracked link', () => {
  test('says whose it is and where it leads, whatever the target', () => {
    fc.assert(
      fc.property(targets, fc.uuid(), fc.boolean(), (target, uuid, trap) => {
        const url = trackedUrl({ ...made, decisionId: uuid }, target, trap);
        expect(read(url)).toEqual({ decisionId: uuid, target: new URL(target).href, trap });
      }),
    );
  });

  test('is the same whenever it is made, and a further spelling of the target is no further link', () => {
    expect(trackedUrl(made, paper)).toBe(trackedUrl({ ...made }, paper));
    expect(trackedUrl(made, 'HTTPS://www.FIELDPLAN.example:443')).toBe(
      trackedUrl(made, 'https://www.fieldplan.example/'),
    );
  });

  test('differs for another decision, another target, the trap and another key', () => {
    const links = [
      trackedUrl(made, paper),
      trackedUrl({ ...made, decisionId: decisionId.replace('0', '1') }, paper),
      trackedUrl(made, `${paper}x`),
      trackedUrl(made, paper, true),
      trackedUrl({ ...made, key: 'other' }, paper),
    ];
    expect(new Set(links).size).toBe(links.length);
  });

  test('with any byte changed is refused', () => {
    const good = token(trackedUrl(made, paper));
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=.%/ é'.split('');
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.constantFrom(...alphabet), (at, byte) => {
        fc.pre(good[at] !== byte);
        expect(readTrackedLink(made.key, good.slice(0, at) + byte + good.slice(at + 1))).toBeNull();
      }),
      { numRuns: 1500 },
    );
  });

  test('cut anywhere, made longer or signed with another key is refused', () => {
    const good = token(trackedUrl(made, paper));
    expect(readTrackedLink(made.key, good)).not.toBeNull();
    for (let end = 0; end < good.length; end += 1) expect(readTrackedLink(made.key, good.slice(0, end))).toBeNull();
    for (const more of ['A', '=', '.', good]) expect(readTrackedLink(made.key, good + more)).toBeNull();
    expect(readTrackedLink('another key', good)).toBeNull();
  });

  test('of one target never carries the signature of another', () => {
    const bytes = Buffer.from(token(trackedUrl(made, paper)), 'base64url');
    for (const target of ['https://evil.example/', `${paper}/..`, 'https://www.fieldplan.example/paper']) {
      const forged = Buffer.concat([bytes.subarray(0, 33), Buffer.from(target)]).toString('base64url');
      expect(readTrackedLink(made.key, forged)).toBeNull();
    }
  });

  test.for([
    'javascript:alert(1)',
    'https://u:p@x.example/',
    'https://x.example/\r\nSet-Cookie: a=b',
    '//evil.example',
    'mailto:ana@x.example',
    'https://',
    '',
    `https://x.example/${'a'.repeat(1_000)}`,
  ])('is never made for %j', (target) => {
    expect(trackedUrl(made, target)).toBeNull();
  });

  test('holds nothing that anybody else wrote, and no address', () => {
    expect(trackedUrl(made, paper)).toMatch(/^https:\/\/m\.fieldplan\.example\/c\/[\w-]+$/);
    expect(Buffer.from(token(trackedUrl(made, paper)), 'base64url').toString('latin1')).not.toContain('@');
  });

  test('with an id that is none cannot be made', () => {
    expect(() => trackedUrl({ ...made, decisionId: 'no-id' }, paper)).toThrow(/no-id/);
  });
});

test('the links of a mail are found in its HTML, each once, without the trap and what others signed', () => {
  const anchor = (url: string | null) => `<a href="${url}">x</a>`;
  const html = [
    trackedUrl(made, paper),
    trackedUrl(made, 'https://www.fieldplan.example/demo'),
    trackedUrl(made, paper),
    trackedUrl(made, paper, true),
    trackedUrl({ ...made, key: 'other' }, 'https://www.fieldplan.example/other'),
    'https://m.fieldplan.example/u/abc',
  ].map(anchor);
  expect(trackedTargets(made.key, html.join('\n'))).toEqual([paper, 'https://www.fieldplan.example/demo']);
});
