using Roj.Kernel;

namespace Roj.Simulation.Neighbourhoods;

/// <summary>Machines that come, go and die of their owners' will, beside all that a nemesis does.</summary>
internal sealed class Churn(World world, IReadOnlyList<SimMember> members, Instant until)
{
    private readonly Rng rng = world.RngFor("churn");
    private readonly List<string> deeds = [];

    public IReadOnlyList<string> Deeds => deeds;

    /// <summary>Lets one thing happen after another.</summary>
    public void Plan(TimeSpan mean)
    {
        var at = world.Now + rng.Next(mean / 8, mean * 2);
        if (at >= until)
            return;
        world.Schedule(at, () =>
        {
            Strike(rng.Pick(members));
            Plan(mean);
        });
    }

    private void Strike(SimMember member)
    {
        switch (rng.Next(4))
        {
            case 0 when member.State == MachineState.Up:
                Record($"leave {member.Name}");
                member.Leave();
                break;
            case 1 when member.State == MachineState.Up:
                Record($"kill {member.Name}");
                member.Crash();
                break;
            case 2 when member.State == MachineState.Up: // back before anybody can have missed it
                Record($"kill and start {member.Name}");
                member.Crash();
                member.Boot();
                break;
            default:
                if (member.State == MachineState.Down)
                    Record($"start {member.Name}");
                member.Boot();
                break;
        }
    }

    private void Record(string deed)
    {
        deeds.Add($"{world.Now} {deed}");
        world.Trace.Add(null, "churn", deed);
    }
}
