// Server-sent events (WHATWG HTML, 9.2) from bytes: EventSource can't send a token.

/** Takes text as it comes, in any pieces; calls back for each event. Pure but for that call. */
export function reader(take) {
  let rest = '';
  let event = { id: null, kind: 'message', data: [] };

  function line(text) {
    if (text === '') {
      if (event.data.length > 0)
        take({ id: event.id, kind: event.kind, data: event.data.join('\n') });
      event = { id: null, kind: 'message', data: [] };
      return;
    }
    const colon = text.indexOf(':');
    if (colon === 0)
      return; // a comment: it only says that the stream is there
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '');
    if (field === 'data')
      event.data.push(value);
    else if (field === 'id')
      event.id = value;
    else if (field === 'event')
      event.kind = value;
  }

  return text => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    for (const one of lines)
      line(one.endsWith('\r') ? one.slice(0, -1) : one);
  };
}

/** Follows a stream to its end. */
export async function follow(bytes, take) {
  const feed = reader(take);
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await bytes.read();
    if (done)
      return;
    feed(decoder.decode(value, { stream: true }));
  }
}
