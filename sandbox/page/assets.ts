import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type Asset = { type: string; body: string; etag: string };

const CLIENT = join(dirname(fileURLToPath(import.meta.url)), 'client');
const require = createRequire(import.meta.url);

/** Where the browser finds the few packages it needs: their own files, served as they are. */
const PACKAGES: Record<string, () => string> = {
  preact: () => join(dirname(require.resolve('preact')), 'preact.module.js'),
  'preact/hooks': () => join(dirname(require.resolve('preact/hooks')), 'hooks.module.js'),
  htm: () => join(dirname(require.resolve('htm')), 'htm.module.js'),
  'htm/preact': () => join(dirname(require.resolve('htm/preact')), 'index.module.js'),
};

const addressOf = (name: string): string => `/page/packages/${name.replace('/', '-')}.js`;
const IMPORT_MAP = JSON.stringify({
  imports: Object.fromEntries(Object.keys(PACKAGES).map((name) => [name, addressOf(name)])),
});
const IMPORT_MAP_HASH = createHash('sha256').update(IMPORT_MAP).digest('base64');

/**
 * Only what this server sends may run or load; pictures may also come from the app beside it. The import map is the
 * one inline script, allowed by its hash.
 */
export const PAGE_POLICY = [
  `default-src 'none'`,
  `script-src 'self' 'sha256-${IMPORT_MAP_HASH}'`,
  `style-src 'self'`,
  `img-src 'self' data: http://127.0.0.1:* http://localhost:*`,
  `connect-src 'self'`,
  `frame-src 'self'`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ');

const DOCUMENT = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Countersign sandbox</title>
<link rel="icon" href="/page/icon.svg">
<link rel="stylesheet" href="/page/style.css">
<script type="importmap">${IMPORT_MAP}</script>
<script type="module" src="/page/main.ts"></script>
</head>
<body><div id="root"><p class="starting">Opening the workspace …</p></div><noscript><p class="starting">This page needs JavaScript.</p></noscript></body>
</html>
`;

const TYPES: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  ts: 'text/javascript; charset=utf-8',
};

/** Every file of the page by its address, read once. The TypeScript of the page loses its types here; nothing is built. */
export async function loadAssets(): Promise<Map<string, Asset>> {
  const assets = new Map<string, Asset>([['/', asset('text/html; charset=utf-8', DOCUMENT)]]);
  for (const name of await readdir(CLIENT)) {
    const extension = name.split('.').at(-1) ?? '';
    const type = TYPES[extension];
    if (type === undefined) continue;
    const text = await readFile(join(CLIENT, name), 'utf8');
    assets.set(`/page/${name}`, asset(type, extension === 'ts' ? withoutTypes(text) : text));
  }
  for (const [name, path] of Object.entries(PACKAGES)) {
    const text = await readFile(path(), 'utf8');
    assets.set(
      addressOf(name),
      asset('text/javascript; charset=utf-8', text.replace(/\/\/# sourceMappingURL=.*$/m, '')),
    );
  }
  return assets;
}

/** Node announces that stripping is young each time a process does it first; a person who starts the sandbox need not read that. */
function withoutTypes(source: string): string {
  const announce = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(source, { mode: 'strip' }).replaceAll(/[ \t]+$/gm, '');
  } finally {
    process.emitWarning = announce;
  }
}

function asset(type: string, body: string): Asset {
  return { type, body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 20)}"` };
}
