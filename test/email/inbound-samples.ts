/** Mails as the servers and programs of this world write them, about one mail of ours. All addresses are made up. */

export const OUR_ID = '<01958000-0000-7000-8000-00000000000a@fieldlark.example>';
export const LEAD = 'karen.osei@brightpipes.example';
export const US = 'nora@fieldlark.example';

const lines = (text: string): Buffer => Buffer.from(text.replace(/^\n/, '').replaceAll('\n', '\r\n'));

/** The headers of our mail, as a report gives them back. */
const ORIGINAL = `Received: from app.fieldlark.example by mx.brightpipes.example; Tue, 10 Mar 2026 12:01:00 +0000
From: Nora Feldmann <${US}>
To: Karen Osei <${LEAD}>
Message-ID: ${OUR_ID}
Date: Tue, 10 Mar 2026 12:00:59 +0000
Subject: A thought on your plans
List-Unsubscribe: <https://mail.example.com/u/Zm9vYmFyYmF6cXV4MTIzNA>
List-Unsubscribe-Post: List-Unsubscribe=One-Click`;

type Dsn = { status: string; action?: string; diagnostic: string; recipient?: string; original?: string };

/** Postfix, as it has looked for twenty years. */
export function postfixBounce({ status, action = 'failed', diagnostic, recipient = LEAD, original }: Dsn): Buffer {
  return lines(`
Return-Path: <>
Received: by mail.fieldlark.example (Postfix)
	id 4D1A22E0A5C; Tue, 10 Mar 2026 12:01:05 +0000 (UTC)
Date: Tue, 10 Mar 2026 12:01:05 +0000 (UTC)
From: MAILER-DAEMON@mail.fieldlark.example (Mail Delivery System)
Subject: ${action === 'delayed' ? 'Delayed Mail (still being retried)' : 'Undelivered Mail Returned to Sender'}
To: ${US}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
	boundary="86B4F2E0A5B.1773144065/mail.fieldlark.example"
Content-Transfer-Encoding: 8bit
Message-Id: <20260310120105.4D1A22E0A5C@mail.fieldlark.example>

This is a MIME-encapsulated message.

--86B4F2E0A5B.1773144065/mail.fieldlark.example
Content-Description: Notification
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

This is the mail system at host mail.fieldlark.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

                   The mail system

<${recipient}>: host mx.brightpipes.example[192.0.2.10] said:
    ${diagnostic} (in reply to RCPT TO command)

--86B4F2E0A5B.1773144065/mail.fieldlark.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.fieldlark.example
X-Postfix-Queue-ID: 86B4F2E0A5B
X-Postfix-Sender: rfc822; ${US}
Arrival-Date: Tue, 10 Mar 2026 12:01:00 +0000 (UTC)

Final-Recipient: rfc822; ${recipient}
Original-Recipient: rfc822;${original ?? recipient}
Action: ${action}
Status: ${status}
Remote-MTA: dns; mx.brightpipes.example
Diagnostic-Code: smtp; ${diagnostic}

--86B4F2E0A5B.1773144065/mail.fieldlark.example
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers
Content-Transfer-Encoding: 8bit

${ORIGINAL}

--86B4F2E0A5B.1773144065/mail.fieldlark.example--
`);
}

/** Exchange Online: base64 parts, an HTML explanation, the whole mail given back. */
export const exchangeBounce = lines(`
Received: from AM0PR01MB0001.eurprd01.prod.exchangelabs.com
 (2603:10a6:208:1::1) by DB9PR01MB0002.eurprd01.prod.exchangelabs.com; Tue, 10
 Mar 2026 12:01:09 +0000
From: <postmaster@brightpipes.onmicrosoft.example>
To: <${US}>
Date: Tue, 10 Mar 2026 12:01:09 +0000
Content-Type: multipart/report; report-type=delivery-status;
	boundary="e7ce5cf9-3d8a-4cd6-a9f4-1c1a0a3a7a52"
Content-Language: en-GB
Message-ID: <7f1a8c42-0000-4000-8000-b1b1b1b1b1b1@DB9PR01MB0002.eurprd01.prod.exchangelabs.com>
In-Reply-To: ${OUR_ID}
References: ${OUR_ID}
Thread-Topic: A thought on your plans
Subject: Undeliverable: A thought on your plans
Auto-Submitted: auto-replied
X-MS-PublicTrafficType: Email
X-MS-Exchange-Message-Is-Ndr:
MIME-Version: 1.0

--e7ce5cf9-3d8a-4cd6-a9f4-1c1a0a3a7a52
Content-Type: multipart/alternative; differences=Content-Type;
	boundary="0c5ba1ad-1b7f-4f8a-9a14-bf4b9f0a9d11"

--0c5ba1ad-1b7f-4f8a-9a14-bf4b9f0a9d11
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

Your message to karen.osei@brightpipes.example couldn't be delivered.=0D=0A
karen.osei wasn't found at brightpipes.example.

--0c5ba1ad-1b7f-4f8a-9a14-bf4b9f0a9d11
Content-Type: text/html; charset="us-ascii"

<html><body><p>Your message couldn't be delivered.</p></body></html>

--0c5ba1ad-1b7f-4f8a-9a14-bf4b9f0a9d11--

--e7ce5cf9-3d8a-4cd6-a9f4-1c1a0a3a7a52
Content-Type: message/delivery-status
Content-Transfer-Encoding: base64

${Buffer.from(
  [
    'Reporting-MTA: dns;DB9PR01MB0002.eurprd01.prod.exchangelabs.com',
    'Received-From-MTA: dns;AM0PR01MB0001.eurprd01.prod.exchangelabs.com',
    'Arrival-Date: Tue, 10 Mar 2026 12:01:08 +0000',
    '',
    `Final-Recipient: rfc822;${LEAD}`,
    'Action: failed',
    'Status: 5.1.10',
    'Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup',
    '',
  ].join('\r\n'),
).toString('base64')}

--e7ce5cf9-3d8a-4cd6-a9f4-1c1a0a3a7a52
Content-Type: message/rfc822

${ORIGINAL}
Content-Type: text/plain

Hello Karen, please unsubscribe me from nothing.

--e7ce5cf9-3d8a-4cd6-a9f4-1c1a0a3a7a52--
`);

