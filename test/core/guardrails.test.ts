import { expect, test } from 'vitest';
import { emailFindings, linkAllowed, linksIn } from '../../src/core/guardrails.ts';
import type { ProposalInputs } from '../../src/core/facts.ts';
import { cleanDrafts } from './clean-drafts.ts';
import { leadFacts, proposalInputs } from './proposal-inputs.ts';

const inputs = proposalInputs();
const BODY =
  'Hi Ana,\n\nThank you for reading the paper. I kept this note short because mornings are busy in your line of work, and one question matters most.';
const codes = (
  draft: { subject?: string; body?: string },
  from: ProposalInputs = inputs,
  severity?: 'block' | 'look',
) =>
  emailFindings({ subject: draft.subject ?? 'One question', body: draft.body ?? BODY }, from)
    .filter((finding) => severity === undefined || finding.severity === severity)
    .map(({ code }) => code);
const withSentence = (sentence: string) => `${BODY}\n\n${sentence}\n\nMara Lind`;

/** What stands in square brackets below is put into a sentence; what begins with ^ is a body's beginning. */
const PLACEHOLDERS = `[First Name]|[first_name]|[Your Name]|[Company]|[company name]|[insert customer story]|[NAME OF PRODUCT]|[link]|[Date]|[City, Country]|[Pain Point]|[X]|[specific benefit here]|[Vorname]|[Nombre]|[prénom]|[…name…]|[AI: add statistic]|[CTA button]|[Rep signature]
{{name}}|{{ first_name }}|{{company_pain_point}}|{{contact.firstname}}|{{!Contact.FirstName}}|{name}|{first name}|{FirstName}|{0}|{{{name}}}|{% if name %}|\${firstName}|\${lead.company}|#{name}|{company}|{{lead.first_name|default:"there"}}|{topic
<NAME>|<first name>|<Company Name>|<insert link>|<recipient>|<%= name %>|<% name %>|<YOUR COMPANY>|<br>|<b>bold</b>|<a href="x">here</a>|<p>Hello</p>|<!-- note -->|<|im_end|>|<your_title>
%NAME%|%%first_name%%|%FIRSTNAME%|%company%|%s|%1$s|%Contact.Name%|$FNAME|$LNAME|$first_name|$companyName|$NAME|*|FNAME|*|*|COMPANY|*|||name|||#NAME#|##FIRST_NAME##|@name@|@@COMPANY@@|~FIRSTNAME~|^NAME^|__NAME__|_____|..........|【姓名】|〔氏名〕|‹NAME›|«FIRST_NAME»
FIRST_NAME|COMPANY_NAME|LEAD_TITLE|first_name|company_name|lastName|companyName|recipientName|FIRST NAME|FIRSTNAME|COMPANYNAME|Your Name|Your Company Name|Your Title|Recipient's Name|Customer Name|VORNAME|PRÉNOM|Vorname Nachname|PLACEHOLDER|placeholder text
INSERT LINK HERE|INSERT STAT|insert name here|insert your company|insert a customer quote|ADD LINK HERE|ADD NAME|FILL IN COMPANY|REPLACE WITH THE LINK|ENTER DATE|(insert name)|(your name)|(company name)|(fill in the date)|(add a statistic that fits)|(Job Title)
TBD|TBC|TBA|TODO|FIXME|XX|XXX|xxx|XX%|X%|N customers|X years|$X|$XX,XXX|€ X|???|Lorem ipsum|dolor sit amet|XYZ|Company XYZ|ABC Company|company X|John Doe|jane doe|Max Mustermann|DD/MM/YYYY|MM.DD.YY|YYYY-MM-DD|HH:MM|00/00/0000|#,###
undefined|[object Object]|[object Promise]|NaN|null|NULL|null's team|the team at null.|Invalid Date|1970-01-01|January 1, 1970|01/01/1970|works for None|at N/A|from Unknown|at Not specified|with nil|the team at , I think|from .|&nbsp;|&amp;|&#39;|line\\nbreak|caf\\u00e9|JÃ¼rgen|it\u{fffd}s|donâ€™t`;
const MACHINE = [
  '```',
  '```json',
  'As an AI, I can not know that.',
  'As an AI language model I do not browse.',
  'As a large language model, I must say.',
  'I am an AI and cannot send mail.',
  "I'm sorry, but I can't help with that.",
  'I cannot assist with that request.',
  'I am unable to generate this content, sorry: I cannot comply with that request.',
  'My knowledge cutoff is last year.',
  'Subject: A question',
  '**Subject:** A question',
  'Subject Line: A question',
  'SUBJECT - A question',
  'Betreff: Eine Frage',
  'Body: Hi Ana',
  'To: Ana',
  'Option 1: the short one',
  'Version B: the long one',
  'Here is your email:',
  'Here is the e-mail you asked for:',
  "Here's a draft for Ana:",
  'Here are three subject lines:',
  'Below is the follow-up email for Ana:',
  'Let me know if you would like me to adjust the tone.',
  'Would you like me to make it shorter?',
  'Feel free to customize this.',
  'You can personalize the email before sending.',
  'I hope this draft works for you.',
  'Word count: 94',
  '# Follow-up',
  '### Response',
  'Your Name',
  'Title',
  'Full Name',
  'Contact Information',
];
const OPENING = [
  'Sure! Here is the mail.',
  'Certainly! Here is a draft.',
  'Of course, I have written it below.',
  'Got it. Here goes:',
  "Here's the email:",
  'Dear Name,',
  'Hi first name,',
  'Hello Customer Name,',
  'Dear recipient,',
  'Hi ,',
  'Dear ,',
  'Hi null,',
  'Hello undefined,',
  'Hi None,',
  'Hey {name},',
  'Dear [Name],',
  'Hello %NAME%,',
  'Dear N/A,',
  'Hi N/A,',
];
const sentences = (() => {
  const marked: string[] = [];
  for (const line of PLACEHOLDERS.split('\n')) {
    // The pipes of merge tags are samples too, so a line is split where a pipe stands between two samples only.
    const pipes = ['<|im_end|>', '*|FNAME|*', '*|COMPANY|*', '||name||', '{{lead.first_name|default:"there"}}'];
    let rest = line;
    for (const sample of pipes) {
      if (rest.includes(sample)) marked.push(sample);
      rest = rest.replace(sample, '');
    }
    marked.push(...rest.split('|').filter(Boolean));
  }
  return marked;
})();

