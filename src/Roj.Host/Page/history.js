// The last ten minutes as frames. Pure. A frame shares with the one before it whatever is as it was: ten minutes of 300 nodes are
// a few megabytes, not a hundred.

export const spanMs = 10 * 60 * 1000;
export const paceMs = 950; // between frames that are kept: one a second, with a little slack
const sinceSlackMs = 1500; // "since" comes rounded, by way of a clock that ticks on

/** What the node said, as a frame. */
export function frameOf(view, before) {
  const time = Date.parse(view.time);
  const known = new Map(before ? before.nodes.map(node => [node.id, node]) : []);
  return {
    time,
    self: view.self.id,
    cluster: view.self.cluster,
    mode: view.self.mode,
    uptime: view.self.uptimeSeconds,
    nodes: view.nodes.map(node => nodeOf(node, time, known.get(node.id))),
    heard: view.nodes.map(node => node.heardSeconds),
    leader: leaderOf(view.leader, before?.leader),
    tokens: view.tokens.map(({ token, digits }) => ({
      name: token.name, holder: token.holder, progress: token.progress, epoch: token.epoch, sequence: token.sequence,
      work: token.work, note: token.note, digits,
    })),
    store: storeOf(view.store, before?.store),
    files: view.files.map(file => fileOf(file, before?.files.find(other => other.id === file.id))),
    fileCount: view.fileCount,
  };
}

/** The frames with one more; what is older than ten minutes goes. */
export function keep(frames, frame) {
  const oldest = frame.time - spanMs;
  const ahead = frames.findIndex(one => one.time > frame.time); // the node's clock was set back: what was ahead is nowhere now
  const kept = ahead >= 0 ? frames.slice(0, ahead) : frames;
  const isSoon = kept.length > 1 && kept.at(-1).time - kept.at(-2).time < paceMs;
  return [...kept.slice(0, isSoon ? -1 : undefined), frame].filter(one => one.time >= oldest);
}

/** The frame that was shown at a time; before the first one, that one with what happened since taken back. */
export function frameAt(frames, events, time) {
  const first = frames[0];
  if (!first || time >= first.time) {
    let [low, high] = [0, frames.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (frames[middle].time <= time)
        low = middle + 1;
      else
        high = middle;
    }
    return frames[low - 1] ?? null;
  }
  return rewind(first, events, time);
}

/** What was so before: states from the events, the leader from his history. Of tokens, slots and files nothing is known then. */
export function rewind(frame, events, time) {
  let nodes = frame.nodes;
  for (let i = events.length - 1; i >= 0 && events[i].at > time; i--) {
    const { kind, node, data, at } = events[i];
    if (!kind.startsWith('member.') || !data || at > frame.time)
      continue;
    nodes = data.before === null
      ? nodes.filter(one => one.id !== node)
      : nodes.map(one => one.id === node ? { ...one, state: data.before } : one);
  }
  const leading = (frame.leader.history ?? []).find(one => Date.parse(one.since) <= time && (!one.until || Date.parse(one.until) > time));
  return {
    ...frame,
    time,
    nodes,
    heard: nodes.map(() => undefined),
    leader: { ...frame.leader, id: leading?.id ?? null, name: leading?.name ?? '', term: leading?.term ?? 0 },
    tokens: [],
    store: null,
    files: [],
    isRewound: true,
  };
}

function nodeOf(node, time, before) {
  const sinceAt = time - node.sinceSeconds * 1000;
  const isSame = before && before.state === node.state && before.color === node.color && before.name === node.name
    && before.address === node.address && before.httpPort === node.httpPort && Math.abs(before.sinceAt - sinceAt) < sinceSlackMs;
  return isSame ? before : {
    id: node.id, name: node.name, address: node.address, httpPort: node.httpPort, state: node.state, color: node.color, sinceAt,
  };
}

function leaderOf(leader, before) {
  const id = leader.leader?.id ?? null;
  const latest = leader.history[0];
  const isSame = before && before.id === id && before.term === leader.term && before.history.length === leader.history.length
    && before.history[0]?.until === latest?.until;
  return isSame ? before : {
    id, name: leader.leader?.name ?? '', term: leader.term, mode: leader.mode, election: leader.election, history: leader.history,
  };
}

function storeOf(store, before) {
  if (!store || !before || before.mapVersion !== store.mapVersion)
    return store;
  return { ...store, keepers: before.keepers, slots: before.slots };
}

function fileOf(file, before) {
  const known = new Map(before ? before.holders.map(holder => [holder.address + holder.node, holder]) : []);
  const holders = file.holders.map(holder => {
    const old = known.get(holder.address + holder.node);
    return old && old.have === holder.have && old.sketch === holder.sketch ? old : holder;
  });
  return { ...file, holders };
}
