using Roj.Kernel;
using Roj.Membership.Wire;

namespace Roj.Membership;

/// <summary>What this node says of itself.</summary>
internal sealed class Voice(FinderSettings settings, Acquaintances acquaintances, Rng rng)
{
    /// <summary>The files that this node serves.</summary>
    internal IReadOnlyList<CatalogueEntry> Catalogue { get; set; } = [];

    /// <summary>The question to everybody, or to an address of the sweep.</summary>
    internal Hello AskAnyone() => Compose(HelloKind.Ask, 0, default);

    /// <summary>The question to <paramref name="peer"/>.</summary>
    internal Hello Ask(Acquaintance peer) => Compose(HelloKind.Ask, peer.Said?.Boot ?? 0, peer.Node);

    /// <summary>The answer to the process <paramref name="boot"/> at <paramref name="node"/>.</summary>
    internal Hello Answer(ulong boot, Endpoint node) => Compose(HelloKind.Answer, boot, node);

    private Hello Compose(HelloKind kind, ulong yourBoot, Endpoint to)
    {
        // To strangers and to all no peers are named: they can't know yet that it is we who speak, and so would not take them.
        var peers = yourBoot == 0 ? [] : acquaintances.CompanyBut(to);
        Array.Sort(peers);
        var hello = new Hello(
            kind, settings.Cluster, settings.Id, settings.Boot, yourBoot, settings.Own.Port, settings.SwarmPort, Catalogue, peers);
        var excess = HelloCodec.Measure(hello) - HelloCodec.Length;
        var room = peers.Length - (excess / Endpoint.CompactLength);
        if (excess > 0)
            Mix(peers, room > 0 ? room : peers.Length); // where files are left out there may be room for some again
        return HelloCodec.Cut(hello);
    }

    // Not always the same ones are told of. Only so many as there is room for are drawn.
    private void Mix(Span<Endpoint> peers, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var other = rng.Next(i, peers.Length);
            (peers[i], peers[other]) = (peers[other], peers[i]);
        }
    }
}
