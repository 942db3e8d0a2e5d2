using Roj.Host.Security;

namespace Roj.Host.Http.Views;

/// <summary>Which keys a node has: their names, which give nothing away.</summary>
/// <param name="Version">How often they were changed.</param>
/// <param name="Keys">First the one that it speaks; it hears all.</param>
/// <param name="Retired">Those that it heard once, and hears no more; the oldest first.</param>
public sealed record KeyView(ulong Version, IReadOnlyList<string> Keys, IReadOnlyList<string> Retired)
{
    internal static KeyView Of(Keyring ring) => new(
        ring.Version, [.. ring.Keys.Select(key => Word(key.Id))], [.. ring.Retired.Select(Word)]);

    internal static string Word(uint id) => id.ToString("x8", null);
}
