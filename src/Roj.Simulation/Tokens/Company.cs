using Roj.Kernel;

namespace Roj.Simulation.Tokens;

/// <summary>Who is here, as one life of a node believes: an imitation of membership, by hellos. Often right, always late,
/// sometimes wrong for a while.</summary>
internal sealed class Company(TokenTown town, TokenNode self)
{
    private static readonly TimeSpan standstillMax = TimeSpan.FromSeconds(1);

    private readonly SortedDictionary<int, Instant> heard = [];
    private readonly SortedDictionary<int, (Instant Until, bool IsHere)> errors = [];
    private Instant lookedAt;

    /// <summary>They, as they were when last looked for, in the order of the ring behind this node.</summary>
    public IReadOnlyList<TokenNode> Here { get; private set; } = [];

    public void Hears(Instant now, TokenNode from) => heard[from.Index] = now;

    public void Bye(TokenNode from) => heard.Remove(from.Index);

    /// <summary>Looks around.</summary>
    /// <returns>Whether anything is other than before.</returns>
    public bool Look(Instant now)
    {
        // Who stood still has not heard the others, which does not mean that they were silent.
        if (now - lookedAt > standstillMax)
        {
            foreach (var index in heard.Keys.ToArray())
                heard[index] = now;
        }

        lookedAt = now;
        var before = Here;
        Here =
        [
            .. town.Nodes.Where(other => other != self && IsHere(now, other.Index))
                .OrderBy(other => other.Index < self.Index).ThenBy(other => other.Index),
        ];
        return !Here.SequenceEqual(before);
    }

    private bool IsHere(Instant now, int other)
    {
        var truth = heard.TryGetValue(other, out var at) && now - at < town.Setup.HelloPatience;
        if (town.IsHealed || town.Setup.Agreement.LiesPerMille == 0)
            return truth;
        if (errors.TryGetValue(other, out var error) && now < error.Until)
            return error.IsHere;
        if (!town.Rng.Chance(town.Setup.Agreement.LiesPerMille, 1000))
            return truth;
        errors[other] = (now + town.Rng.Next(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(4)), !truth);
        return !truth;
    }
}
