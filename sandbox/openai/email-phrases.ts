/**
 * The sentences drafts are made of. A phrase is used only when every {slot} in it is known, so a lead with gaps gets
 * a plainer mail and never an empty slot. None of them states a fact of its own: facts come from the prompt's list.
 */
export type Phrases = readonly string[];

export const OPENINGS_FIRST: Phrases = [
  'Thank you for {doing}. I kept the part that should matter at {company} short.',
  'You {did} the other day, and I wondered what made {company} look into {topic} at this moment.',
  'When somebody from {industry} shows an interest in {topic}, there is usually a concrete week behind it that went wrong. I would be curious about yours at {company}.',
  'Thanks for {doing}. Rather than send you a brochure, I picked one thing that seems to fit {company}.',
  'Most people who ask us about {topic} have a board full of jobs and a phone that keeps changing it. If that sounds like {company}, this note is for you.',
  'A short note, since you {did}. I read a little about {company} before writing, so that this is not the mail everybody gets.',
  'It is good to see {company} among the readers of our work on {topic}.',
  'You {did}, and people in {industry} tend to do that for one of two reasons: too many changes in a day, or too few hands. I wonder which it is at {company}.',
  'I am writing because you {did}. A calmer plan of the day is worth more than one more tool, and I would guess that {company} sees it the same way.',
  'Before your week fills up: you {did}, and there is one point that is easy to miss and that may be useful at {company}.',
  'Thank you for your interest in {topic}. I would rather ask one good question than send you ten pages.',
  'Thank you for your interest. I know how full a day can be, so here is one thought only, and a question you are free to ignore.',
];

/** For a trade of which the templates know what a bad day looks like. */
export const OPENINGS_TRADE: Phrases = [
  'Thank you for {doing}. In {industry}, {scene}, and I imagine that {company} knows that kind of day.',
  'You {did}, and I thought of {company} at once: in {industry}, {scene}.',
  'Since you {did}, let me guess at the reason: {scene}. If it is another one at {company}, I would like to hear it.',
  'Thanks for {doing}. Planning {industry} is its own craft, because {scene}, and I doubt that {company} is spared.',
];

export const OPENINGS_FOLLOW_UP: Phrases = [
  'I wrote to you a little while ago about {topic}, and I would like to add one thing that I left out.',
  'Coming back to my last mail: I asked about the working day at {company}, and I realise that was a broad question. Here is a narrower one.',
  'You may have been busy when my first note came, which would fit what I hear from everybody in {industry}. So this one is shorter.',
  'A second and more practical thought for {company}, after you {did}.',
  'No answer is an answer too, so I will keep this brief. One more point on {topic}, in case it helps at {company}.',
  'Last time I wrote about the plan; this time it is about what happens when the plan breaks.',
  'I promised myself not to send {company} reminders for the sake of reminding. This is something new, and it is short.',
  'Picking up the thread about {topic}: there is one small thing that I did not mention, and it might suit {company}.',
  'My last mail was about the general idea. Here is a part that one could try on a single day.',
  'I will not write about this for ever. One more useful thing about {topic} first, and then it is your turn.',
  'A short follow-up from me, with one thing that did not fit into my last mail.',
];

/** Each carries one allowed claim. */
export const MIDDLES_WITH_FACT: Phrases = [
  'Here is the one thing I would look at for {company}. {fact}',
  'If you keep one line of this mail, keep this one. {fact}',
  '{fact} You can judge better than I can what that would mean at {company}.',
  'Rather than a long list, one point. {fact}',
  'There is a short version. {fact} And there is a long one, which is better told with your own day on the table.',
  '{fact} I would be interested whether that is where it hurts at {company}, or somewhere else.',
  'This is the point I would pass on to a colleague in {industry}. {fact}',
  'The useful part, without the wrapping. {fact}',
  'I would put it like this. {fact} Whether that is worth an hour of your time is for you to say.',
  'What I would want to know in your place is quickly said. {fact}',
];

/** For prompts that allow no claims at all. */
export const MIDDLES_WITHOUT_FACT: Phrases = [
  'What I would look at first is who may change the plan during the day, and whether the people on the road hear of it. It costs nothing to write down, and it usually shows where the hours go.',
  'A useful exercise for {company}: take yesterday, and mark every job that moved after nine in the morning. The pattern tends to say more than any report.',
  'I would begin with the dispatcher and not with the software. Whoever holds the board knows which rules are real, and which ones exist on paper only.',
  'One small step that needs no project: agree on the two kinds of job that may interrupt a day, and let everything else wait until tomorrow.',
  'In {industry} the question is seldom whether the plan is good, and nearly always how quickly it can be mended. That is the part I would measure.',
  'It helps to separate promises to customers from preferences of the office. Once they stand in two columns, a plan becomes much easier to change.',
];

export const LINK_LINES: Phrases = [
  'More on that here: {link}',
  'If you would like to look closer: {link}',
  'The details are here: {link}',
  'For when you have a quiet moment: {link}',
  'This is the page I mean: {link}',
];

export const CLOSINGS_FIRST: Phrases = [
  'How do you handle a job that comes in at eleven for the same day?',
  'What would have to be different at {company} for a plan to last until the afternoon?',
  'Would it help if I sent you two questions that other planners begin with?',
  'Who at {company} decides today which job can wait?',
  'Is this a topic for you this quarter, or should I get back to you another time?',
  'What made you look into {topic} just now?',
  'Does that match what you see at {company}, or is your bottleneck somewhere else?',
  'If you could change one hour of the working day, which one would it be?',
  'May I ask how you plan the day at present: a board, a spreadsheet, or somebody who keeps it all in their head?',
  'Would a short call be of use, or would you rather have it in writing?',
  'Which part of {topic} costs you the most patience?',
  'What does a good Monday look like for your team?',
];

export const CLOSINGS_FOLLOW_UP: Phrases = [
  'Would it be worth a few minutes, or is this simply not the moment?',
  'Is somebody else at {company} the better person to ask?',
  'Shall I leave it here, or would an example from {industry} be of use?',
  'If you tried it for one day, which crew would you take?',
  'Would you like me to send the short checklist that goes with it?',
  'What would you need to see before this becomes interesting for {company}?',
  'A one-word answer is fine: now, later, or never?',
  'Has anything changed in the way you plan since you first looked into this?',
  'Would next month suit you better?',
  'Does it sound like something your dispatchers would welcome?',
  'Which of the two would help you more: an example, or a conversation?',
  'Should I ask again in the spring, or is {topic} settled for you?',
];

export const SUBJECTS_FIRST: Phrases = [
  '{topic} at {company}',
  'A question about the working day at {company}',
  'One thing from the paper, for {company}',
  'When the plan meets the morning',
  'Your interest in {topic}',
  '{first}, a question about {topic}',
  'What changes after nine o’clock',
  'A calmer day at {company}?',
  '{company}, and the job that comes in at eleven',
  '{topic}, in two minutes',
  'Thank you for your interest',
];

export const SUBJECTS_FOLLOW_UP: Phrases = [
  'One more thought on {topic}',
  'A smaller question for {company}',
  'What I left out last time',
  '{first}, one thing to try for a day',
  'When the plan breaks',
  'Still a topic at {company}?',
  'The practical half',
  'A second thought, and a shorter one',
  'Worth trying on one day?',
  'Shall I leave it here?',
];
