/** Puts a link to this page, with this end, into the address bar and the clipboard. Returns a sentence on where it is. */
export async function share(end: string): Promise<string> {
  const address = new URL(end, location.href).href;
  history.replaceState(null, '', address);
  try {
    await navigator.clipboard.writeText(address);
    return 'the link is in the clipboard';
  } catch {
    return 'the link is in the address bar';
  }
}
