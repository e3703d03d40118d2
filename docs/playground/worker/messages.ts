/** Hears the messages of the page, one after the other. */
export function hear<Message>(take: (message: Message) => void): void {
  addEventListener('message', ({ data }: MessageEvent<Message>) => take(data));
}

/** Tells the page. */
export function tell<Message>(message: Message): void {
  postMessage(message);
}
