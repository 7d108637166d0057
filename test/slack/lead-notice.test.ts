import { expect, test } from 'vitest';
import { actions, inputs } from '../../src/slack/action-ids.ts';
import { decodeFactsRef, encodeFactsRef } from '../../src/slack/decision-ref.ts';
import { renderNotice } from '../../src/slack/messages/notice-message.ts';
import { fillFactsView, readFacts } from '../../src/slack/views/fill-facts-view.ts';
import { actionIds, factsMissing, importOdd } from './facts.ts';

const said = (facts: Parameters<typeof renderNotice>[0]) => JSON.stringify(renderNotice(facts).blocks);

test('a notice asks for what is missing of a lead, with a button until nothing is', () => {
  expect(said(factsMissing)).toContain('Company');
  expect(actionIds(renderNotice(factsMissing).blocks)).toEqual([actions.factsFill]);
  const filled = { ...factsMissing, missing: [], open: false };
  expect(actionIds(renderNotice(filled).blocks)).toEqual([]);
  expect(said(filled)).toContain('is filled in');
  expect(said({ ...factsMissing, open: false })).toContain('not waiting');
});

test('its form has one field a fact, and remembers which is which', () => {
  const view = fillFactsView(factsMissing);
  const { fields, enrollmentId, step } = decodeFactsRef(view.private_metadata);
  expect({ fields, enrollmentId, step }).toEqual({
    fields: ['company', 'timezone'],
    enrollmentId: factsMissing.enrollmentId,
    step: factsMissing.step,
  });
  const values = { [`${inputs.fact}1`]: { value: { value: 'Europe/Berlin' } } };
  expect(readFacts(values, fields)).toEqual({ company: '', timezone: 'Europe/Berlin' });
  expect(() => decodeFactsRef(encodeFactsRef({ enrollmentId: 'x', step: 's' }))).toThrow('not a reference');
});

test('an odd import may go on or be undone, until somebody said so', () => {
  expect(actionIds(renderNotice(importOdd).blocks)).toEqual([actions.importRelease, actions.importUndo]);
  expect(said(importOdd)).toContain('company is filled in 12 % of rows, before 94 %');
  const undone = { ...importOdd, status: 'undone' as const, by: 'person:U0ANA' };
  expect(actionIds(renderNotice(undone).blocks)).toEqual([]);
  expect(said(undone)).toContain('U0ANA');
});

test('what outsiders wrote is shown as it is and does nothing', () => {
  const text = said({ ...factsMissing, leadName: '<!channel> *Lee*\u202e' });
  expect(text).toContain('<!channel> *Lee*');
  expect(text).not.toContain('\u202e');
});
