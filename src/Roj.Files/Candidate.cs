using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files;

/// <summary>An endpoint where a peer may be, and how well it went so far.</summary>
/// <remarks>Read by all, written by <see cref="Candidates"/> alone: the agenda is ordered by what stands here.</remarks>
internal sealed class Candidate(Endpoint endpoint, uint teacher)
{
    // As many failures of a peer that was there once are forgiven as make its first one count for less than none of a stranger's.
    private const int Forgiven = 2;

    public Endpoint Endpoint { get; } = endpoint;

    /// <summary>The address that told us of it: its own, unless it is hearsay.</summary>
    public uint Teacher { get; } = teacher;

    /// <summary>Named by the user: never forgotten.</summary>
    public bool IsStatic { get; set; }

    /// <summary>The info hash under which this peer has our file, if it is not ours.</summary>
    public Sha1Digest? Alias { get; set; }

    /// <summary>What it said that it serves; null if it said nothing.</summary>
    public IReadOnlyList<ServedFile>? Served { get; set; }

    /// <summary>Not dialled before then.</summary>
    public Instant NotBefore { get; set; }

    /// <summary>Failures since the last connection that lasted.</summary>
    public int Failures { get; set; }

    /// <summary>The wait that comes after the next failure.</summary>
    public TimeSpan Backoff { get; set; }

    /// <summary>Whether a connection to it is there or being opened.</summary>
    public bool InUse { get; set; }

    /// <summary>Whether this is ourselves.</summary>
    public bool IsSelf { get; set; }

    /// <summary>Whether it serves another file than ours.</summary>
    public bool IsForeign { get; set; }

    /// <summary>Whether handshakes with it succeeded at some time: only such peers are told to others.</summary>
    public bool IsProven { get; set; }

    /// <summary>Who answered there last.</summary>
    public PeerId? LastId { get; set; }

    /// <summary>Whether it may be dialled as soon as its time has come and the same peer is not connected otherwise.</summary>
    public bool IsDialable => this is { InUse: false, IsSelf: false, IsForeign: false };

    /// <summary>Whether more is known of it than that somebody named it.</summary>
    public bool IsKnown => IsStatic || IsProven;

    /// <summary>Who comes first: the smaller. Below zero only for those that were there and have failed once at most.</summary>
    public int Rank => IsProven ? Failures - Forgiven : Failures;

    /// <summary>In which queue of the <see cref="DialAgenda"/> it stands.</summary>
    public DialStage Stage { get; set; }

    /// <summary>When the agenda looks at it: <see cref="NotBefore"/>, or the end of a ban.</summary>
    public Instant DueAt { get; set; }

    /// <summary>Its place among equals, drawn anew whenever its time comes.</summary>
    public ulong Lot { get; set; }

    /// <summary>Its place in the list of those that may be forgotten, for whoever keeps that.</summary>
    public int HearsayIndex { get; set; } = -1;
}