test('at least 150 kinds of placeholder are all blocked, in the body', () => {
  const samples = [
    ...sentences.map((sample) => withSentence(`Last week we spoke about ${sample} and what follows from it.`)),
    ...MACHINE.map((line) => `Hi Ana,\n\n${line}\n\n${BODY.slice(9)}`),
    ...OPENING.map((line) => `${line}\n\n${BODY.slice(9)}`),
  ];
  expect(samples.length).toBeGreaterThanOrEqual(200);
  expect(samples.filter((body) => !codes({ body }, inputs, 'block').includes('placeholder'))).toEqual([]);
});

test('a placeholder in the subject is blocked there', () => {
  for (const subject of [
    '{{company}}: a question',
    'A question, [First Name]',
    'Ideas for undefined',
    'Your TBD at Nordwind',
    '%COMPANY% and the morning',
  ])
    expect(emailFindings({ subject, body: BODY }, inputs)).toContainEqual(
      expect.objectContaining({ code: 'placeholder', severity: 'block', field: 'subject' }),
    );
});

test('at most 1 % of 500 clean drafts are blocked, and at most 5 % have a sentence marked', () => {
  const drafts = cleanDrafts(500);
  expect(new Set(drafts.map((draft) => draft.body)).size).toBe(500);
  const blocked = drafts.flatMap((draft) =>
    emailFindings(draft, inputs)
      .filter(({ severity }) => severity === 'block')
      .map((finding) => `${finding.text} <- ${draft.body}`),
  );
  expect(blocked.slice(0, 3)).toEqual([]);
  expect(blocked.length).toBeLessThanOrEqual(5);
  const marked = drafts.filter((draft) => emailFindings(draft, inputs).some(({ severity }) => severity === 'look'));
  expect(marked.length).toBeLessThanOrEqual(25);
});

