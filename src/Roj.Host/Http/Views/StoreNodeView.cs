namespace Roj.Host.Http.Views;

/// <summary>One who keeps keys.</summary>
/// <param name="Id">Who.</param>
/// <param name="Slots">How many of the 256 slots he keeps a copy of.</param>
public sealed record StoreNodeView(string Id, int Slots);