/** Gmail: the address that does not exist, with the mail given back as message/rfc822. */
export const gmailBounce = lines(`
Return-Path: <>
Received: by 2002:a05:6402:0001 with SMTP id x1mr0000000edq.1; Tue, 10 Mar 2026 05:01:05 -0700 (PDT)
Content-Type: multipart/report; boundary="0000000000001a2b3c064d000000"; report-type=delivery-status
To: ${US}
Auto-Submitted: auto-replied
From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
Subject: Delivery Status Notification (Failure)
References: ${OUR_ID}
In-Reply-To: ${OUR_ID}
X-Failed-Recipients: ${LEAD}
Message-ID: <69b00001.050a0220.1a2b3c.0001.GMR@mx.google.com>
Date: Tue, 10 Mar 2026 05:01:05 -0700 (PDT)

--0000000000001a2b3c064d000000
Content-Type: text/plain; charset="UTF-8"

** Address not found **

Your message wasn't delivered to ${LEAD} because the address couldn't be found, or is unable to receive mail.

--0000000000001a2b3c064d000000
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.com
Arrival-Date: Tue, 10 Mar 2026 05:01:04 -0700 (PDT)
X-Original-Message-ID: ${OUR_ID}

Final-Recipient: rfc822; ${LEAD}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try
 550-5.1.1 double-checking the recipient's email address for typos or
 550 5.1.1 unnecessary spaces. - gsmtp
Last-Attempt-Date: Tue, 10 Mar 2026 05:01:05 -0700 (PDT)

--0000000000001a2b3c064d000000
Content-Type: message/rfc822

${ORIGINAL}

Hello Karen

--0000000000001a2b3c064d000000--
`);

/** qmail writes no report part at all. */
export const qmailBounce = lines(`
Return-Path: <>
Received: (qmail 12345 invoked for bounce); 10 Mar 2026 12:01:05 -0000
Date: 10 Mar 2026 12:01:05 -0000
From: MAILER-DAEMON@mx.brightpipes.example
To: ${US}
Subject: failure notice

Hi. This is the qmail-send program at mx.brightpipes.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<${LEAD}>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <${US}>
${ORIGINAL}

Hello Karen, remove me please
`);

/** Exim names the address in a header of its own. */
export const eximBounce = lines(`
Return-path: <>
Envelope-to: ${US}
Received: from Debian-exim by mail.brightpipes.example with local (Exim 4.96)
	id 1rj0aB-0001Ab-2C; Tue, 10 Mar 2026 12:01:05 +0000
X-Failed-Recipients: ${LEAD}
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mail.brightpipes.example>
To: ${US}
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1rj0aB-0001Ab-2C@mail.brightpipes.example>
Date: Tue, 10 Mar 2026 12:01:05 +0000

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ${LEAD}
    host mx.brightpipes.example [192.0.2.10]
    SMTP error from remote mail server after RCPT TO:<${LEAD}>:
    550 5.7.1 Our policy does not accept mail from your network today

------ This is a copy of the message, including all the headers. ------

${ORIGINAL}

Hello Karen
`);

/** RFC 5965, as the larger feedback loops send it. */
export function feedbackReport({ type = 'abuse', original = ORIGINAL } = {}): Buffer {
  return lines(`
From: <abuse@fbl.mailbox.example>
Date: Tue, 10 Mar 2026 15:00:00 +0000
Subject: FW: A thought on your plans
To: <${US}>
Message-ID: <fbl-1@fbl.mailbox.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part1_13d.2e68ed54"

--part1_13d.2e68ed54
Content-Type: text/plain; charset="US-ASCII"
Content-Transfer-Encoding: 7bit

This is an email abuse report for an email message received from IP 192.0.2.1.

--part1_13d.2e68ed54
Content-Type: message/feedback-report

Feedback-Type: ${type}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <${US}>
Received-Date: Tue, 10 Mar 2026 12:01:05 +0000
Source-IP: 192.0.2.1

--part1_13d.2e68ed54
Content-Type: message/rfc822
Content-Disposition: inline

${original}

Hello Karen

--part1_13d.2e68ed54--
`);
}

