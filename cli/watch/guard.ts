import type { IncomingHttpHeaders } from 'node:http';

/**
 * Why a request is refused, or nothing. The address is this machine's own, but a browser on it also runs the pages of others: a name
 * of theirs that leads to 127.0.0.1 shows in Host, a request from one of their scripts in Origin.
 */
export function refusalOf(headers: IncomingHttpHeaders, port: number): string | undefined {
  const { host, origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers;
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  // Browsers leave the port of HTTP out.
  if (port === 80) hosts.push('127.0.0.1', 'localhost');
  if (host === undefined || !hosts.includes(host)) return `this page is served to ${hosts.join(' and ')} only`;
  const isOther = origin !== undefined && !hosts.some((own) => origin === `http://${own}`);
  // A link may lead here; a script or a picture of another page may not.
  const isWithin = site !== undefined && site !== 'same-origin' && site !== 'none' && mode !== 'navigate';
  if (isOther || isWithin) return 'this page answers no other page';
  return undefined;
}

/**
 * Why a request is malformed, or nothing: of a header that is given twice, Node takes the first, and what stands before or behind it may take
 * the other. No browser sends one twice.
 */
export function malformationOf(rawHeaders: readonly string[]): string | undefined {
  const names = rawHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
  const twice = names.find((name, i) => names.indexOf(name) < i);
  return twice === undefined ? undefined : `the header ${twice} is given twice`;
}

/** Sent with everything. */
export const safeHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};
