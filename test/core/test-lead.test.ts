import { expect, test } from 'vitest';
import { domainOf, isTestLead } from '../../src/core/test-lead.ts';

const at = (email: string | null, fields: Record<string, string> = {}) =>
  isTestLead({ email, fields }, 'mail.acme.example');

test('somebody at our own domain, above or below it, tests us', () => {
  expect(at('nora@mail.acme.example')).toBe(true);
  expect(at('NORA@MAIL.ACME.EXAMPLE')).toBe(true);
  expect(at('ops@acme.example')).toBe(true);
  expect(at('qa@test.mail.acme.example')).toBe(true);
  expect(at('lee@notacme.example')).toBe(false);
  expect(at('lee@acme.example.org')).toBe(false);
  expect(at('lee@shop.acme.example')).toBe(false);
});

test('a lead that says so in a column “test” is one', () => {
  for (const value of ['true', 'YES', ' 1 ']) expect(at('lee@other.example', { Test: value })).toBe(true);
  expect(at('lee@other.example', { test: 'no' })).toBe(false);
  expect(at('lee@other.example', { contest: 'yes' })).toBe(false);
});

test('an erased lead is nobody’s', () => {
  expect(at(null)).toBe(false);
  expect(isTestLead({ email: 'lee@other.example', fields: {} }, '')).toBe(false);
});

test('the domain of an address is what follows its last @', () => {
  expect(domainOf('"a@b"@c.example')).toBe('c.example');
});
