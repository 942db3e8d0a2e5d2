using System.Collections.Immutable;
using Roj.Kernel;

namespace Roj.Election;

/// <summary>Who plays which part: exactly a third of the nodes, rounded up, is green, the leader always.</summary>
/// <remarks>A value: equal are two of the same leadership and version that give every node the same colour.</remarks>
/// <param name="Term">The leadership under which it was made.</param>
/// <param name="Version">Grows with each one of that leadership.</param>
/// <param name="Colours">The colour of each node.</param>
public sealed record Colouring(Term Term, ulong Version, ImmutableSortedDictionary<NodeId, Colour> Colours)
{
    /// <summary>Before all.</summary>
    public static Colouring None { get; } = new(Term.None, 0, ImmutableSortedDictionary<NodeId, Colour>.Empty);

    /// <summary>Whether it is one (invariant C1): every node is green or red, a third of them green, the leader among those; or
    /// <see cref="None"/>.</summary>
    public bool IsRight => Colours.IsEmpty
        ? Term == Term.None && Version == 0
        : Of(Term.Leader) == Colour.Green
            && Colours.Values.All(colour => colour is Colour.Green or Colour.Red)
            && Colours.Values.Count(colour => colour == Colour.Green) == GreenOf(Colours.Count);

    /// <summary>How many of so many nodes are green: a third, rounded up.</summary>
    public static int GreenOf(int nodes) => (int)(((long)nodes + 2) / 3);

    /// <summary>The first colouring of some nodes: the leader and those with the lowest ids are green.</summary>
    /// <param name="term">The leadership, which says who leads.</param>
    /// <param name="version">Its version.</param>
    /// <param name="here">The nodes that are here; the leader is, whether it is among them or not. In any order, and twice is once.</param>
    public static Colouring Of(Term term, ulong version, IEnumerable<NodeId> here) => None.Repaint(term, version, here);

    /// <summary>The colour of a node; <see cref="Colour.None"/> if it has none.</summary>
    public Colour Of(NodeId node) => Colours.GetValueOrDefault(node);

    /// <summary>Whether it is later than another: a node that has accepted one heeds no other that is not (invariant C2).</summary>
    public bool IsAfter(Colouring other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return (Term, Version).CompareTo((other.Term, other.Version)) > 0;
    }

    /// <summary>The colouring after this one. As few of the nodes of both change their colour as is possible, at most two for one that
    /// came or went (invariant C4), also if it was the leader that went or the one that came leads.</summary>
    /// <remarks>Red ones turn green, lowest id first, only when all that came are green; green ones turn red, highest id first, only when
    /// all that came are red. The same for everybody who knows the same.</remarks>
    /// <param name="term">The leadership, which says who leads.</param>
    /// <param name="version">Its version.</param>
    /// <param name="here">The nodes that are here; the leader is, whether it is among them or not. In any order, and twice is once.</param>
    public Colouring Repaint(Term term, ulong version, IEnumerable<NodeId> here)
    {
        ArgumentNullException.ThrowIfNull(here);
        var nodes = new SortedSet<NodeId>(here) { term.Leader };
        // Who is green gladly stands first: the leader must be, who is stays so, who came does not mind, and who is red would change.
        var green = nodes.OrderBy(Reluctance).ThenBy(node => node).Take(GreenOf(nodes.Count)).ToImmutableSortedSet();
        return new Colouring(term, version, nodes.ToImmutableSortedDictionary(
            node => node, node => green.Contains(node) ? Colour.Green : Colour.Red));

        int Reluctance(NodeId node) => node == term.Leader ? 0 : Of(node) switch
        {
            Colour.Green => 1,
            Colour.Red => 3,
            _ => 2,
        };
    }

    /// <summary>What the nodes of two colourings show when the two sides of a split network meet: not a right one, but what the next one
    /// spares when it is <see cref="Repaint">painted</see> over this.</summary>
    /// <remarks>A node that both know shows the later one (invariant C2). Leadership and version are the later one's.</remarks>
    public Colouring Joined(Colouring other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var (earlier, later) = other.IsAfter(this) ? (this, other) : (other, this);
        return later with { Colours = earlier.Colours.SetItems(later.Colours) };
    }

    /// <inheritdoc/>
    public bool Equals(Colouring? other) =>
        other is not null && Term == other.Term && Version == other.Version && Colours.SequenceEqual(other.Colours);

    /// <inheritdoc/>
    public override int GetHashCode() => (Term, Version, Colours.Count).GetHashCode();

    /// <summary>Its leadership and version, and how many nodes it colours.</summary>
    public override string ToString() => $"{Term} v{Version}: {Colours.Count} nodes";
}
