import { describe, expect, test } from 'vitest';
import { answerText } from '../../src/core/quoted-text.ts';

const ours =
  'Hello Karen,\n\nHow do you plan your technicians’ days at the moment?\n\nBest wishes\nNora\n\n-- \nYou get this mail because you downloaded our white paper.\nFieldlark GmbH, Lindenstraße 14, 10969 Berlin\nUnsubscribe: https://mail.example.com/u/Zm9vYmFyYmF6cXV4MTIzNA\n';
const marked = ours
  .split('\n')
  .map((line) => `> ${line}`)
  .join('\n');
const said = 'Hi Nora,\n\nTuesday is fine.';

const above: Array<[string, string]> = [
  ['Gmail', `On Tue, 10 Mar 2026 at 12:00, Nora Feldmann <nora@fieldlark.example> wrote:\n\n${marked}`],
  [
    'Gmail, broken into two lines',
    `On Tue, Mar 10, 2026 at 12:00 PM Nora Feldmann <nora@fieldlark.example>\nwrote:\n\n${marked}`,
  ],
  ['Apple Mail', `> On 10 Mar 2026, at 12:00, Nora Feldmann <nora@fieldlark.example> wrote:\n>\n${marked}`],
  ['Thunderbird in German', `Am 10.03.26 um 12:00 schrieb Nora Feldmann:\n${marked}`],
  ['Gmail in French', `Le mar. 10 mars 2026 à 12:00, Nora Feldmann <nora@fieldlark.example> a écrit :\n${marked}`],
  [
    'Gmail in Spanish',
    `El mar, 10 mar 2026 a las 12:00, Nora Feldmann (<nora@fieldlark.example>) escribió:\n${marked}`,
  ],
  [
    'Gmail in Italian',
    `Il giorno mar 10 mar 2026 alle ore 12:00 Nora Feldmann <nora@fieldlark.example> ha scritto:\n${marked}`,
  ],
  [
    'Gmail in Portuguese',
    `Em ter., 10 de mar. de 2026 às 12:00, Nora Feldmann <nora@fieldlark.example> escreveu:\n${marked}`,
  ],
  ['Gmail in Dutch', `Op di 10 mrt 2026 om 12:00 schreef Nora Feldmann <nora@fieldlark.example>:\n${marked}`],
  ['Gmail in Polish', `wt., 10 mar 2026 o 12:00 Nora Feldmann <nora@fieldlark.example> napisał(a):\n${marked}`],
  ['Gmail in Russian', `вт, 10 мар. 2026 г. в 12:00, Nora Feldmann <nora@fieldlark.example> пишет:\n${marked}`],
  ['Gmail in Japanese', `2026年3月10日(火) 12:00 Nora Feldmann <nora@fieldlark.example>のメール:\n${marked}`],
  [
    'Outlook',
    `________________________________\nFrom: Nora Feldmann <nora@fieldlark.example>\nSent: Tuesday, March 10, 2026 12:00\nTo: Karen Osei\nSubject: A thought on your plans\n\n${ours}`,
  ],
  [
    'Outlook in German',
    `Von: Nora Feldmann <nora@fieldlark.example>\nGesendet: Dienstag, 10. März 2026 12:00\nAn: Karen Osei\nBetreff: A thought\n\n${ours}`,
  ],
  [
    'Outlook in French',
    `De : Nora Feldmann <nora@fieldlark.example>\nEnvoyé : mardi 10 mars 2026 12:00\nÀ : Karen Osei\nObjet : A thought\n\n${ours}`,
  ],
  [
    'Outlook on a telephone',
    `*From:* Nora Feldmann <nora@fieldlark.example>\n*Sent:* Tuesday, March 10, 2026 12:00\n*To:* Karen Osei\n*Subject:* A thought\n\n${ours}`,
  ],
  ['old Outlook', `-----Original Message-----\nFrom: Nora Feldmann\n\n${ours}`],
  ['old Outlook in German', `-----Ursprüngliche Nachricht-----\nVon: Nora\n\n${ours}`],
  ['a forwarding', `---------- Forwarded message ---------\nFrom: Nora\n\n${ours}`],
  ['a program that marks nothing', ours],
  [
    'an attribution without marks below it',
    `On 10 March 2026 12:00 Nora Feldmann wrote:\n\n${ours.replaceAll('Karen', 'you')}`,
  ],
];