type Reply = { headers?: string; subject?: string; from?: string; text?: string; id?: string; answers?: string | null };

let count = 0;

/** A mail of one text part that answers ours. */
export function reply({ headers = '', subject, from, text, id, answers = OUR_ID }: Reply = {}): Buffer {
  count += 1;
  const thread = answers === null ? '' : `In-Reply-To: ${answers}\nReferences: ${answers}\n`;
  return lines(`
Received: from mx.brightpipes.example by mail.fieldlark.example; Tue, 10 Mar 2026 14:00:00 +0000
From: ${from ?? `Karen Osei <${LEAD}>`}
To: Nora Feldmann <${US}>
Subject: ${subject ?? 'Re: A thought on your plans'}
Date: Tue, 10 Mar 2026 14:00:00 +0000
Message-ID: ${id ?? `<answer-${count}@brightpipes.example>`}
${thread}${headers === '' ? '' : `${headers}\n`}MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

${text ?? 'Hello Nora,\n\nyes, let us talk on Tuesday.\n\nKaren'}
`);
}

/** What a person would get from Exchange, Gmail, a script and others while somebody is away. */
export const automatic: Array<[string, Buffer, string]> = [
  [
    'Outlook in English',
    reply({
      subject: 'Automatic reply: A thought on your plans',
      headers: 'X-Auto-Response-Suppress: All\nauto-submitted: auto-generated\nX-MS-Has-Attach:',
      text: 'I am out of the office until Monday.',
    }),
    'auto_submitted',
  ],
  [
    'Outlook in German',
    reply({
      subject: '=?utf-8?Q?Automatische_Antwort:_A_thought_on_your_plans?=',
      headers: 'auto-submitted: auto-generated\nX-Auto-Response-Suppress: All',
      text: 'Ich bin bis Montag nicht im Büro.',
    }),
    'auto_submitted',
  ],
  [
    'Gmail, in French',
    reply({
      subject: 'Absent(e) du bureau Re: A thought on your plans',
      headers: 'Precedence: bulk\nX-Autoreply: yes\nAuto-Submitted: auto-replied',
      text: 'Je suis en congés jusqu’au 20 mars.',
    }),
    'precedence',
  ],
  [
    'vacation(1)',
    reply({ headers: 'Auto-Submitted: auto-replied (vacation)', subject: 'away from my mail' }),
    'auto_submitted',
  ],
  ['an old autoresponder', reply({ headers: 'Precedence: auto_reply\nX-Autorespond: A thought' }), 'precedence'],
  [
    'a mailbox of a ticket system',
    reply({ headers: 'X-Auto-Response-Suppress: OOF, AutoReply' }),
    'x_auto_response_suppress',
  ],
  ['cPanel', reply({ headers: 'X-Autorespond: \nX-Loop: karen' }), 'x_autoreply'],
  [
    'a read receipt',
    Buffer.from(
      reply({ subject: 'Read: A thought on your plans' })
        .toString()
        .replace(
          'Content-Type: text/plain; charset=utf-8',
          'Content-Type: multipart/report; report-type=disposition-notification; boundary=b',
        ),
    ),
    'read_receipt',
  ],
  [
    'a subject and words of absence, in Polish, without any header',
    reply({ subject: 'Autoodpowiedź: A thought', text: 'Jestem na urlopie do 20 marca, nieobecny.' }),
    'away_subject',
  ],
  [
    'a subject and words of absence, in Swedish',
    reply({ subject: 'Autosvar: A thought', text: 'Jag är på semester och är tillbaka den 20 mars.' }),
    'away_subject',
  ],
  [
    'a subject and words of absence, in Japanese',
    reply({ subject: '=?utf-8?B?6Ieq5YuV6L+U5L+h?=', text: '現在、休暇をいただいております。' }),
    'away_subject',
  ],
  [
    'a mailbox that nobody reads',
    reply({ from: 'no-reply@brightpipes.example', subject: 'Out of office' }),
    'nobody_reads_it',
  ],
  ['a daemon', reply({ from: 'Postmaster <postmaster@brightpipes.example>', subject: 'Your mail' }), 'from_a_daemon'],
];

/** People, who also speak of holidays, write over lists and have odd headers. */
export const human: Array<[string, Buffer]> = [
  ['a plain answer', reply()],
  ['one about a holiday', reply({ text: 'I am out of the office next week, call me after that. Karen' })],
  ['one with the subject of an absence and no other sign', reply({ subject: 'Re: Out of office days', text: 'Yes!' })],
  ['one over a mailing list', reply({ headers: 'Precedence: list\nList-Id: <team.brightpipes.example>' })],
  ['one that says it is not automatic', reply({ headers: 'Auto-Submitted: no' })],
  ['one whose firm asks not to be answered by programs', reply({ headers: 'X-Auto-Response-Suppress: DR, RN, NRN' })],
  ['one about mail that fails', reply({ subject: 'Re: Delivery failed', text: 'Your mail was not delivered to Ben.' })],
];
