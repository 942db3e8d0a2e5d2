using Roj.Election;
using Roj.Election.Wire;
using Roj.Kernel;
using Roj.Simulation.Agreement;
using Roj.Simulation.Swarms;

namespace Roj.Simulation.Elections;

/// <summary>What must hold of each message of the ring (E6), and what somebody who listens could repeat.</summary>
internal sealed class RingWatch(ElectionTown town)
{
    private const int OverheardMax = 100;

    private readonly SortedDictionary<int, SortedSet<(string What, RingId Origin, int Hops)>> taken = []; // by each node in this life
    private readonly List<(ElectionNode To, byte[] Body)> overheard = [];

    private Sights Sights => town.Watch.Sights;

    /// <summary>What was said lately, and to whom.</summary>
    public IReadOnlyList<(ElectionNode To, byte[] Body)> Overheard => overheard;

    /// <summary>A node remembers nothing of what it took before.</summary>
    public void Started(ElectionNode node) => taken[node.Index] = [];

    /// <summary>A node posts a message: one of its own, or one that it has taken, with one hop more.</summary>
    public void Says(ElectionNode node, ElectionNode to, RingMessage message, byte[] body)
    {
        Sights.Saw($"the ring: {message.GetType().Name}");
        if (NextTo(node) != to)
            Sights.Saw("the ring: a neighbour is passed over");
        if (message.Origin.Node == node.Identity)
            Require(message.Hops == 0, $"E6: {node.Name} begins with {message}");
        else
            Require(Has(node, message), $"E6: {node.Name} passes on what it has not taken: {message}");
        if (message.Origin.Node == node.Identity && TermOf(message) is { } term)
            town.Watch.Speaks(node, term);
        if (overheard.Count == OverheardMax)
            overheard.RemoveAt(0);
        overheard.Add((to, body));
    }

    /// <summary>A message comes to a node.</summary>
    public void Hears(ElectionNode node, RingMessage message, RingRefusal? refusal)
    {
        if (refusal is not null)
        {
            Sights.Saw($"the ring: refused, {refusal}");
            return;
        }

        // Nobody sees more than there are: 2n hops by whatever view.
        Require(message.Hops < 2 * town.Nodes.Count, $"E6: {node.Name} takes what has been round the ring twice: {message}");
        taken[node.Index].Add(KeyOf(message, message.Hops));
        if (TermOf(message) is { } term)
            town.Watch.Heeds(node, term);
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw new BrokenInvariantException(otherwise);
    }

    private bool Has(ElectionNode node, RingMessage message) => taken[node.Index].Contains(KeyOf(message, message.Hops - 1));

    private ElectionNode? NextTo(ElectionNode node)
    {
        var places = node.Part!.Here.OrderBy(peer => peer.Address).ToArray();
        var behind = places.Where(peer => peer.Address.Address > node.Machine.Address);
        return places.Length == 0 ? null : town.PlaceOf(behind.FirstOrDefault(places[0]).Node);
    }

    private static (string What, RingId Origin, int Hops) KeyOf(RingMessage message, int hops) =>
        (message.GetType().Name, message.Origin, hops);

    private static Term? TermOf(RingMessage message) => message switch
    {
        RingMessage.Leader leader => leader.Term,
        RingMessage.Collect collect => collect.Term,
        RingMessage.Color color => color.Colouring.Term,
        _ => null,
    };
}
