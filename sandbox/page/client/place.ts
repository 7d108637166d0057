/** What the person looks at, and as whom; it lives in the address, so a page can be opened again as it was. */
export type Place =
  /** `name`: a channel's name, or the id of a direct message. `thread`: the message whose thread is open beside it. */
  { kind: 'channel'; name: string; thread: string | null } | { kind: 'home' } | { kind: 'mail'; id: string | null };

export type Address = { person: string; place: Place };

export const channelPlace = (name: string, thread: string | null = null): Place => ({ kind: 'channel', name, thread });

export function readAddress(hash: string): Address | null {
  const [person, first, second] = hash.replace(/^#\/?/, '').split('/').map(decode);
  if (!person || !first) return null;
  if (first === 'home') return { person, place: { kind: 'home' } };
  if (first === 'mail') return { person, place: { kind: 'mail', id: second ?? null } };
  return { person, place: channelPlace(first, second ?? null) };
}

export function writeAddress({ person, place }: Address): string {
  return `#${[person, ...partsOf(place)].join('/')}`;
}

function partsOf(place: Place): string[] {
  switch (place.kind) {
    case 'channel':
      return [encodeURIComponent(place.name), ...(place.thread === null ? [] : [place.thread])];
    case 'home':
      return ['home'];
    case 'mail':
      return ['mail', ...(place.id === null ? [] : [place.id])];
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
