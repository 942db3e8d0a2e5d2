namespace Roj.Host.Http.Views;

/// <summary>How far a node is with a push.</summary>
/// <param name="Node">Which.</param>
/// <param name="Color">The color that it had when the push began.</param>
/// <param name="State">waiting, fetching, switching, running, done, failed, back, or gone: it does not answer.</param>
/// <param name="Words">The last line of its command, or what went wrong; empty for nothing.</param>
public sealed record PushNodeView(NodeNameView Node, string Color, string State, string Words);
