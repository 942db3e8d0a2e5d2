namespace Roj.Host.Http.Views;

/// <summary>A change of a key, as <c>GET /api/v1/store/events</c> says it.</summary>
/// <param name="Time">When this node heard of it.</param>
/// <param name="Db">The number of the database.</param>
/// <param name="Key">The key; one that is no text as <c>base64:</c> and its bytes.</param>
/// <param name="Change"><c>set</c>, <c>deleted</c> or <c>expired</c>.</param>
/// <param name="Version">Of the version that it has now, when it was written, and by whom: of two the later one sorts behind the
/// other, number by number.</param>
public sealed record StoreChangeView(DateTimeOffset Time, int Db, string Key, string Change, string Version);
