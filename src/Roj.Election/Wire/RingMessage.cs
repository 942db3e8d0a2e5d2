using Roj.Kernel;

namespace Roj.Election.Wire;

/// <summary>What goes round the ring, from each node to its right neighbour.</summary>
/// <param name="Sender">Who passes it on: the left neighbour of who receives it.</param>
/// <param name="Origin">Whom it comes from; never rewritten.</param>
/// <param name="Hops">How many have passed it on.</param>
public abstract record RingMessage(RingId Sender, RingId Origin, int Hops) : ElectionMessage
{
    /// <summary>Its origin stands for election.</summary>
    public sealed record Election(RingId Sender, RingId Origin, int Hops) : RingMessage(Sender, Origin, Hops);

    /// <summary>Its origin leads.</summary>
    /// <param name="Sender">The left neighbour.</param>
    /// <param name="Origin">The leader.</param>
    /// <param name="Hops">How many have passed it on.</param>
    /// <param name="Term">The leadership.</param>
    public sealed record Leader(RingId Sender, RingId Origin, int Hops, Term Term) : RingMessage(Sender, Origin, Hops);

    /// <summary>The leader asks who there is; each node appends itself.</summary>
    /// <param name="Sender">The left neighbour.</param>
    /// <param name="Origin">The leader.</param>
    /// <param name="Hops">How many have passed it on.</param>
    /// <param name="Term">The leadership.</param>
    /// <param name="Ids">Those whom it has passed.</param>
    public sealed record Collect(RingId Sender, RingId Origin, int Hops, Term Term, IReadOnlyList<RingId> Ids)
        : RingMessage(Sender, Origin, Hops);

    /// <summary>The leader tells all colours.</summary>
    /// <param name="Sender">The left neighbour.</param>
    /// <param name="Origin">The leader.</param>
    /// <param name="Hops">How many have passed it on.</param>
    /// <param name="Colouring">The colours, with the leadership that they are of.</param>
    public sealed record Color(RingId Sender, RingId Origin, int Hops, Colouring Colouring) : RingMessage(Sender, Origin, Hops);
}
