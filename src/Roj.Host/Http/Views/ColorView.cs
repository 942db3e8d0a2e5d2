namespace Roj.Host.Http.Views;

/// <summary>A node's part.</summary>
/// <param name="Node">The node.</param>
/// <param name="Color"><c>green</c> or <c>red</c>.</param>
/// <param name="IsLeader">Whether it led when the colors were given.</param>
public sealed record ColorView(NodeNameView Node, string Color, bool IsLeader);
