/** Realistic drafts, put together from sentences people really send: numbers, times, names, file names and odd words among them. */
const GREETINGS = [
  'Hi Ana,',
  'Hello Ana,',
  'Dear Ms. Petrov,',
  'Hi Ana –',
  'Good morning Ana,',
  'Hello,',
  'Dear Ana Petrov,',
  'Hi there,',
  'Hey Ana!',
  'Good afternoon,',
];
const OPENINGS = [
  'Thank you for downloading our paper the other day. I kept this short, since I know how full a Monday can be.',
  'You looked at the planning guide on Tuesday at 9:40 a.m., and I wondered which page you opened first.',
  'I saw that Nordwind Logistik runs crews out of 3 depots, e.g. the one near Bremen, so mornings must be lively.',
  'Somebody with your job usually reads about routing with a certain day in mind, i.e. the one that went wrong.',
  'It was good to see Nordwind Logistik among the readers of our work on dispatching.',
  'Your question about shifts (the one from the webinar) stayed with me, so here is a better answer than I gave then.',
  'When we met at the fair in Hall 4, you mentioned that the evening plan rarely survives until noon.',
  'As Head of Operations you will know the feeling: the board looks fine at 7:30 and is history at 8:15.',
  'I am writing because you asked for the checklist; I feel it is best read with a cup of coffee and a red pen.',
  'Please feel free to pass this on to whoever holds the board. It is written for the person with the telephone.',
];
const MIDDLES = [
  'Crews that plan in the evening drive 12% less. That sounds small, and it decides how the afternoon goes.',
  'The paper has a checklist of 9 questions. Number 4 is the one people forward to their colleagues.',
  'Most plans fail for the same dull reason: nobody knows who may change them after nine o’clock.',
  'The data: what moved, when, and who knew of it. Three columns in a notebook will do for the first try.',
  'The null hypothesis, if you like, is that nothing changes; the exercise on page 12 is a way to find out.',
  'Take yesterday, mark every job that moved after 9:00, and look for a pattern. It takes about 20 minutes.',
  'If an export helps, a plain file such as jobs.csv or plan-2026.xlsx is all the tool needs to begin with.',
  'Whether you use SAP, a Node.js script or a whiteboard matters less than who may write on it.',
  'In our experience roles stay undefined until somebody writes two names next to each kind of job.',
  'What I would look at first is plain: who may interrupt a day, and whether the crews hear of it in time.',
];
const LINK_LINES = [
  'The part I mean is here: https://www.fieldplan.example/paper.',
  'You can find it here (https://www.fieldplan.example/paper), on page 7.',
  'Here is the page: https://fieldplan.example/demo?ref=nurture',
  '',
];
const CLOSINGS = [
  'How do you handle a job that comes in at eleven for the same day?',
  'Would a 15 minute call on Thursday help, or would you rather have it in writing?',
  'Is this a topic for you this quarter, or should I get back to you another time?',
  'If you could change one hour of the working day, which one would it be?',
  'Who at Nordwind Logistik decides today which job can wait?',
  'Does that match what you see, or is your bottleneck somewhere else entirely?',
  'A one-word answer is fine: now, later, or never?',
];
const SIGN_OFFS = ['Mara Lind', 'Best regards,\nMara Lind', 'Kind regards\nMara', 'Thanks,\nMara Lind', '— Mara'];
const SUBJECTS = [
  'A question about the working day',
  'Ana, one thing from the paper',
  'When the plan meets the morning',
  'Page 12, and why I like it',
  'Route planning at Nordwind Logistik',
  '[Webinar] What we did not get to',
  'A calmer Monday?',
  'IT & dispatch: who decides?',
  'What changes after 9 a.m.',
  'Your checklist',
];

export type CleanDraft = { subject: string; body: string };

/** `count` different drafts; strides that share no factor with the lists' lengths walk through their combinations. */
export function cleanDrafts(count: number): CleanDraft[] {
  const at = <T>(list: readonly T[], i: number): T => {
    const item = list[i % list.length];
    if (item === undefined) throw new Error('an empty list has no sentences');
    return item;
  };
  return Array.from({ length: count }, (_, i) => ({
    subject: at(SUBJECTS, i * 3 + Math.floor(i / 10)),
    body: [
      at(GREETINGS, i + Math.floor(i / 30)),
      at(OPENINGS, i * 7 + Math.floor(i / 10)),
      at(MIDDLES, i * 3 + Math.floor(i / 20)),
      at(LINK_LINES, i + Math.floor(i / 4)),
      at(CLOSINGS, i * 5),
      at(SIGN_OFFS, i * 2 + Math.floor(i / 5)),
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
  }));
}
