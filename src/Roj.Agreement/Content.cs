using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>What a register holds at one version.</summary>
/// <param name="Version">How many changes led to it; 0 for a register that nobody has changed, or that was forgotten after it was
/// deleted.</param>
/// <param name="Data">Its bytes; null for nothing: it was never written, or was deleted, which is a change like any other.</param>
/// <param name="Lease">Whose it is; null if it never was anybody's.</param>
/// <param name="Fences">The greatest fence of each lease under which it was written.</param>
/// <param name="Changes">The last <see cref="ChangesMax"/> changes, oldest first: whoever does not know whether his was applied looks
/// here.</param>
public sealed record Content(
    ulong Version, ReadOnlyMemory<byte>? Data, Lease? Lease, IReadOnlyList<Fence> Fences, IReadOnlyList<ChangeId> Changes)
{
    /// <summary>Bytes of its data at most.</summary>
    public const int BytesMax = TimedValue.HeadBytesMax + TimedValue.BytesMax;

    /// <summary>Changes that are remembered.</summary>
    public const int ChangesMax = 16;

    /// <summary>Leases under which one register may be written.</summary>
    public const int FencesMax = 4;

    /// <summary>Of a register that nobody has changed.</summary>
    public static Content Empty { get; } = new(0, null, null, [], []);

    /// <summary>Whether there is nothing in it, and nothing that must be remembered but that it was deleted, or that nothing was ever
    /// written: that too is taken where an attempt finds nothing at a majority.</summary>
    public bool IsTombstone => Data is null && Lease is null && Fences.Count == 0;

    /// <summary>Whether whoever wrote it by an attempt may be promised the next one too. Not what is to be forgotten, which a promise would
    /// keep; nor what is another's now, who could not renew what a stranger was promised.</summary>
    internal bool MayBeFollowedBy(Ballot writer) => !IsTombstone && (Lease is not { IsFree: false } lease || lease.IsOf(writer));

    /// <summary>The one after it.</summary>
    public Content After(ChangeId change, ReadOnlyMemory<byte>? data, Lease? lease, IReadOnlyList<Fence> fences)
    {
        var kept = Math.Min(Changes.Count, ChangesMax - 1);
        var changes = new ChangeId[kept + 1];
        for (var i = 0; i < kept; i++)
            changes[i] = Changes[Changes.Count - kept + i];
        changes[kept] = change;
        return new Content(checked(Version + 1), data, lease, fences, changes);
    }

    /// <summary>The same at a version that comes after there having been nothing at the floor's.</summary>
    /// <remarks>Its last change is then said to have made that version, and those before it are not remembered. Nothing may be at the
    /// floor's version itself.</remarks>
    internal Content Above(ulong floor) =>
        Version > floor || (Version == floor && IsTombstone) ? this
        : IsTombstone ? Empty with { Version = floor }
        : this with { Version = checked(floor + 1), Changes = Changes is [.., var last] ? [last] : [] };

    /// <summary>The version that a change made; null if it is not one of the last.</summary>
    public ulong? MadeBy(ChangeId change)
    {
        for (var i = Changes.Count - 1; i >= 0; i--)
        {
            if (Changes[i] == change)
                return Version - (ulong)(Changes.Count - 1 - i);
        }

        return null;
    }

    /// <summary>Whether so many changes came since a version that one of them may have been forgotten.</summary>
    /// <remarks>Not so many as <see cref="ChangesMax"/> are remembered of a register that was itself forgotten meanwhile.</remarks>
    /// <param name="version">When a change was tried first.</param>
    public bool HasForgotten(ulong version) => Version < version || Version - version > (ulong)Changes.Count;
}
