import type { Route } from './route.ts';

export type Match =
  | { type: 'route'; route: Route; params: Record<string, string> }
  | { type: 'method'; allow: string }
  | { type: 'none' };

export type Router = (method: string, path: string) => Match;

/** Throws for two routes of the same method and path. */
export function createRouter(routes: readonly Route[]): Router {
  const table = routes.map((route) => ({ route, parts: route.path.split('/') }));
  const seen = new Set<string>();
  for (const { method, path } of routes) {
    const key = `${method} ${path.replace(/:[^/]+/g, ':')}`;
    if (seen.has(key)) throw new Error(`there are two routes ${method} ${path}`);
    seen.add(key);
  }
  return (method, path) => {
    const given = path.split('/');
    const fitting = table.flatMap(({ route, parts }) => {
      const params = match(parts, given);
      return params === null ? [] : [{ route, params }];
    });
    if (fitting.length === 0) return { type: 'none' };
    const wanted = method === 'HEAD' ? 'GET' : method;
    const found = fitting.find(({ route }) => route.method === wanted);
    if (found) return { type: 'route', ...found };
    const methods = new Set(
      fitting.flatMap(({ route }) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method])),
    );
    return { type: 'method', allow: [...methods].toSorted().join(', ') };
  };
}

function match(parts: readonly string[], given: readonly string[]): Record<string, string> | null {
  if (parts.length !== given.length) return null;
  // No prototype: a parameter is whatever the route calls it, and nothing else is there to be found.
  const params: Record<string, string> = Object.create(null);
  for (const [i, part] of parts.entries()) {
    const text = given[i] ?? '';
    if (!part.startsWith(':')) {
      if (part !== text) return null;
      continue;
    }
    const value = decode(text);
    if (value === null || value === '') return null;
    params[part.slice(1)] = value;
  }
  return params;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
