import type { RenderedMail } from '../../src/core/message.ts';

export const MESSAGE_ID = '<0198f3a2-0000-7000-8000-000000000001@acme.example>';
export const DATE = new Date('2026-03-02T09:10:00Z');

export function sampleMail(changes: Partial<RenderedMail> = {}): RenderedMail {
  return {
    to: 'lena.fischer@example.org',
    toName: 'Lena Fischer',
    from: 'ana@acme.example',
    fromName: 'Ana Díaz',
    replyTo: 'team@acme.example',
    subject: 'Your whitepaper, and one question',
    text: 'Hello Lena,\n\nthank you for reading our whitepaper.\n\nAna\n\n-- \nAcme GmbH, Hauptstraße 1, 10115 Berlin\n',
    html: '<!doctype html>\n<html><body><p>Hello Lena,</p>\n<p>Acme GmbH, Hauptstraße 1</p></body></html>\n',
    unsubscribeUrl: 'https://mail.acme.example/u/Zm9vYmFyYmF6cXV4MTIzNA',
    listId: 'whitepaper-nurture.acme.example',
    ...changes,
  };
}
