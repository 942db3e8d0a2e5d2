using Roj.Host.Tokens;

namespace Roj.Host.Http.Views;

/// <summary>A token in the overview.</summary>
/// <param name="Token">How it stands.</param>
/// <param name="Digits">Of one that computes π: the last decimals so far, at most <see cref="DigitsShown"/>; null where there are none, or
/// more than <see cref="ProgressMax"/> in all, as it takes long to write out so many.</param>
public sealed record OverviewTokenView(TokenView Token, string? Digits)
{
    /// <summary>How many decimals are told.</summary>
    public const int DigitsShown = 120;

    /// <summary>Beyond so many decimals none are told.</summary>
    public const ulong ProgressMax = 10_000;

    internal static OverviewTokenView Of(TokenStatus status, string? digits) => new(
        TokenView.Of(status), digits is { Length: > DigitsShown } ? digits[^DigitsShown..] : digits);
}
