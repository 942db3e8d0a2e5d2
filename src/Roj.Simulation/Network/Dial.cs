using Roj.Kernel;

namespace Roj.Simulation.Network;

/// <summary>TCP's handshake, seen from outside: a call goes out, again and again if need be, and an answer comes back.</summary>
internal sealed class Dial(SimNetwork network, SimStream client) : Scheduled
{
    private readonly World world = network.World;
    private readonly Instant giveUpAt = network.World.Now + NetworkLimits.ConnectPatience;
    private Step step = Step.Call;
    private TimeSpan patience = TimeSpan.FromSeconds(1); // the first wait for an answer (RFC 6298, section 2); it doubles
    private Machine? target;

    private enum Step
    {
        Call,
        Arrive,
        AnswerYes,
        AnswerNo,
    }

    internal override void Happen()
    {
        if (client.End != StreamEnd.None)
            return; // closed, reset or gone with its machine meanwhile

        switch (step)
        {
            case Step.Call:
                Call();
                break;
            case Step.Arrive:
                Arrive();
                break;
            case Step.AnswerYes:
                client.IsEstablished = true;
                client.Machine.Inbox.Post(new Input(InputKind.Connected, client));
                break;
            case Step.AnswerNo:
                client.FailToConnect(StreamEnd.Refused);
                break;
        }
    }

    private void Call()
    {
        target = network.MachineAt(client.Remote.Address);
        if (target is not { IsPowered: true } || IsCut(target) || target.Inbox.BacklogIsFull)
            TryLater();
        else
            Next(Step.Arrive, network.LinkOf(client.Machine, target).SegmentArrival(world.Now, 0, network.StreamRng, network.Counts));
    }

    private void Arrive()
    {
        if (!target!.IsPowered || IsCut(target))
        {
            TryLater();
            return;
        }

        var answerAt = network.LinkOf(target, client.Machine).SegmentArrival(world.Now, 0, network.StreamRng, network.Counts);
        if (!target.Listens(client.Remote.Port))
        {
            Next(Step.AnswerNo, answerAt);
            return;
        }

        Next(Step.AnswerYes, answerAt);
        var server = new SimStream(target, client.Remote, client.Local, null);
        SimStream.Join(client, server, answerAt);
        target.Inbox.Post(new Input(InputKind.Accepted, server));
    }

    private bool IsCut(Machine other) => network.IsBlocked(client.Machine, other) || network.IsBlocked(other, client.Machine);

    private void TryLater()
    {
        if (world.Now >= giveUpAt)
        {
            client.FailToConnect(StreamEnd.TimedOut);
            return;
        }

        var again = world.Now + patience;
        patience *= 2;
        Next(Step.Call, again < giveUpAt ? again : giveUpAt);
    }

    private void Next(Step next, Instant at)
    {
        step = next;
        world.Schedule(at, this);
    }
}
