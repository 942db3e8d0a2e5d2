namespace Roj.EndToEnd;

/// <summary>One row of the table of scenarios, in one size.</summary>
internal sealed record Scenario
{
    /// <summary>How it is called on the command line, size included.</summary>
    public required string Name { get; init; }

    /// <summary>Within this time every node must have the file.</summary>
    public required TimeSpan Limit { get; init; }

    /// <summary>How many nodes.</summary>
    public required int Nodes { get; init; }

    /// <summary>The file's size in bytes, from and to, both included.</summary>
    public required (int Min, int Max) FileBytes { get; init; }

    /// <summary>The size of a part in bytes, from and to, both included.</summary>
    public required (int Min, int Max) PartBytes { get; init; }

    /// <summary>Who has what at first.</summary>
    public required Spread Spread { get; init; }

    /// <summary>Who knows whom at first.</summary>
    public required Acquaintance Acquaintance { get; init; }

    /// <summary>Whether a single random node has the description of the file, rather than all.</summary>
    public bool OneKnowsTheFile { get; init; }

    /// <summary>Whether it is among the sizes that every change is tested with.</summary>
    public bool IsQuick { get; init; }

    /// <summary>The last bytes of the nodes' addresses; null: drawn.</summary>
    public IReadOnlyList<byte>? Addresses { get; init; }

    /// <summary>The most connections that a node may have at once; null: they are only reported.</summary>
    public int? ConnectionsMax { get; init; }

    /// <summary>What happens meanwhile; null: nothing.</summary>
    public Faults? Faults { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>Who has what at first.</summary>
internal enum Spread
{
    /// <summary>One random node has all; the others have an empty file or none.</summary>
    OneFull,

    /// <summary>An eighth of the nodes, at least one, has all; the others have nothing, or junk of any length.</summary>
    EighthFull,

    /// <summary>Every part is right on one random node; the rest is junk of the right size.</summary>
    Scattered,
}

/// <summary>Who knows whom at first.</summary>
internal enum Acquaintance
{
    /// <summary>Every node knows all.</summary>
    Everybody,

    /// <summary>As <see cref="Everybody"/>, but half of those that lack the file know nobody.</summary>
    HalfKnowNobody,

    /// <summary>Every node but the first knows one earlier node.</summary>
    OneEarlier,

    /// <summary>Nobody knows anybody: all are in one /24.</summary>
    Nobody,
}
