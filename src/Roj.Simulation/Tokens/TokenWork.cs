using Roj.Token;

namespace Roj.Simulation.Tokens;

/// <summary>What one life of a node does while the token is here: a few steps of the work, each written to a resource under the token's
/// fence; then it passes the token on.</summary>
internal sealed class TokenWork(TokenTown town, TokenNode node, TokenPart part)
{
    private TokenStamp under; // none while the token is not here

    public void Hear(TokenEvent what)
    {
        switch (what)
        {
            case TokenEvent.Held(var stamp, var data):
                town.Watch.Work.Require(stamp.Progress, data.Span, $"data: {node.Name} is given {stamp}, which");
                under = stamp;
                Go(stamp, steps: town.Rng.Next(3));
                break;
            case TokenEvent.Lost:
                under = default;
                break;
        }
    }

    /// <summary>Nothing more is done: the node goes.</summary>
    public void Stop() => under = default;

    private void Go(TokenStamp stamp, int steps)
    {
        if (node.Machine.State is not MachineState.Up)
            return;
        var takes = town.Rng.Next(town.Setup.HoldMax / 8, town.Setup.HoldMax) / Math.Max(1, steps);
        node.Machine.After(takes, () => Do(stamp, steps));
    }

    private void Do(TokenStamp stamp, int steps)
    {
        if (part.IsOver || under != stamp)
            return;
        // As the daemon's loop: what is due comes first.
        if (node.Agreement?.Registers?.Deadline <= node.Machine.Now)
            node.Agreement.Do((registers, outbox) => registers.Tick(node.Machine.Now, outbox));
        part.Turn();
        if (part.IsOver || under != stamp)
            return;
        if (steps == 0)
        {
            under = default;
            part.Give((now, outbox) => part.Passing.PassOn(now, outbox));
        }
        else
        {
            Step(stamp, steps);
        }

        part.Turn();
    }

    private void Step(TokenStamp stamp, int steps)
    {
        var (counts, progress) = (false, part.Passing.Own.Progress + 1);
        part.Give((now, outbox) => counts = part.Passing.Worked(now, stamp, progress, town.Watch.Work.At(progress), outbox));
        if (!counts)
        {
            under = default;
            town.Watch.Sights.Saw("what was done does not count");
            return;
        }

        town.Watch.Writes(node, stamp);
        Go(stamp, steps - 1);
    }
}