const CLEAN_BUT_ODD = [
  'The contract is null and void after that, which nobody minds.',
  'An undefined role is where most delays begin.',
  'Our AI team wrote the paper, as an AI company should.',
  'The XL version has one more table.',
  'See the table in section [sic] 3.',
  'We meet on floor 2–3 (left door), room #12.',
  'Q&A is at the end, R&D comes first.',
  'Costs rise by 2 or 3 crews @ full load.',
  'His plan: fewer stops; hers: shorter ones.',
  'Ana, you asked for the file report.pdf and for plan_final.xlsx.',
  'Is it 50/50, or closer to 60/40?',
  'The U.S. crews and the U.K. crews differ, e.g. in breaks.',
  'Meet us on 12/11 at 10:30.',
  'The order 4711-0815 came in at noon, no. 12 of the day.',
  'A tip from Köln: “Erst planen, dann fahren.”',
  'C’est la vie, as they say in Lyon.',
  'Is this the name of the game?',
  'The title of the talk and the position of the booth are in the programme.',
];

test.for(CLEAN_BUT_ODD)('clean, though it looks odd: %s', (sentence) => {
  expect(
    emailFindings({ subject: 'One question', body: withSentence(sentence) }, inputs).filter(
      ({ severity }) => severity === 'block',
    ),
  ).toEqual([]);
});

// Links -----------------------------------------------------------------------------------------------------------------

const GOOD = 'www.fieldplan.example';
const LINK_ATTACKS = [
  ...[
    `https://${GOOD}.evil.example/paper`,
    `https://evil.example/paper`,
    `https://evil.${GOOD}/paper`,
    `https://fieldplan.example/paper`,
    `http://${GOOD}/paper`,
    `https://${GOOD}./paper`,
    `https://${GOOD}:8443/paper`,
    `https://${GOOD}@evil.example/paper`,
    `https://user:pw@${GOOD}/paper`,
    `https://@${GOOD}/paper`,
    `https://${GOOD}'@evil.example/paper`,
    `https://${GOOD}"@evil.example`,
    `https://${GOOD})@evil.example`,
    `https://${GOOD}]@evil.example`,
    `https://${GOOD}\\@evil.example/paper`,
    `https:\\\\evil.example/paper`,
    `https:/evil.example`,
    `https:evil.example`,
    `https:///evil.example`,
    `HTTPS://EVIL.EXAMPLE/paper`,
  ],
  ...[
    `https://${GOOD}/`,
    `https://${GOOD}/papers`,
    `https://${GOOD}/paper/../login`,
    `https://${GOOD}/paper/%2e%2e/login`,
    `https://${GOOD}/paper/..%2flogin`,
    `https://${GOOD}/paper//evil.example`,
    `https://${GOOD}/paper/https://evil.example`,
    `https://${GOOD}/paper/;jsessionid=1`,
    `https://${GOOD}/paper?url=https://evil.example`,
    `https://${GOOD}/paper?next=//evil.example`,
    `https://${GOOD}/paper?utm_source=x&to=evil.example`,
    `https://${GOOD}/paper?utm_source=https://evil.example`,
    `https://${GOOD}/paper#https://evil.example`,
    `https://${GOOD}/paper#/redirect?x=1`,
    `https://${GOOD}/PAPER`,
    `https://${GOOD}/paper%00`,
    `https://${GOOD}/paper%0d%0aX`,
    `https://fieldplan.example/demo?ref=other`,
    `https://fieldplan.example/demo?ref=nurture&x=1`,
    `https://fieldplan.example/demo/x?ref=nurture&url=//e.example`,
  ],
  ...[
    'https://xn--feldplan-1ya.example/paper',
    'https://www.fіeldplan.example/paper',
    'https://www.fieldplan。evil.example',
    'https://www．evil．example',
    'https://ｅｖｉｌ.example',
    'https://127.0.0.1/paper',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0177.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:7f00:1]/',
    '192.168.0.1/login',
    '10.0.0.7',
    'http://localhost/paper',
    'http://localhost.:80',
    'https://evil.example/www.fieldplan.example/paper',
    'https://evil.example?https://www.fieldplan.example/paper',
    'https://evil.example#www.fieldplan.example',
    'ftp://www.fieldplan.example/paper',
    '//evil.example/paper',
  ],
  ...[
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'javascript :alert(1)',
    'vbscript:msgbox',
    'data:text/html;base64,PHNjcmlwdD4=',
    'data:,hello',
    'file:///etc/passwd',
    'mailto:sales@rival.example',
    'tel:+4930123456',
    'sms:+491701234567',
    'whatsapp://send?text=hi',
    'intent://scan/#Intent',
    'view-source:https://evil.example',
    'blob:https://evil.example/1',
    'ms-word:ofe|u|https://evil.example',
    'hxxps://evil.example',
    'tg://resolve?domain=evil',
    'custom+app://open',
    'skype:evil?call',
    '\\\\evil.example\\share',
  ],
  ...[
    'evil.example',
    'evil.com',
    'rival.io/deal',
    'www.rival.de',
    'WWW.RIVAL.DE',
    'sub.domain.rival.co.uk',
    'bit.ly/3xYz',
    'rival.zip',
    'rival.quest',
    'rival.museum',
    'пример.рф',
    'аррӏе.com',
    '例え.jp',
    'evil.com:8080/x',
    'evil.com?x=1',
    '(evil.com)',
    '_evil.com_',
    '*evil.com*',
    '"evil.com"',
    '-evil.com',
    'and/evil.com',
    '..evil.com',
    'evil。com',
    'evil[.]com',
    'evil (dot) com',
    'evil dot com',
    'www2.evil.example',
    'fieldplan.example.evil.com',
    'fieldplan.example',
    'xn--80ak6aa92e.com',
  ],
  ...[
    `[https://${GOOD}/paper](https://evil.example)`,
    `[click](https://evil.example)`,
    `<a href="https://evil.example">https://${GOOD}/paper</a>`,
    `<https://evil.example>`,
    `https://${GOOD}/paper,https://evil.example`,
    `https://${GOOD}/paper|https://evil.example`,
    `https://${GOOD}/paper<https://evil.example>`,
    `https://${GOOD}/paper\u200b.evil.example`,
    `https://${GOOD}\u2024evil.example/paper`,
    `https://${GOOD}\u3002evil.example/paper`,
  ],
];

