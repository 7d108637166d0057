import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { workflowSchema } from '../../src/core/workflow.ts';
import { decisionOfReplyAddress, LONGEST_LOCAL_PART, replyAddress, withoutPlus } from '../../src/core/reply-address.ts';
import { normaliseAddress } from '../../src/core/email-address.ts';
import { testWorkflow } from '../support/fixtures.ts';

const decision = '01958000-0000-7000-8000-0000000000ff';
const address = (id = decision, key = 'key') => replyAddress(key, id, 'nora@fieldlark.example') ?? '';

describe('an address that names the mail it answers', () => {
  test('is one that mail servers take, and the same whenever it is made', () => {
    expect(address()).toBe(address());
    expect(normaliseAddress(address())).toMatchObject({ ok: true, address: address() });
    expect(address().slice(0, address().indexOf('@')).length).toBeLessThanOrEqual(64);
    expect(withoutPlus(address())).toBe('nora@fieldlark.example');
  });

  test('tells its decision, also where the way there changed its case', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        expect(decisionOfReplyAddress('key', address(id))).toBe(id);
        expect(decisionOfReplyAddress('key', address(id).toUpperCase())).toBe(id);
      }),
    );
  });

  test('is not believed when any letter of it differs', () => {
    const made = address();
    const from = made.indexOf('+') + 1;
    for (let at = from; at < made.indexOf('@'); at++)
      for (const letter of 'abcdefghijklmnopqrstuvwxyz234567') {
        if (letter === made[at]) continue;
        const forged = made.slice(0, at) + letter + made.slice(at + 1);
        expect([forged, decisionOfReplyAddress('key', forged)]).toEqual([forged, null]);
      }
  });

  test.for([
    'nora@fieldlark.example',
    'nora+@fieldlark.example',
    'nora+news@fieldlark.example',
    `nora+${'a'.repeat(42)}@fieldlark.example`,
    `nora+${'a'.repeat(41)}@fieldlark.example`,
    `nora+${'a'.repeat(5000)}@fieldlark.example`,
    '+@',
    '',
  ])('is not %j', (text) => {
    expect(decisionOfReplyAddress('key', text)).toBeNull();
  });

  test('made with another key is none', () => {
    expect(decisionOfReplyAddress('key', address(decision, 'other'))).toBeNull();
  });

  test('is not made where it would not fit', () => {
    expect(replyAddress('key', decision, `${'n'.repeat(LONGEST_LOCAL_PART)}@a.example`)).not.toBeNull();
    expect(replyAddress('key', decision, `${'n'.repeat(LONGEST_LOCAL_PART + 1)}@a.example`)).toBeNull();
    expect(replyAddress('key', decision, 'nora+x@a.example')).toBeNull();
    expect(() => replyAddress('key', 'no id', 'nora@a.example')).toThrow('no id');
  });

  test('is refused in a workflow whose address has no room for it', () => {
    const workflow = testWorkflow();
    const problems = (email: string, replyTo?: string) =>
      workflowSchema
        .safeParse({ ...workflow, sender: { ...workflow.sender, email, reply_to: replyTo, reply_plus: true } })
        .error?.issues.map(({ path, message }) => [path.join('.'), message.slice(0, 45)]) ?? [];
    expect(problems('nora@a.example')).toEqual([]);
    expect(problems(`${'n'.repeat(22)}@a.example`)).toEqual([
      ['sender.email', 'an address with at most 21 characters and no '],
    ]);
    expect(problems('nora@a.example', 'nora+x@a.example')).toMatchObject([['sender.reply_to', expect.any(String)]]);
  });
});
