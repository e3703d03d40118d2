import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';

/** The links within a built site whose page or heading does not exist, as sentences. */
export function brokenLinks(site) {
  const pages = readdirSync(site, { recursive: true })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.html') && !file.startsWith('playground/'));
  const texts = new Map(pages.map((page) => [page, readFileSync(join(site, page), 'utf8')]));
  const ids = new Map([...texts].map(([page, text]) => [page, idsOf(text)]));
  return [...texts].flatMap(([page, text]) =>
    [...new Set([...text.matchAll(/<a [^>]*href="([^"]+)"/g)].map(([, href]) => href))].flatMap((href) => {
      if (/^[a-z]+:/.test(href)) return [];
      const [path, anchor] = href.split('#');
      const target = path === '' ? page : resolved(site, page, path);
      if (target === undefined) return [`${page}: ${href} leads to no file`];
      const isFound = !anchor || !ids.has(target) || ids.get(target).has(decodeURIComponent(anchor));
      return isFound ? [] : [`${page}: ${href} leads to no heading`];
    }),
  );
}

function resolved(site, page, path) {
  const absolute = path.startsWith('/') ? path.slice(1) : posix.join(posix.dirname(page), path);
  const file = decodeURIComponent(absolute);
  return [file, posix.join(file, 'index.html'), `${file}.html`].find(
    (each) => existsSync(join(site, each)) && statSync(join(site, each)).isFile(),
  );
}

function idsOf(text) {
  return new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
}