test('none of more than 100 link attacks passes', () => {
  expect(LINK_ATTACKS.length).toBeGreaterThanOrEqual(100);
  const passed = LINK_ATTACKS.filter(
    (attack) =>
      codes({ body: withSentence(`The page I mean is ${attack} and it takes three minutes.`) }, inputs, 'block')
        .length === 0,
  );
  expect(passed).toEqual([]);
});

test.for([
  `https://${GOOD}/paper`,
  `https://${GOOD}/paper/`,
  `https://${GOOD}/paper/chapter-2`,
  `https://${GOOD}/paper?utm_source=nurture&utm_campaign=first-mail`,
  `https://${GOOD}/paper#page-12`,
  'https://fieldplan.example/demo?ref=nurture',
  'https://fieldplan.example/demo',
  `${GOOD}/paper`,
])('a listed link passes: %s', (link) => {
  for (const around of [
    `See ${link}`,
    `See ${link}.`,
    `(see ${link})`,
    `See “${link}”, please.`,
    `Here: ${link}\nThat is all.`,
  ])
    expect(codes({ body: withSentence(around) }, inputs, 'block')).toEqual([]);
});

test('a link in the subject is blocked, listed or not', () => {
  for (const subject of ['See www.fieldplan.example/paper', 'evil.com for you', 'https://evil.example'])
    expect(codes({ subject }, inputs, 'block')).toContain('link_in_subject');
});

test('the bare name of the company the lead works at is shown, not blocked; somebody else’s is blocked', () => {
  const lead = leadFacts({ company: 'Booking.com B.V.', email: 'ana@booking.com' });
  expect(codes({ body: withSentence('How does Booking.com plan its crews?') }, proposalInputs({ lead }))).toEqual([
    'company_host',
  ]);
  expect(codes({ body: withSentence('How does Booking.com plan its crews?') })).toContain('link_not_allowed');
  expect(codes({ body: withSentence('See booking.com/login for it') }, proposalInputs({ lead }))).toContain(
    'link_not_allowed',
  );
});

test('links are found in their order, without the punctuation around them', () => {
  expect(
    linksIn('See https://a.example/x), then (www.b.example/y). Or c.example! Not e.g. this, nor report.pdf.'),
  ).toEqual(['https://a.example/x', 'www.b.example/y', 'c.example']);
});

test('a listed link that no program reads in one way is no link at all', () => {
  for (const url of [
    'ftp://a.example',
    'https://u:p@a.example',
    'javascript:alert(1)',
    'not a link',
    '',
    'https://a.example/\\x',
  ])
    expect(linkAllowed(url, [url])).toBe(false);
  for (const url of ['https://a.example', 'https://a.example/x?y=1&z=2#w', 'http://a.example:8080/x/'])
    expect(linkAllowed(url, [url])).toBe(true);
});

