/** What the person looks at, and as whom; it lives in the address, so a page can be opened again as it was. */
export type Place = { kind: 'channel'; name: string } | { kind: 'home' } | { kind: 'mail'; id: string | null };

export type Address = { person: string; place: Place };

export function readAddress(hash: string): Address | null {
  const [person, first, second] = hash.replace(/^#\/?/, '').split('/').map(decode);
  if (!person || !first) return null;
  if (first === 'home') return { person, place: { kind: 'home' } };
  if (first === 'mail') return { person, place: { kind: 'mail', id: second ?? null } };
  return { person, place: { kind: 'channel', name: first } };
}

export function writeAddress({ person, place }: Address): string {
  const rest =
    place.kind === 'channel'
      ? encodeURIComponent(place.name)
      : place.kind === 'home'
        ? 'home'
        : ['mail', ...(place.id === null ? [] : [place.id])].join('/');
  return `#${person}/${rest}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
