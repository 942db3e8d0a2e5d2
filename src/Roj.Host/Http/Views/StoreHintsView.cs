namespace Roj.Host.Http.Views;

/// <summary>Writes that are kept for one who can't be reached.</summary>
/// <param name="Id">For whom.</param>
/// <param name="Count">How many.</param>
public sealed record StoreHintsView(string Id, long Count);
