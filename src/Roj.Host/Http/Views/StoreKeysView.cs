namespace Roj.Host.Http.Views;

/// <summary>What <c>GET /api/v1/store/keys</c> says.</summary>
/// <param name="Keys">Some of the keys; those that are no text as <c>base64:</c> and their bytes.</param>
/// <param name="Next">The cursor to go on with; 0 at the end.</param>
public sealed record StoreKeysView(IReadOnlyList<string> Keys, string Next);
