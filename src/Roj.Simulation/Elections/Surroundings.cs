using Roj.Election;
using Roj.Kernel;

namespace Roj.Simulation.Elections;

/// <summary>Who is here, as one life of a node believes: an imitation of membership, by hellos. Often right, always late, sometimes wrong
/// for a while.</summary>
internal sealed class Surroundings(ElectionTown town, ElectionNode self)
{
    private static readonly TimeSpan StandstillMax = TimeSpan.FromSeconds(1);

    private readonly SortedDictionary<NodeId, (Instant HeardAt, Colour Colour)> heard = [];
    private readonly SortedDictionary<NodeId, (Instant Until, bool IsHere)> errors = [];
    private Instant lookedAt;

    /// <summary>They, as they were when last looked for.</summary>
    public IReadOnlyList<Peer> Here { get; private set; } = [];

    /// <summary>Somebody says that he is here, and plays this part; or that he goes.</summary>
    public void Hello(Instant now, NodeId from, Colour colour, bool isLeaving)
    {
        if (isLeaving)
            heard.Remove(from);
        else
            heard[from] = (now, colour);
    }

    /// <summary>Looks around.</summary>
    /// <returns>Whether anything is other than before.</returns>
    public bool Look(Instant now)
    {
        // Who stood still has not heard the others, which does not mean that they were silent.
        if (now - lookedAt > StandstillMax)
        {
            foreach (var (node, (_, colour)) in heard.ToArray())
                heard[node] = (now, colour);
        }

        lookedAt = now;
        var before = Here;
        Here =
        [
            .. town.Nodes
                .Where(other => other != self && IsHere(now, other.Identity))
                .Select(other => new Peer(
                    other.Identity,
                    new Endpoint(other.Machine.Address, ElectionPart.Port),
                    heard.GetValueOrDefault(other.Identity).Colour)),
        ];
        return !Here.SequenceEqual(before);
    }

    private bool IsHere(Instant now, NodeId node)
    {
        var truth = heard.TryGetValue(node, out var last) && now - last.HeardAt < town.Setup.HelloPatience;
        if (town.IsHealed || town.Setup.Agreement.LiesPerMille == 0)
            return truth;
        if (errors.TryGetValue(node, out var error) && now < error.Until)
            return error.IsHere;
        if (!town.Rng.Chance(town.Setup.Agreement.LiesPerMille, 1000))
            return truth;
        errors[node] = (now + town.Rng.Next(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(4)), !truth);
        return !truth;
    }
}
