import type { IncomingHttpHeaders } from 'node:http';

/**
 * The reason to refuse a request, if any. Only this machine can connect, but its browsers also run other
 * pages: a name of theirs that resolves to 127.0.0.1 shows in Host, a request of their scripts in Origin.
 */
export function refusalOf(headers: IncomingHttpHeaders, port: number): string | undefined {
  const { host, origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers;
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  // Browsers omit the port of HTTP.
  if (port === 80) hosts.push('127.0.0.1', 'localhost');
  if (host === undefined || !hosts.includes(host))
    return `this page is served to ${hosts.join(' and ')} only`;
  const isOther = origin !== undefined && !hosts.some((own) => origin === `http://${own}`);
  // A link may lead here, but no script or picture of another page.
  const isWithin = site !== undefined && site !== 'same-origin' && site !== 'none' && mode !== 'navigate';
  if (isOther || isWithin) return 'this page answers no other page';
  return undefined;
}

/**
 * The reason why a request is malformed, if any. Of a repeated header Node takes the first, while a proxy may
 * take another. Browsers never repeat one.
 */
export function malformationOf(rawHeaders: readonly string[]): string | undefined {
  const names = rawHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
  const twice = names.find((name, i) => names.indexOf(name) < i);
  return twice === undefined ? undefined : `the header ${twice} is given twice`;
}

/** Headers of every response. */
export const safeHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};
