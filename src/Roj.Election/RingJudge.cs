using Roj.Election.Wire;
using Roj.Kernel;

namespace Roj.Election;

/// <summary>What a node takes from its left neighbour, by what it knows. Of a leadership only what the leader itself says is
/// believed.</summary>
/// <param name="Self">The node.</param>
/// <param name="View">The ring.</param>
/// <param name="Known">The greatest term that was heard of.</param>
/// <param name="Own">The leadership that is this node's; null for none.</param>
/// <param name="Colouring">The last colours that were taken.</param>
internal readonly record struct RingJudge(RingId Self, RingView View, Term Known, Term? Own, Colouring Colouring)
{
    /// <summary>Why <paramref name="message"/> is refused; null if it is not.</summary>
    public RingRefusal? Judge(RingMessage message)
    {
        if (message.Sender.Node == Self.Node || !View.Has(message.Sender.Node) || !View.Has(message.Origin.Node))
            return RingRefusal.Stranger;
        if (message.Hops < 0)
            return RingRefusal.Impossible;
        if (message.Hops >= 2 * View.Count)
            return RingRefusal.TooFar; // invariant 6: with the hop to here it has made more
        if (message.Origin.Node == Self.Node && message.Origin != Self)
            return RingRefusal.EarlierLife;
        return message switch
        {
            RingMessage.Election => null,
            RingMessage.Leader leader => OfTerm(message, leader.Term),
            RingMessage.Collect collect => OfTerm(message, collect.Term) ?? OfIds(collect),
            RingMessage.Color color => OfTerm(message, color.Colouring.Term) ?? OfColours(color.Colouring),
            _ => RingRefusal.Impossible,
        };
    }

    private RingRefusal? OfTerm(RingMessage message, Term term)
    {
        if (term.Leader != message.Origin.Node)
            return RingRefusal.Impossible;
        if (message.Origin == Self && term != Own)
            return RingRefusal.EarlierLife;
        return term < Known ? RingRefusal.Stale : null;
    }

    private RingRefusal? OfIds(RingMessage.Collect collect)
    {
        if (collect.Origin == Self)
            return null; // home: it is not appended to any more
        if (collect.Ids.Count >= RingJson.IdsMax)
            return RingRefusal.TooMany;
        foreach (var id in collect.Ids)
        {
            if (id.Node == Self.Node)
                return RingRefusal.TooFar; // it has passed its leader by
        }

        return null;
    }

    private RingRefusal? OfColours(Colouring other) =>
        (other.Term, other.Version).CompareTo((Colouring.Term, Colouring.Version)) < 0 ? RingRefusal.Stale : null;
}
