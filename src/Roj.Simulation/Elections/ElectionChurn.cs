using System.Globalization;
using Roj.Election.Wire;
using Roj.Kernel;

namespace Roj.Simulation.Elections;

/// <summary>Nodes that leave in good order and come back, and somebody who speaks in others' names, or repeats
/// what they said.</summary>
internal sealed class ElectionChurn(ElectionTown town)
{
    private readonly Rng rng = town.World.RngFor("election/churn");
    private readonly List<string> deeds = [];

    public IReadOnlyList<string> Deeds => deeds;

    public void Begin()
    {
        if (town.Setup.Leaves is { } leaves)
            Plan(leaves, Leave);
        if (town.Setup.Forgeries is { } forgeries)
            Plan(forgeries, Forge);
    }

    private void Plan(TimeSpan mean, Action what)
    {
        var at = town.World.Now + rng.Next(mean / 4, mean * 2);
        if (at >= town.Setup.Faults.Until)
            return;
        town.World.Schedule(at, () =>
        {
            what();
            Plan(mean, what);
        });
    }

    private void Record(string deed)
    {
        deeds.Add(string.Create(CultureInfo.InvariantCulture, $"{town.World.Now} {deed}"));
        town.World.Trace.Add(null, "election.churn", deed);
    }

    // Sometimes there is time for a lease to be given back, sometimes the program is over at once.
    private void Leave()
    {
        if (Pick() is not { Part: { } part } node)
            return;
        var (boots, machine) = (node.Machine.Boots, node.Machine);
        var (lasts, away) = (rng.Next(TimeSpan.Zero, TimeSpan.FromMilliseconds(500)), rng.Next(TimeSpan.Zero, TimeSpan.FromSeconds(8)));
        Record($"{node.Name} leaves, and comes back {(long)away.TotalMilliseconds} ms later");
        town.Watch.Sights.Saw(part.Election.Standing is Roj.Election.Standing.Leading ? "a leader leaves" : "a follower leaves");
        part.Leave();
        town.World.Schedule(town.World.Now + lasts, () =>
        {
            if (machine.Boots != boots)
                return;
            machine.Shutdown();
            machine.Crash(); // if it was paused
        });
        var back = town.World.Now + lasts + away;
        town.World.Schedule(back < town.Setup.Faults.Until ? back : town.Setup.Faults.Until + lasts, machine.Boot);
    }

    private void Forge()
    {
        if (town.Setup.Kind is Roj.Election.ElectionKind.Ring)
            Repeat();
        else
            SpeakFor();
    }

    // What nodes post is signed, and not sealed: whoever listens can't change it, but say it again to anybody.
    private void Repeat()
    {
        if (Pick() is not { Part: { } part } liar || town.Ring.Overheard.Count == 0)
            return;
        var (to, body) = rng.Pick(town.Ring.Overheard);
        to = rng.Chance(3, 4) ? to : rng.Pick(town.Nodes);
        Record($"{liar.Name} repeats to {to.Name} what went round the ring");
        town.Watch.Sights.Saw("the ring: somebody repeats what was said");
        part.Repeat(to, body);
    }

    private void SpeakFor()
    {
        if (Pick() is not { Part: { } part } liar || town.Nodes.Count < 3)
            return;
        var (victim, named) = (rng.Pick(town.Nodes), rng.Pick(town.Nodes));
        if (victim == liar || named == liar || named == victim)
            return;
        Record($"{liar.Name} tells {victim.Name} that {named.Name} leads");
        town.Watch.Sights.Saw("somebody speaks in another's name");
        part.Forge(victim, new ElectionMessage.Heartbeat(new Term(town.Watch.Greatest.Counter + 1, named.Identity), 1));
    }

    private ElectionNode? Pick()
    {
        var able = town.Nodes.Where(node => node.Part is not null && node.Machine.State is MachineState.Up).ToArray();
        return able.Length == 0 ? null : rng.Pick(able);
    }
}
