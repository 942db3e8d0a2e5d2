// Numbers, times and events, as people say them.

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** 1536 is 1.5 KiB. */
export function size(bytes) {
  let unit = 0;
  for (; bytes >= 1024 && unit < units.length - 1; unit++)
    bytes /= 1024;
  return `${unit > 0 && bytes < 10 ? bytes.toFixed(1) : Math.round(bytes)} ${units[unit]}`;
}

/** 10412 is 10 412, with a thin space that does not break. */
export const count = number => String(number).replace(/\B(?=(\d{3})+$)/g, '\u202f');

/** 75 is 1 min 15 s. */
export function span(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60)
    return `${s} s`;
  if (s < 3600)
    return s % 60 === 0 ? `${s / 60} min` : `${Math.floor(s / 60)} min ${s % 60} s`;
  return s < 86400 ? `${Math.floor(s / 3600)} h ${Math.floor(s % 3600 / 60)} min`
    : `${Math.floor(s / 86400)} d ${Math.floor(s % 86400 / 3600)} h`;
}

/** How long ago, in as few letters as there are. */
export function ago(seconds) {
  if (seconds === undefined)
    return '–'; // not known for that moment
  if (seconds === null)
    return 'never';
  return seconds < 10 ? `${seconds.toFixed(1)} s` : span(seconds);
}

/** 14:03:22, here. */
export const clock = time => new Date(time).toLocaleTimeString('en-GB', { hour12: false });

/** What an event says, in one line. */
export function say(event) {
  const data = event.data ?? {};
  const name = data.name ?? (event.node ? event.node.slice(0, 8) : '');
  switch (event.kind) {
    case 'member.alive': return data.before && data.before !== 'alive' ? `${name} is back` : `${name} is here`;
    case 'member.suspect': return `${name} does not answer: suspect`;
    case 'member.dead': return `${name} is dead`;
    case 'member.left': return `${name} has left`;
    case 'member.evicted': return `${name} was evicted`;
    case 'member.changed': return `${name} says something new of itself`;
    case 'member.forgotten': return `${name} is forgotten`;
    case 'refuted': return `this node was called ${data.state ?? 'gone'}, and said otherwise`;
    case 'file.shared': return `${name} is shared here`;
    case 'file.wanted': return data.name ? `${name} is wanted here` : 'a file is wanted here';
    case 'file.complete': return `${name} is complete here`;
    case 'file.failed': return `${name} was given up here`;
    case 'file.removed': return `${name} is shared no more`;
    case 'page.restarted': return 'this node has begun a new life';
    case 'page.missed': return `${count(data.missed)} events were missed`;
    default: return data.message ?? event.kind;
  }
}

/** How an event is drawn: good, bad, crown, file, or quiet. */
export function tone(event) {
  const kind = event.kind;
  if (kind === 'leader.changed')
    return 'crown';
  if (kind === 'member.dead' || kind === 'member.suspect' || kind === 'member.evicted' || kind === 'token.lost' || kind === 'file.failed')
    return 'bad';
  if (kind === 'member.alive' || kind === 'file.complete')
    return 'good';
  if (kind.startsWith('file.'))
    return 'file';
  return kind === 'member.left' || kind === 'page.restarted' || kind === 'page.missed' ? 'plain' : 'quiet';
}

/** Whether it is left out unless everything is wanted: a node that says something new of itself is no news to most. */
export const isSmall = event => event.kind === 'member.changed' || event.kind === 'election.step' || event.kind === 'token.step';

/** Whether it is worth being read out. */
export const isWorthSaying = event => ['crown', 'bad', 'good', 'plain'].includes(tone(event));
