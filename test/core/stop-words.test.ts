import { describe, expect, test } from 'vitest';
import { stopRequest } from '../../src/core/stop-words.ts';

const requests = [
  // English
  'unsubscribe',
  'UNSUBSCRIBE!',
  'STOP',
  'Stop.',
  'Hi Nora,\n\nplease unsubscribe me.\n\nThanks\nKaren',
  'Please remove me from your mailing list.',
  'Please remove my email address from your list',
  'remove me, thanks',
  'Take me off this list!!',
  'Kindly take us off your distribution list.',
  'Stop emailing me.',
  'Please stop sending these.',
  'stop mailing me',
  "Don't email me again.",
  'Do not contact me any more.',
  'I do not wish to receive any further emails from you.',
  'I don’t want to receive your newsletter.',
  'How do I unsubscribe?',
  'I want to unsubscribe',
  'I unsubscribed last week and still get these.',
  'Your unsubscribe link does not work.',
  'If you don’t remove me from your list I will complain.',
  'Opt me out please',
  'I hereby withdraw my consent.',
  'No more emails please.',
  'Not interested. Please take me off your list.',
  'Please unsubscribe',
  'not interested. unsubscribe',
  'Would you please take me off your list?',
  'Hi Nora, please remove my address, I am not interested. Thank you. Karen',
  'This is the third mail about this. Leave me in peace.',
  'Please tell me where you have my data from and delete it.',
  'Hello Nora,\n\nthe link at the bottom is hard to press on my phone. Could you unsubscribe me, please?\n\nKaren',
  'I no longer wish to receive e-mails from your company.',
  'Bitte keine weiteren E-Mails. Danke.',
  'Delete my data from your database.',
  'We are not interested, please do not contact us again',
  // German
  'Abmelden',
  'Bitte abmelden, danke.',
  'Bitte melden Sie mich vom Verteiler ab.',
  'Nehmen Sie mich bitte aus Ihrem Verteiler.',
  'Bitte löschen Sie meine Adresse aus Ihrer Liste.',
  'Bitte senden Sie mir keine weiteren E-Mails.',
  'Ich möchte keine Mails mehr erhalten.',
  'Schreiben Sie mir bitte nicht mehr.',
  'Hiermit widerspreche ich der Nutzung meiner Daten.',
  'Können Sie mich bitte aus dem Verteiler streichen?',
  // French
  'Désinscrire',
  'Merci de me désinscrire.',
  'Désinscrivez-moi de votre liste.',
  'Veuillez me désabonner, merci',
  'Veuillez retirer mon adresse de vos listes.',
  'Ne m’envoyez plus de mails.',
  'Je ne souhaite plus recevoir vos messages.',
  'Arrêtez de m’écrire !',
  // Spanish
  'Baja',
  'Por favor, denme de baja.',
  'Quiero darme de baja de su lista.',
  'No me envíen más correos.',
  'No quiero recibir más correos.',
  'Dejen de escribirme.',
  // Italian
  'Cancellatemi dalla lista.',
  'Non scrivetemi più.',
  'Non desidero più ricevere le vostre mail.',
  'Vi prego di disiscrivermi.',
  // Portuguese
  'Por favor, removam-me da lista.',
  'Não quero mais receber e-mails.',
  'Parem de me enviar mensagens.',
  // Dutch
  'Uitschrijven',
  'Schrijf mij a.u.b. uit.',
  'Graag mij verwijderen uit uw bestand: verwijder mij.',
  'Stuur mij geen mails meer.',
  // Polish
  'Proszę o wypisanie mnie z listy.',
  'Proszę nie wysyłać do mnie wiadomości.',
  'Nie życzę sobie takich maili.',
  // Nordic
  'Ta bort mig från listan.',
  'Sluta maila mig.',
  'Fjern meg fra listen.',
  'Jeg ønsker ikke å motta flere e-poster.',
  'Afmeld mig venligst.',
  'Poistakaa minut listalta.',
  // Others
  'Odhlaste mě prosím z odběru.',
  'Отпишите меня от рассылки.',
  'Больше не пишите мне.',
  'Beni listeden çıkarın.',
  '退订',
  '请不要再给我发邮件了。',
  '配信停止希望',
  '今後メールは送らないでください。',
  '수신거부',
  '메일 보내지 마세요.',
];

