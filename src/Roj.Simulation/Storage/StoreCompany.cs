using Roj.Kernel;

namespace Roj.Simulation.Storage;

/// <summary>Who is here and who leads, as one life of a node believes: an imitation of membership and election, by hellos. Often right,
/// always late, sometimes wrong for a while. Terms only grow, and no two sides share one.</summary>
internal sealed class StoreCompany(StoreTown town, StoreNode self, Instant now)
{
    private static readonly TimeSpan standstillMax = TimeSpan.FromSeconds(1);

    private readonly SortedDictionary<NodeId, (Instant At, Term Term)> heard = [];
    private readonly SortedDictionary<NodeId, (Instant Until, bool IsHere)> errors = [];
    private readonly Instant startedAt = now;
    private Instant lookedAt = now;
    private Term taken; // the one in which it leads, or led

    /// <summary>They, as they were when last looked for.</summary>
    public IReadOnlyList<NodeId> Here { get; private set; } = [];

    /// <summary>Whom it follows, or that it leads.</summary>
    public Term Term { get; private set; }

    /// <summary>The term in which it leads.</summary>
    public Term? Leads => Term.Leader == self.Identity && Term.Counter > 0 ? Term : null;

    public void Hears(Instant now, NodeId from, Term term) => heard[from] = (now, term);

    public void Bye(NodeId from) => heard.Remove(from);

    /// <summary>Looks around.</summary>
    /// <returns>Whether others are here than before.</returns>
    public bool Look(Instant now)
    {
        // Who stood still has not heard the others, which does not mean that they were silent.
        if (now - lookedAt > standstillMax)
        {
            foreach (var (node, (_, term)) in heard.ToArray())
                heard[node] = (now, term);
        }

        lookedAt = now;
        var before = Here;
        Here = [.. town.Nodes.Select(node => node.Identity).Where(node => node != self.Identity && IsHere(now, node)).Order()];
        Elect(now);
        return !Here.SequenceEqual(before);
    }

    // Who leads goes on, whoever comes; where nobody does, the first of all takes it up.
    private void Elect(Instant now)
    {
        var best = IsThere(Term.Leader) ? Term : default;
        foreach (var node in Here)
        {
            if (heard.TryGetValue(node, out var said) && said.Term > best && IsThere(said.Term.Leader))
                best = said.Term;
        }

        var mayLead = now - startedAt > town.Setup.HelloPatience && !town.Gone.Contains(self.Identity);
        var isFirst = best.Counter == 0 && mayLead && Here.All(node => self.Identity < node || town.Gone.Contains(node));
        // Or there was a later one, or it was an earlier life of this node: leading ends with the life in which it began.
        if (isFirst || (best.Leader == self.Identity && best.Counter > 0 && (best < self.Greatest || best != taken)))
            taken = best = new Term(Math.Max(best.Counter, self.Greatest.Counter) + 1, self.Identity);
        self.Know(best);
        Term = best;
    }

    private bool IsThere(NodeId leader) => !town.Gone.Contains(leader) && (leader == self.Identity || Here.Contains(leader));

    private bool IsHere(Instant now, NodeId node)
    {
        if (!heard.TryGetValue(node, out var said))
            return false; // nobody believes in whom he has never heard of
        var truth = now - said.At < town.Setup.HelloPatience;
        if (town.IsHealed || town.Setup.LiesPerMille == 0)
            return truth;
        if (errors.TryGetValue(node, out var error) && now < error.Until)
            return error.IsHere;
        if (!town.Rng.Chance(town.Setup.LiesPerMille, 1000))
            return truth;
        errors[node] = (now + town.Rng.Next(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(4)), !truth);
        return !truth;
    }
}
