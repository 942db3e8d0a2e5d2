using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files;

/// <summary>An endpoint where a peer may be, and how well it went so far.</summary>
internal sealed class Candidate(Endpoint endpoint, bool isStatic)
{
    public Endpoint Endpoint { get; } = endpoint;

    /// <summary>Named by the user: never forgotten.</summary>
    public bool IsStatic { get; set; } = isStatic;

    /// <summary>The info hash under which this peer has our file, if it is not ours.</summary>
    public Sha1Digest? Alias { get; set; }

    /// <summary>Not dialled before then.</summary>
    public Instant NotBefore { get; set; }

    /// <summary>Failures since the last success.</summary>
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
}
