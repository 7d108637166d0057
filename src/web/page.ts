import { escapeHtml } from '../core/message.ts';
import type { WebResponse } from './route.ts';

const STYLE = `
:root { color-scheme: light dark; --ink: #1c1e21; --soft: #55595f; --ground: #f6f6f4; --card: #fff; --line: #dcdcd8; --key: #1f5fbf; --on-key: #fff }
@media (prefers-color-scheme: dark) { :root { --ink: #ececea; --soft: #b3b5b8; --ground: #191a1c; --card: #232528; --line: #3a3d41; --key: #8ab8ff; --on-key: #10203a } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px; background: var(--ground); color: var(--ink); font: 17px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif }
main { width: 100%; max-width: 30rem; padding: 2rem; background: var(--card); border: 1px solid var(--line); border-radius: 14px }
h1 { margin: 0 0 .6rem; font-size: 1.45rem; line-height: 1.25; text-wrap: balance }
p { margin: 0 0 1rem }
p:last-child { margin-bottom: 0 }
.soft { color: var(--soft); font-size: .92rem }
button { font: inherit; font-weight: 600; width: 100%; min-height: 48px; margin: .4rem 0 1.2rem; padding: .6rem 1rem; border: 0; border-radius: 10px; background: var(--key); color: var(--on-key); cursor: pointer }
button:focus-visible { outline: 3px solid var(--key); outline-offset: 3px }
`;

/** Markup that is safe to put into a page: made by `markup`, never from a bare string. */
export type Markup = { readonly html: string };

/** A template whose values are escaped, unless they are markup themselves. */
export function markup(pieces: TemplateStringsArray, ...values: ReadonlyArray<string | Markup>): Markup {
  const html = pieces.map((piece, i) => {
    const value = values[i];
    return piece + (value === undefined ? '' : typeof value === 'string' ? escapeHtml(value) : value.html);
  });
  return { html: html.join('') };
}

/** A small page that works without scripts, images or anything from elsewhere. */
export function page(status: number, title: string, content: Markup): WebResponse {
  const { html } = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>${title}</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
  return {
    status,
    headers: { 'Content-Type': 'text/html; charset=utf-8', 'X-Robots-Tag': 'noindex, nofollow' },
    body: html,
  };
}
