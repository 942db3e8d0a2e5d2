namespace Roj.Host.Http.Views;

/// <summary>What <c>GET /api/v1/tokens</c> says.</summary>
/// <param name="Tokens">All that this node takes part in, by name.</param>
public sealed record TokensView(IReadOnlyList<TokenView> Tokens);