describe('what was written anew', () => {
  test.for(above)('stands above the quotation of %s', ([, quoted]) => {
    expect(answerText(`${said}\n\n${quoted}`, [ours])).toBe(said);
  });

  test.for(above.filter(([, quoted]) => quoted.includes('\n> ')))('stands below the quotation of %s', ([, quoted]) => {
    expect(answerText(`${quoted}\n\n${said}`, [ours])).toBe(said);
  });

  test('stands between the lines that are quoted', () => {
    const text = '> How do you plan?\n\nOn a whiteboard.\n\n> Does it work?\n\nMostly.';
    expect(answerText(`On 10 Mar 2026, Nora wrote:\n${text}`)).toBe('On a whiteboard.\n\nMostly.');
  });

  test('is what it is where nothing is quoted', () => {
    const text = 'From: where do you come?\nTo: be honest, I wrote on 3 March: call me.\n\nOn Monday I wrote: nothing.';
    expect(answerText(text, [ours])).toBe(text);
  });

  test('ends before the signature, the telephone’s line and blank lines', () => {
    expect(answerText(`${said}\n\n-- \nKaren Osei\nHead of Operations`)).toBe(said);
    expect(answerText(`${said}\n\n\n\nSent from my iPhone\n\n`)).toBe(said);
    expect(answerText(`${said}\n\nVon meinem iPhone gesendet`)).toBe(said);
    expect(answerText('--\nNot a signature: the whole mail stands below it.')).toContain('Not a signature');
  });

  test('ends with the name, where how to reach somebody stands below it', () => {
    const signed = `${said}\n\nKind regards\n\nKaren Osei`;
    expect(answerText(`${signed}\nHead of Operations\nE-mail: karen@acme.example | www.acme.example`)).toBe(signed);
    expect(answerText(`${said}\n\nMit freundlichen Grüßen\nKaren Osei\n\nTel.: +49 30 1234567\nAcme GmbH`)).toBe(
      `${said}\n\nMit freundlichen Grüßen\nKaren Osei`,
    );
    for (const more of ['P.S.: My number is +49 30 1234567', 'Could you send it to karen@acme.example instead?'])
      expect(answerText(`${signed}\n\n${more}`)).toContain(more);
    expect(answerText(`Thanks\nKaren\nsee you there`)).toBe('Thanks\nKaren\nsee you there');
  });

  test('does not hold our own “Unsubscribe”, but the lead’s', () => {
    const html =
      'You get this mail because you downloaded our white paper.\nFieldlark GmbH, Lindenstraße 14\nUnsubscribe';
    expect(answerText(`${said}\n\n${html}`, [html])).toBe(said);
    expect(answerText(`Unsubscribe\n\n${html}`, [html])).toBe('Unsubscribe');
  });

  test('shows no invisible characters, and may be nothing', () => {
    expect(answerText('a\u200bb\u202ec\0d')).toBe('abcd');
    expect(answerText(marked)).toBe('');
    expect(answerText('')).toBe('');
  });

  test('is found without delay in bait', () => {
    const baits = [
      'On 1 Mar x wrote:\n'.repeat(10_000) + '> x',
      'From: x\n'.repeat(20_000),
      `On ${'1 '.repeat(100_000)}wrote`,
      '>'.repeat(200_000),
      '_'.repeat(200_000),
      '\n'.repeat(200_000),
    ];
    for (const bait of baits) {
      const from = process.cpuUsage().user;
      answerText(bait, [ours]);
      expect((process.cpuUsage().user - from) / 1e6).toBeLessThan(3);
    }
  });
});