// Somebody else's identity -------------------------------------------------------------------------------------------------

const FOREIGN_ADDRESSES = [
  'bob@rival.example',
  'Bob.Miller@rival.example',
  'ana.petrov@nordwind-logistik.example.evil.com',
  'xana.petrov@nordwind-logistik.example',
  'ana@nordwind-logistik.example',
  'sales@rival',
  'müller@firma.de',
  'bob@müller.de',
  'bob＠rival.example',
  'bob+x@rival.co.uk',
  '<bob@rival.example>',
  '(bob@rival.example)',
  'mailto:bob@rival.example',
  '"bob"@rival.example',
  'bob (at) rival.example',
  'bob[at]rival.example',
  'bob [at] rival [dot] example',
  "o'brien@rival.example",
  'bob_the_second@rival.example.',
  'bob@192.168.0.1',
];

test.for(FOREIGN_ADDRESSES)('a foreign address is blocked: %s', (address) => {
  expect(codes({ body: withSentence(`Please write to ${address} about it.`) }, inputs, 'block')).toContain(
    'foreign_address',
  );
});

test('the lead’s own address and one from the facts are no strangers', () => {
  const from = proposalInputs({ facts: ['Questions go to help@fieldplan.example.'] });
  expect(codes({ body: withSentence('I sent it to Ana.Petrov@nordwind-logistik.example.') }, from)).toEqual([]);
  expect(codes({ body: withSentence('Questions go to help@fieldplan.example.') }, from)).toEqual([]);
  expect(codes({ body: withSentence('Questions go to xhelp@fieldplan.example.') }, from)).toContain('foreign_address');
  expect(codes({ subject: 'For bob@rival.example' })).toContain('foreign_address');
});

const PHONES = [
  '+49 30 1234567',
  '+1 (555) 123-4567',
  '(030) 123 456 78',
  '030/12345678',
  '0170-1234567',
  '555-1234',
  '+44 20 7946 0958',
  '06.12.34.56.78',
  '600 123 456',
  '600.123.456',
  '+91-98765-43210',
  '0049 30 1234567',
  '1-800-555-0199',
  '12345678',
  '+49\u00a030\u00a01234567',
  '＋４９ ３０ １２３４５６７',
  '030 – 123 45 67 8',
  '(555)1234567',
];

test.for(PHONES)('a phone number is blocked: %s', (phone) => {
  expect(codes({ body: withSentence(`Call me on ${phone} any time.`) }, inputs, 'block')).toContain('phone_number');
});

test.for([
  'on 2026-11-22 at 10:30',
  'on 22.11.2026 or 23.11.2026',
  'between 8:00 and 17:30',
  'on pages 12-14, 17 and 120',
  'a fleet of 10,000,000 parcels',
  'EUR 10 000 000 of sales',
  'a cost of 10.000.000 €',
  'in 2024/2025',
  'order 4711-0815',
  '22/11/2026 - 24/11/2026',
])('no phone number: %s', (text) => {
  expect(codes({ body: withSentence(`We spoke of it ${text}, if you remember.`) }, inputs, 'block')).toEqual([]);
});

test('a phone number that the lead gave, or that stands in the facts, is known', () => {
  expect(
    codes(
      { body: withSentence('Shall I call +49 (30) 123-4567?') },
      proposalInputs({ lead: leadFacts({ fields: { Phone: '+49 30 1234567' } }) }),
      'block',
    ),
  ).toEqual([]);
  expect(
    codes(
      { body: withSentence('Shall I call +49 (30) 123-4568?') },
      proposalInputs({ lead: leadFacts({ fields: { Phone: '+49 30 1234567' } }) }),
      'block',
    ),
  ).toContain('phone_number');
});

