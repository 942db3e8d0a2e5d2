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
        var hello = new Hello(
            kind, settings.Cluster, settings.Id, settings.Boot, yourBoot, settings.Own.Port, settings.SwarmPort, Catalogue, []);
        // To strangers and to all no peers are named: they can't know yet that it is we who speak, and so would not take them.
        return HelloCodec.Cut(yourBoot == 0 ? hello : hello with { Peers = Peers(hello, to) });
    }

    private Endpoint[] Peers(Hello hello, Endpoint to)
    {
        var room = (HelloCodec.Length - HelloCodec.Measure(hello)) / Endpoint.CompactLength;
        if (acquaintances.Company <= room + 1 && acquaintances.CompanyBut(to) is var all && all.Length <= room)
        {
            Array.Sort(all);
            return all;
        }

        // Where files are left out there may be room again for some.
        return acquaintances.SomeBut(to, room > 0 ? Math.Min(room, Finder.ToldOfCrowd) : Finder.ToldOfCrowd, rng);
    }
}
