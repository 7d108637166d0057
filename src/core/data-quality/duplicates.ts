import { accountDomain } from '../email-address.ts';
import { isRoleAddress, mailboxKey } from './addresses.ts';
import { isMissing } from './placeholders.ts';

/** A lead as the search for duplicates sees it; `ref` is what people know it by: a line of a file, an id. */
export type DuplicateCandidate = { ref: string; email: string | null; values: Readonly<Record<string, string>> };

export type DuplicateGroup = {
  /** At least two, in the order given. */
  refs: string[];
  emails: string[];
  /** `mailbox`: spellings of one address. `name_and_company`, `name_and_domain`, `phone`: one person at several addresses. */
  because: Array<'mailbox' | 'name_and_company' | 'name_and_domain' | 'phone'>;
};

type Because = DuplicateGroup['because'][number];

const PHONES = ['phone', 'phone_number', 'mobile', 'mobilephone', 'mobile_phone', 'telephone', 'phone number'];
/** A key that so many leads share is a switchboard or a filler, and no person. */
const MOST_SHARING = 10;

/**
 * Leads that are probably one person: one mailbox in several spellings, the same full name at the same company or company
 * domain, or the same telephone number with the same name. Linked through others they are one group.
 */
export function findDuplicates(leads: readonly DuplicateCandidate[]): DuplicateGroup[] {
  const byKey = new Map<string, { because: Because; members: number[] }>();
  for (const [i, lead] of leads.entries())
    for (const [because, key] of keysOf(lead)) {
      const whole = `${because}\n${key}`;
      const known = byKey.get(whole) ?? { because, members: [] };
      known.members.push(i);
      byKey.set(whole, known);
    }
  const parents = leads.map((_, i) => i);
  const rootOf = (i: number): number => {
    let at = i;
    while (parents[at] !== at) {
      parents[at] = parents[parents[at] ?? at] ?? at;
      at = parents[at] ?? at;
    }
    return at;
  };
  const links = [...byKey.values()].filter(({ members }) => members.length > 1 && members.length <= MOST_SHARING);
  for (const { members } of links) {
    const [first = 0, ...more] = members;
    for (const member of more) {
      const [a, b] = [rootOf(first), rootOf(member)];
      parents[Math.max(a, b)] = Math.min(a, b);
    }
  }
  const groups = new Map<number, { members: Set<number>; because: Set<Because> }>();
  for (const { because, members } of links) {
    const root = rootOf(members[0] ?? 0);
    const group = groups.get(root) ?? { members: new Set(), because: new Set() };
    for (const member of members) group.members.add(member);
    group.because.add(because);
    groups.set(root, group);
  }
  return [...groups.values()].map(({ members, because }) => {
    const sorted = [...members].toSorted((a, b) => a - b).map((i) => leads[i]);
    return {
      refs: sorted.flatMap((lead) => (lead ? [lead.ref] : [])),
      emails: sorted.flatMap((lead) => (lead?.email ? [lead.email] : [])),
      because: [...because].toSorted(),
    };
  });
}

function keysOf({ email, values }: DuplicateCandidate): Array<[Because, string]> {
  const keys: Array<[Because, string]> = [];
  if (email !== null) keys.push(['mailbox', mailboxKey(email)]);
  const text = (name: string): string => {
    const raw = Object.hasOwn(values, name) ? (values[name] ?? '') : '';
    return isMissing(raw, name) ? '' : folded(raw);
  };
  const [first, last] = [text('first_name'), text('last_name')];
  if (first === '' || last === '') return keys;
  const name = `${first}\n${last}`;
  const company = text('company').replace(/ (?:inc|llc|ltd|gmbh|ag|sa|sas|srl|bv|plc|corp|co|kg|se|ab|oy|as)$/, '');
  if (company !== '') keys.push(['name_and_company', `${name}\n${company}`]);
  const domain = email === null ? null : accountDomain(email.slice(email.lastIndexOf('@') + 1).toLowerCase());
  if (domain !== null && email !== null && !isRoleAddress(email)) keys.push(['name_and_domain', `${name}\n${domain}`]);
  const phone = PHONES.map((each) => (values[each] ?? '').replaceAll(/\D/g, '')).find((digits) => digits.length >= 7);
  if (phone !== undefined) keys.push(['phone', `${name}\n${phone.slice(-9)}`]);
  return keys;
}

/** Without case, accents and punctuation. */
function folded(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
