using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Membership.Keeping.Wire;
using Roj.Simulation.Swarms;

namespace Roj.Simulation.Neighbourhoods;

/// <summary>Invariant M7: what is sent to whom asked, at once, is in all no longer than what it asked with.</summary>
internal sealed class AnswerLedger(string name)
{
    private Endpoint? answering; // to whom what is said now is an answer
    private int bytes;
    private bool forwards; // what goes there is not an answer but what was asked to be sent on

    /// <summary>A hello came: what goes to <paramref name="asker"/> now is an answer.</summary>
    public void Begin(Endpoint? asker) => answering = asker;

    /// <summary>A datagram between members came.</summary>
    public void Begin(Endpoint from, SwimMessage message)
    {
        // What is asked of another goes to whom the asker chose.
        forwards = message is SwimMessage.PingRequest;
        answering = message is SwimMessage.PingRequest request ? request.At : message is SwimMessage.Ping ? from : null;
    }

    /// <summary>What is said from now on is no answer.</summary>
    public void End() => answering = null;

    /// <summary>A datagram goes out.</summary>
    public void Said(Endpoint to, int length, SwimMessage? message = null)
    {
        if (to != answering)
            return;
        // A suspect that is asked about is asked by ourselves too, at the place that we know, and hears what is said of it.
        if (forwards && message is SwimMessage.Ping ping
            && ping.News.Any(said => said.Id == ping.Target && said.State != MemberState.Alive))
        {
            return;
        }

        bytes += length;
    }

    /// <summary>All that came of a datagram of this length has been sent.</summary>
    /// <exception cref="BrokenInvariantException">It was more.</exception>
    public void Settle(Endpoint from, int length)
    {
        var said = bytes;
        (bytes, forwards) = (0, false);
        if (said > length)
            throw new BrokenInvariantException($"M7: {name} makes {said} bytes of the {length} that {from} sent");
    }
}
