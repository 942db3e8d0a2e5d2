// What the page asks the node for: this one alone, by its API.

const place = 'roj.token';
const patienceMs = 4000;

let token = recall();

/** That the node wants a token, or another one. */
export class Denied extends Error {
  constructor(detail, isTooOften) {
    super(detail);
    this.isTooOften = isTooOften;
  }
}

/** Shows this token from now on; kept until the tab is closed. */
export function show(text) {
  token = text.trim();
  try {
    sessionStorage.setItem(place, token);
  } catch {
    // Not allowed here: then until the page is loaded again.
  }
}

export const hasToken = () => token !== '';

/** Everything that is shown, at one moment. */
export async function overview() {
  const answer = await ask('/api/v1/overview', {}, AbortSignal.timeout(patienceMs));
  return await answer.json();
}

/** The stream of events after a number, as a reader of its bytes; 0 for all that are remembered. */
export async function stream(after, signal) {
  const headers = { Accept: 'text/event-stream' };
  if (after > 0)
    headers['Last-Event-ID'] = String(after);
  const answer = await ask('/api/v1/events', headers, signal);
  return answer.body.getReader();
}

async function ask(path, headers, signal) {
  if (token)
    headers.Authorization = `Bearer ${token}`;
  const answer = await fetch(path, { headers, signal, cache: 'no-store', credentials: 'omit', redirect: 'error' });
  if (answer.ok)
    return answer;
  const detail = await answer.json().then(problem => problem.detail, () => answer.statusText);
  if (answer.status === 401 || answer.status === 429)
    throw new Denied(detail, answer.status === 429);
  throw new Error(detail);
}

function recall() {
  try {
    return sessionStorage.getItem(place) ?? '';
  } catch {
    return '';
  }
}
