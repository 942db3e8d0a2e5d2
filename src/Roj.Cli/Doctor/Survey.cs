namespace Roj.Cli.Doctor;

/// <summary>All that the diagnosis is made of.</summary>
internal sealed record Survey
{
    /// <summary>The node that was asked for; null where none answers.</summary>
    public required Asked? Node { get; init; }

    /// <summary>Other nodes that it knows of, as far as they answer: those that it believes dead too.</summary>
    public IReadOnlyList<Asked> Others { get; init; } = [];

    /// <summary>Who answered a hello to all of the network.</summary>
    public IReadOnlyList<Answered> ByBroadcast { get; init; } = [];

    /// <summary>Who answered a hello to its own address.</summary>
    public IReadOnlyList<Answered> ByAddress { get; init; } = [];

    /// <summary>Whether nothing could be asked by a hello, because nodes here hear them under a key that this user does not have.</summary>
    public bool IsKeyMissing { get; init; }

    /// <summary>Hellos of other clusters that the node refused.</summary>
    public long OtherCluster { get; init; }
}
