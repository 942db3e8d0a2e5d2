using Roj.Kernel;

namespace Roj.Election;

/// <summary>What election tells its own node.</summary>
public abstract record ElectionEvent
{
    private ElectionEvent()
    {
    }

    /// <summary>Somebody else leads than before, as far as this node knows; or nobody does.</summary>
    /// <param name="Term">The leadership; null for none.</param>
    /// <param name="Why">Why the one before is over, or why there is none, for people.</param>
    public sealed record LeaderChanged(Term? Term, string Why) : ElectionEvent;

    /// <summary>This node leads from now on.</summary>
    /// <param name="Term">The leadership.</param>
    public sealed record Leads(Term Term) : ElectionEvent;

    /// <summary>This node leads no more: what was started under it must be over.</summary>
    /// <param name="Term">The leadership.</param>
    /// <param name="Why">Why, for people.</param>
    public sealed record LeadsNoMore(Term Term, string Why) : ElectionEvent;

    /// <summary>There are other colours than before.</summary>
    /// <param name="Colouring">They.</param>
    public sealed record Coloured(Colouring Colouring) : ElectionEvent;

    /// <summary>A step of an election, for the log.</summary>
    /// <param name="What">What was done, for people.</param>
    public sealed record Step(string What) : ElectionEvent;
}
