namespace Roj.Agreement;

/// <summary>What a register holds at one version.</summary>
/// <param name="Version">How many changes led to it; 0 for a register that nobody has changed.</param>
/// <param name="Data">Its bytes; null for nothing: it was never written, or was deleted, which is a change like any other.</param>
/// <param name="Changes">The last <see cref="ChangesMax"/> changes, oldest first: whoever does not know whether his was applied looks
/// here.</param>
public sealed record Content(ulong Version, ReadOnlyMemory<byte>? Data, IReadOnlyList<ChangeId> Changes)
{
    /// <summary>Bytes of it at most.</summary>
    public const int BytesMax = 16 * 1024 * 1024;

    /// <summary>Changes that are remembered.</summary>
    public const int ChangesMax = 16;

    /// <summary>Of a register that nobody has changed.</summary>
    public static Content Empty { get; } = new(0, null, []);

    /// <summary>The one after it.</summary>
    public Content After(ChangeId change, ReadOnlyMemory<byte>? data) =>
        new(checked(Version + 1), data, [.. Changes.Skip(Math.Max(0, Changes.Count + 1 - ChangesMax)), change]);

    /// <summary>Whether a change is one of those that led to it.</summary>
    /// <param name="change">Which.</param>
    /// <param name="proposedAt">The version that it was proposed on.</param>
    /// <returns>Null if so many changes came after that one that it can't be told.</returns>
    public bool? Has(ChangeId change, ulong proposedAt) =>
        Changes.Contains(change) ? true : Version - proposedAt <= ChangesMax ? false : null;
}
