using Roj.Agreement;
using Roj.Election;
using Roj.Kernel;

namespace Roj.Simulation.Elections;

/// <summary>What a leader is there for: it tells the others to do something, again and again.</summary>
internal sealed class LeaderCommands(ElectionTown town, ElectionNode node, ElectionPart part)
{
    private static readonly RegisterName commands = RegisterName.Of("commands");
    private static readonly TimeSpan every = TimeSpan.FromMilliseconds(200);

    public void Begin() => node.Machine.After(town.Rng.Next(TimeSpan.Zero, every), Give);

    private void Give()
    {
        if (part.IsOver)
            return;
        var (machine, agreement) = (node.Machine, node.Agreement);
        machine.After(every, Give);
        if (agreement?.Registers?.Deadline <= machine.Now)
            agreement.Do((registers, outbox) => registers.Tick(machine.Now, outbox));
        town.Watch.Wakes(node, machine.Now);
        part.Turn();
        if (part.IsOver || part.Election.Standing is not Standing.Leading(var term))
            return;
        town.Watch.Issues(node, term);
        var bytes = new byte[1 + Term.Length];
        var writer = new ByteWriter(bytes);
        writer.Byte((byte)ElectionPart.Word.Command);
        writer.UInt64(term.Counter);
        writer.UInt128(term.Leader.Value);
        if (agreement is null)
        {
            foreach (var peer in part.Here)
                part.Send(town.PlaceOf(peer.Node)!, bytes);
        }
        else if (agreement.Registers?.NextFence(machine.Now, ElectionPart.Leader) is { } fence)
        {
            part.Registers.Ask(commands, new RegisterChange.Set(bytes) { Fence = fence }, answer =>
            {
                if (answer.Applied is Applied.Yes)
                    town.Watch.Written(answer.Version, term);
            });
        }
    }
}
