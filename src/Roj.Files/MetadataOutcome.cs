using Roj.Files.Metadata;

namespace Roj.Files;

/// <summary>What a fetch of the description came to.</summary>
internal abstract record MetadataOutcome
{
    private MetadataOutcome()
    {
    }

    /// <summary>It is there, and right.</summary>
    internal sealed record Described(InfoDictionary Info) : MetadataOutcome;

    /// <summary>It is what its name says, but nothing that we can share. Nobody lied.</summary>
    internal sealed record Unusable(Sha1Digest InfoHash, string Fault) : MetadataOutcome;

    /// <summary>The peer that spoke last contradicted itself, or all of it came from that peer and is not what its name says.</summary>
    internal sealed record Lied : MetadataOutcome;
}