const no = [
  'Please don’t unsubscribe me, I like these!',
  'Please do not remove me from your list.',
  'I don’t want to unsubscribe, I only have a question.',
  'Please don’t stop sending me these.',
  'Never remove us from this list, please.',
  'How do your customers unsubscribe from the alerts?',
  'Does your product let people unsubscribe?',
  'Can technicians remove a job from the board?',
  'We want to stop double bookings.',
  'Stop by our booth on Thursday!',
  'That is a full stop for our current vendor.',
  'Could you remove the second price from the offer?',
  'When can we talk? Next week would be good.',
  'Not interested right now, maybe in spring.',
  'Thanks, I will read it. We had to cancel the last project.',
  'Is there an unsubscribe feature for SMS to our customers?',
  'We would like to remove paper from our dispatch process.',
  'I never got your last mail, please send it again.',
  'Do not hesitate to contact me.',
  'Don’t hesitate to contact us any time.',
  'Please call me, I am not getting your mails on my phone.',
  'I have not received any more mails from you, is everything all right?',
  'Bitte melden Sie mich nicht ab!',
  'Bitte nicht abmelden.',
  'Melden Sie sich gern nächste Woche.',
  'Ich melde mich in zwei Wochen bei Ihnen.',
  'Wir haben keine Disponenten mehr, die das machen.',
  'Ne me désinscrivez pas, s’il vous plaît.',
  'Je ne veux pas me désinscrire.',
  'No me den de baja, por favor.',
  'Envíeme más información, por favor.',
  'Mi scriva la prossima settimana.',
  'Stuur mij graag meer informatie.',
  'Proszę przesłać więcej informacji.',
  'Skicka gärna mer information.',
  'Пришлите, пожалуйста, больше информации.',
  '请给我发更多资料。',
  'メールありがとうございます。来週お話しできますか。',
  'If you are not the intended recipient, please notify the sender and delete this e-mail from your system.',
  'If you no longer wish to receive emails from us, click here.',
  'If you do not want to receive further newsletters of Acme, let us know.',
  'Should you wish to unsubscribe from our newsletter, please write to us.',
  'Please do not print this e-mail. This e-mail and any attachments are confidential; unauthorised use is prohibited.',
  'Falls Sie keine weiteren E-Mails von uns erhalten möchten, klicken Sie hier.',
  'Wenn Sie nicht der richtige Adressat sind, informieren Sie bitte den Absender und löschen Sie diese Mail.',
  'Si vous ne souhaitez plus recevoir nos messages, cliquez ici.',
  'No quiero darme de baja, solo preguntar.',
  'Não quero cancelar minha inscrição.',
  'Stop! Before we go on, what does it cost?',
  'Unsubscribe rates are what we look at first. What are yours?',
  'We stopped mailing paper invoices last year.',
  '',
];

describe('a request not to be mailed', () => {
  test.for(requests)('is heard in “%s”', (text) => {
    expect(stopRequest(text)).not.toBeNull();
  });

  test.for(no)('is not made up from “%s”', (text) => {
    expect(stopRequest(text)).toBeNull();
  });

  test('is told in the writer’s own words, cut to a line', () => {
    expect(stopRequest('Hello,\n\nwould you please take me\noff your list? Regards')).toBe('take me off');
    expect(stopRequest(`unsubscribe me ${'please '.repeat(5000)}`)?.length).toBeLessThanOrEqual(80);
  });

  test('is looked for without delay in bait', () => {
    for (const bait of [
      'stop '.repeat(50_000),
      'do not '.repeat(50_000),
      `remove ${'me '.repeat(50_000)}`,
      'é'.repeat(200_000),
    ]) {
      const from = process.cpuUsage().user;
      stopRequest(bait);
      expect((process.cpuUsage().user - from) / 1000).toBeLessThan(2_000);
    }
  });
});