const WRONG = [
  'Hi Bob,',
  'Hello Priya,',
  'Dear Dr. Miller,',
  'Dear Mr. Smith,',
  'Hi Ana-Lena,',
  'Hi Anna,',
  'Hey Bob!',
  'Good morning Thomas,',
  'Dear Ana Miller,',
  'Hi Ana and Bob,',
  'Hallo Herr Schmidt,',
  'Sehr geehrte Frau Dr. Weber,',
  'Liebe Sandra,',
  'Hola Pedro:',
  'Estimado Sr. García,',
  'Bonjour Élodie,',
  'Chère Madame Dubois,',
  'Ciao Marco,',
  'Gentile Dott. Rossi,',
  'Olá João,',
  'Hej Søren,',
  'Beste Jan,',
  'Greetings Bob,',
  'Good morning, Bob,',
  'Hello, Mary Ann!',
  'Priya,',
  'Mary Ann,',
  'Hi Bob. I saw your note',
  'Hi Bob - quick one',
  'Dear Acme team,',
  'Hello bob,',
  'HI BOB,',
];
test.for(WRONG)('a greeting with somebody else’s name is blocked: %s', (greeting) => {
  expect(codes({ body: `${greeting}\n\n${BODY.slice(9)}` }, inputs, 'block')).toContain('wrong_name');
});

const RIGHT = [
  'Hi Ana,',
  'Hello Ana Petrov,',
  'Dear Ms. Petrov,',
  'Dear Ms Petrov:',
  'Hi ANA!',
  'Hi Ana. I saw your note',
  'Hi Ana - quick one',
  'Good morning, Ana,',
  'Good afternoon,',
  'Hello\n\nThank you so much for this',
  'Hi there,',
  'Hello again,',
  'Hello again Ana,',
  'Hi all,',
  'Dear Sir or Madam,',
  'Dear team at Nordwind Logistik,',
  'Hallo Frau Petrov,',
  'Sehr geehrte Damen und Herren,',
  'Bonjour Madame Petrov,',
  'Ana,',
  'Thank you,',
  'Hi Petrov,',
  'Hello everyone,',
];
test.for(RIGHT)('a fitting greeting passes: %s', (greeting) => {
  expect(codes({ body: `${greeting}\n\n${BODY.slice(9)}` }, inputs, 'block')).toEqual([]);
});

test('a lead with an odd name is greeted by it; one without a name by none', () => {
  const named = (firstName: string | null, lastName: string | null = null) =>
    proposalInputs({ lead: leadFacts({ firstName, lastName }) });
  for (const [first, greeting] of [
    ['Jean-Pierre', 'Hi Jean-Pierre,'],
    ['Ana María', 'Hola Ana,'],
    ["D'Arcy", 'Hi D’Arcy,'],
    ['Zoë', 'Hi Zoe\u0308,'],
    ['J.R.', 'Hi J.R.,'],
    ['李', '你好,'],
  ] as const)
    expect(codes({ body: `${greeting}\n\n${BODY.slice(9)}` }, named(first), 'block')).toEqual([]);
  expect(codes({ body: `Hi Ana,\n\n${BODY.slice(9)}` }, named(null), 'block')).toContain('wrong_name');
  expect(codes({ body: `Hello,\n\n${BODY.slice(9)}` }, named(null), 'block')).toEqual([]);
});

// Claims --------------------------------------------------------------------------------------------------------------------

const CLAIMS = [
  'It saves 15 % of the time.',
  'It saves 2% of the time.',
  'Crews drive 15 percent less.',
  'It costs $40 a month.',
  'It costs 40 euros a month.',
  'It costs €4,000 a year.',
  'It costs 4.000 € a year.',
  'Prices start at USD 12.',
  'Budget 20k EUR for it.',
  'We have 500 customers.',
  'We have 1,200+ happy customers.',
  'Over two hundred companies use it.',
  'Thousands of dispatchers trust it.',
  'It is 10x faster.',
  'It is three times faster.',
  'It is twice as quick.',
  'It cuts travel in half.',
  'One third fewer calls.',
  'Nine teams: 9 teams in 3 weeks.',
  'It pays off in 6 months.',
  'You save 5 hours a week.',
  'It works for 9 out of 10 planners.',
  'The offer ends on 30 November.',
  'The offer ends November 30th, 2026.',
  'It starts on 2026-12-01.',
  'It starts on 01.12.2026.',
  'We are number one in Europe.',
  'We are the #1 choice.',
  'Sixty percent agree.',
  'We raised 2 million dollars.',
  'It saves ₹5,000 a month.',
  'Es spart 15 Prozent.',
  'Wir haben 300 Kunden.',
];
test.for(CLAIMS)('a number that is not in the facts is shown: %s', (sentence) => {
  expect(codes({ body: withSentence(sentence) }, inputs, 'look')).toContain('claim_not_in_facts');
});

