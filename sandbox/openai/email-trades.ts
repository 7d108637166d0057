import type { LeadFacts } from './lead-facts.ts';

/** What a bad day looks like in a trade, as half a sentence, and a question that only somebody of that trade can answer. */
export type Trade = { scene: string; question: string };

const TRADES: ReadonlyArray<[RegExp, Trade]> = [
  [
    /elevator|escalator|\blift/i,
    {
      scene: 'one person stuck between two floors moves every other job of the day',
      question: 'When somebody is stuck in a lift, who decides which of the other jobs has to wait?',
    },
  ],
  [
    /hvac|heating|cooling|refrigerat|chill/i,
    {
      scene: 'the first really hot or cold morning fills the board before anybody has had a coffee',
      question: 'When everything fails on the same cold morning, how do you choose who waits?',
    },
  ],
  [
    /plumb|drain|water|pump/i,
    {
      scene: 'a burst pipe at eight decides who is not visited at four',
      question: 'How do you tell the four o’clock customer that the van is somewhere else?',
    },
  ],
  [
    /solar|roof|wind/i,
    {
      scene: 'the weather has the last word on every plan',
      question: 'What do your crews do when the weather turns at noon?',
    },
  ],
  [
    /pest|clean|landscap|garden/i,
    {
      scene: 'one locked gate in the morning shifts every stop behind it',
      question: 'What happens to the rest of a round when the first customer is not there?',
    },
  ],
  [
    /alarm|security|fire/i,
    {
      scene: 'a false alarm takes as much out of a day as a real one',
      question: 'How much of a day do you keep open for the calls nobody planned?',
    },
  ],
  [
    /medical|laborator/i,
    {
      scene: 'a device that stands still cannot wait for the next gap in the calendar',
      question: 'How do you find the technician who is trained on exactly the device that stands still?',
    },
  ],
  [
    /telecom|electri|energy|utilit|gas|power/i,
    {
      scene: 'one outage sweeps everything else off the board',
      question: 'After an outage, how long does it take until the old plan is back on its feet?',
    },
  ],
  [
    /facilit|appliance|repair|mainten/i,
    {
      scene: 'the part that is not in the van costs more than the drive',
      question: 'How does the office know today which parts are in which van?',
    },
  ],
  [
    /rental|construct|logistic/i,
    {
      scene: 'a machine that is late at one site is late at the next one too',
      question: 'Who notices first that a machine will be late: your office or your customer?',
    },
  ],
];

export function tradeOf({ industry }: LeadFacts): Trade | null {
  return industry === null ? null : (TRADES.find(([pattern]) => pattern.test(industry))?.[1] ?? null);
}

/** What somebody noted about a lead, answered in a sentence. None of them says anything about a product. */
const REMARKS: ReadonlyArray<[RegExp, string]> = [
  [
    /subcontract/i,
    'You asked about subcontractors, and I have not forgotten it: that one deserves an answer in person.',
  ],
  [/whiteboard/i, 'A whiteboard is an honest tool, by the way, as long as nobody has to read it from the road.'],
  [/on a phone/i, 'You wanted to see things on a phone, so I would begin there and leave the desk for later.'],
  [/cancell/i, 'You were with us when we spoke about late cancellations, so I leave those out here.'],
  [/referred|recommended/i, 'I was glad to hear that somebody pointed you our way.'],
  [/checklist|nine questions/i, 'The checklist that you asked about is in the paper.'],
  [
    /two sites|one dispatcher each/i,
    'With a dispatcher at each site, I would look first at what happens between the two.',
  ],
  [
    /payroll/i,
    'You do dispatch and a good deal more besides, so I will keep this to what you can read between two calls.',
  ],
  [/second time|again/i, 'You came back for it a second time, which makes me curious.'],
];

/** The remark that fits the lead's notes; what looks like an order to a machine is not a note. */
export function remarkOn(facts: LeadFacts, instructions: readonly string[]): string | null {
  const notes = facts.all.filter(
    ({ name, value }) => /^(notes?|comment)$/i.test(name) && !instructions.includes(value),
  );
  const text = notes.map(({ value }) => value).join(' ');
  return REMARKS.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}

const LEGAL_FORM =
  /,?\s+(?:GmbH(?: & Co\. KG)?|AG|AB|AS|Oy|A\/S|ApS|B\.?V\.?|Ltd\.?|Limited|LLC|Inc\.?|Corp\.?|PLC|S\.?A\.?|S\.?L\.?|S\.p\.A\.?|S\.à r\.l\.|s\.r\.o\.|Sp\. z o\.o\.|d\.o\.o\.)$/iu;

/** A firm's name as one says it: `Serwis Wisła` and not `Serwis Wisła Sp. z o.o.`. */
export function spokenName(company: string): string {
  return company.replace(LEGAL_FORM, '');
}
