namespace Roj.Host.Daemon;

/// <summary>A piece of <see cref="NodeNews"/> with its place in the stream of them.</summary>
/// <param name="Number">1 for the first of this life of the node, and so on.</param>
/// <param name="At">When, by the clock on the wall: for people, and of no other use.</param>
/// <param name="News">What.</param>
public sealed record NodeEvent(long Number, DateTimeOffset At, NodeNews News);
