using Roj.Kernel;

namespace Roj.Election;

/// <summary>The colours that a node knows of, and how the leader makes others.</summary>
internal sealed class Palette
{
    /// <summary>The latest.</summary>
    public Colouring Colouring { get; private set; } = Colouring.None;

    /// <summary>The latest version of a leadership; 0 for none.</summary>
    public ulong VersionUnder(Term term) => Colouring.Term == term ? Colouring.Version : 0;

    /// <summary>Takes later colours; nobody goes back to older ones (C2).</summary>
    public void Take(Colouring colouring, ElectionOutbox outbox)
    {
        if (!colouring.IsAfter(Colouring))
            return;
        Colouring = colouring;
        outbox.Emit(new ElectionEvent.Coloured(colouring));
    }

    /// <summary>The colours for those who are here, with as few changes as can be; null if they are the latest already.</summary>
    /// <param name="term">The leadership.</param>
    /// <param name="peers">What the others say of themselves: who comes from another leadership keeps his colour, if he can.</param>
    /// <param name="here">Who is here.</param>
    public Colouring? Next(Term term, IEnumerable<Peer> peers, IEnumerable<NodeId> here)
    {
        var before = Colouring.Colours.ToBuilder();
        foreach (var peer in peers)
        {
            if (peer.Colour is not Colour.None)
                before.TryAdd(peer.Node, peer.Colour);
        }

        var next = (Colouring with { Colours = before.ToImmutable() }).Repaint(term, VersionUnder(term) + 1, here);
        return next with { Version = Colouring.Version } == Colouring ? null : next; // nothing but the version would be new
    }

    /// <summary>There were none.</summary>
    public void Forget() => Colouring = Colouring.None;
}
