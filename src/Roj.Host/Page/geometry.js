// Where things stand on the ring. Pure.

const laneNodes = 76; // more than so many on one circle can't be told apart

/** The place of each of so many nodes: up to three circles, so that dots keep their distance. Angles begin at the top, clockwise. */
export function places(count, radius) {
  const lanes = Math.min(3, Math.max(1, Math.ceil(count / laneNodes)));
  const dot = count <= 8 ? 15 : count <= 24 ? 12 : count <= 76 ? 8 : 4.8;
  const gap = dot * 3.2;
  return {
    dot,
    lanes: Array.from({ length: lanes }, (_, lane) => radius - lane * gap),
    nodes: Array.from({ length: count }, (_, number) => {
      const angle = 2 * Math.PI * number / count;
      return { angle, radius: radius - (number % lanes) * gap, ...at(angle, radius - (number % lanes) * gap) };
    }),
  };
}

/** A point at an angle. */
export const at = (angle, radius) => ({ x: radius * Math.sin(angle), y: -radius * Math.cos(angle) });

/** From one angle to the next of a turn, clockwise, never back: at most one round. */
export function onward(from, to) {
  const round = 2 * Math.PI;
  const way = ((to - from) % round + round) % round;
  return way < 1e-6 ? from : from + way;
}

/** Slow at both ends. */
export const ease = t => t < 0.5 ? 4 * t * t * t : 1 - (-2 * t + 2) ** 3 / 2;