test.for([
  'We guarantee it.',
  'It is guaranteed to work.',
  'Entirely risk-free.',
  'There is no obligation.',
  'You get your money back; a money-back promise.',
  'Act now.',
  'A limited time offer.',
  'It is free.',
  'You get a free demo.',
  'It comes for free, no credit card.',
  'At no extra cost.',
  'Das ist kostenlos.',
  'C’est gratuit.',
  'A discount for you.',
  'It never fails.',
  'The best tool there is.',
  'It is proven.',
  'Garantiert pünktlich.',
])('a promise is shown: %s', (sentence) => {
  expect(codes({ body: withSentence(sentence) }, proposalInputs({ facts: [] }), 'look')).toContain('promise');
});

test.for([
  'It is clinically tested.',
  'It cures delays.',
  'The tool is GDPR-compliant.',
  'It is tax-free.',
  'The return on investment is high.',
  'We are ISO 27001 audited.',
])('a regulated topic is shown: %s', (sentence) => {
  expect(codes({ body: withSentence(sentence) }, inputs, 'look')).toContain('regulated_topic');
});

test('a claim of the facts list passes however it is spelt, and no part of it covers another', () => {
  expect(codes({ body: withSentence('Crews that plan in the evening drive 12 percent less.') })).toEqual([]);
  expect(codes({ body: withSentence('The trial is free for 30 days.') })).toEqual([]);
  for (const sentence of [
    'They drive 2% less.',
    'They drive 112% less.',
    'They drive 12.5% less.',
    'It takes 0 days.',
    'It takes 130 days.',
  ])
    expect(codes({ body: withSentence(sentence) })).toContain('claim_not_in_facts');
});

test('a finding quotes the sentence it is about', () => {
  const [finding] = emailFindings(
    { subject: 'One question', body: withSentence('First this. Then you save 40 % of it! And that.') },
    inputs,
  );
  expect(finding?.text).toBe('“Then you save 40 % of it”: 40 % is not in the facts list.');
});

// Form ----------------------------------------------------------------------------------------------------------------------

test.for([
  ['', 'subject_empty'],
  ['   ', 'subject_empty'],
  ['x'.repeat(121), 'subject_long'],
  ['One\nBcc: bob', 'subject_lines'],
  ['Re: our talk', 'fake_reply'],
  ['RE : our talk', 'fake_reply'],
  ['re[2]: our talk', 'fake_reply'],
  ['Fwd: our talk', 'fake_reply'],
  ['FW:our talk', 'fake_reply'],
  ['AW: unser Gespräch', 'fake_reply'],
  ['Antw: gesprek', 'fake_reply'],
  ['回复：问题', 'fake_reply'],
  ['Ｒｅ： our talk', 'fake_reply'],
  ['BUY NOW', 'subject_capitals'],
  ['LAST CHANCE FOR YOU', 'subject_capitals'],
  ['КУПИТЕ СЕЙЧАС', 'subject_capitals'],
  ['A\u200bquestion', 'invisible_characters'],
] as const)('the subject %j is blocked: %s', ([subject, code]) => {
  expect(codes({ subject }, inputs, 'block')).toContain(code);
});

test.for([
  'Regarding Monday',
  'Reply times, and what they hide',
  'IT & HR',
  'GDPR in the cab',
  'Forward planning',
  '你好',
])('the subject %j passes', (subject) => {
  expect(codes({ subject }, inputs, 'block')).toEqual([]);
});

test('a body of 19 words is too short and one of 401 too long; 20 and 400 are not', () => {
  const words = (n: number) => Array.from({ length: n }, (_, i) => ['we', 'plan', 'the', 'day'][i % 4]).join(' ');
  expect(codes({ body: words(19) })).toEqual(['body_short']);
  expect(codes({ body: words(401) })).toEqual(['body_long']);
  expect(codes({ body: words(20) })).toEqual([]);
  expect(codes({ body: words(400) })).toEqual([]);
});

test('bait for slow expressions is answered at once in number of steps: no input of 15,000 characters hangs', () => {
  for (const unit of [
    'a',
    '1 ',
    'a.',
    'a@',
    '[',
    '{',
    'www.',
    'https://',
    '1-(',
    'ignore ',
    '. ',
    '%a',
    '<a',
    'é',
    '@',
    '"',
    ' free',
    '12 ',
  ])
    expect(
      emailFindings({ subject: 'One question', body: unit.repeat(Math.floor(15_000 / unit.length)) }, inputs),
    ).toBeDefined();
});
