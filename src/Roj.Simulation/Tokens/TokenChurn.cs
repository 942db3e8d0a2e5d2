using System.Globalization;
using Roj.Kernel;
using Roj.Token;

namespace Roj.Simulation.Tokens;

/// <summary>Nodes that leave in good order and come back, and tokens that are given once more.</summary>
internal sealed class TokenChurn(TokenTown town)
{
    private static readonly TimeSpan lookEvery = TimeSpan.FromMilliseconds(50);

    private readonly Rng rng = town.World.RngFor("token/churn");
    private readonly List<string> deeds = [];

    public IReadOnlyList<string> Deeds => deeds;

    public void Begin()
    {
        if (town.Setup.Leaves is { } leaves)
            Plan(leaves, Leave);
        if (town.Setup.Repeats is { } repeats)
            Plan(repeats, Repeat);
    }

    /// <summary>A node goes as the daemon does: once it has handed the token on, or after a while.</summary>
    public void Leave(TokenNode node, TimeSpan patience, Action gone)
    {
        var (boots, machine, until) = (node.Machine.Boots, node.Machine, town.World.Now + patience);
        var hasSaidBye = false;
        node.Part!.Leave();
        Look();

        void Look()
        {
            if (machine.Boots != boots)
                return;
            if (node.Part is { Passing.State: TokenState.Owner or TokenState.Passing } && town.World.Now < until)
            {
                town.World.Schedule(town.World.Now + lookEvery, Look);
                return;
            }

            if (!hasSaidBye && town.World.Now < until && machine.State is MachineState.Up)
            {
                // Some will give it the token until they have heard that it goes: it passes that on.
                node.Part?.SayBye();
                hasSaidBye = true;
                town.World.Schedule(town.World.Now + (2 * town.Setup.HelloEvery), Look);
                return;
            }

            machine.Shutdown();
            machine.Crash(); // if it was paused
            gone();
        }
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
        town.World.Trace.Add(null, "token.churn", deed);
    }

    private void Leave()
    {
        var able = town.Nodes.Where(node => node.Part is not null && node.Machine.State is MachineState.Up).ToArray();
        if (able.Length == 0)
            return;
        var (node, away) = (rng.Pick(able), rng.Next(TimeSpan.Zero, TimeSpan.FromSeconds(8)));
        var patience = rng.Next(TimeSpan.Zero, TimeSpan.FromSeconds(3));
        town.Watch.Sights.Saw(node.Part!.Passing.State is TokenState.Owner ? "an owner leaves" : "another leaves");
        Record($"{node.Name} leaves, and comes back {(long)away.TotalMilliseconds} ms later");
        Leave(node, patience, () => { });
        var back = town.World.Now + patience + away;
        town.World.Schedule(back < town.Setup.Faults.Until ? back : town.Setup.Faults.Until + patience, node.Machine.Boot);
    }

    // A stream does not bring anything twice, but what is asked again may be underway for long.
    private void Repeat()
    {
        if (town.Watch.Overheard.Count == 0)
            return;
        var (from, to, frame) = rng.Pick(town.Watch.Overheard);
        if (to.Part is null || to.Machine.State is not MachineState.Up)
            return;
        Record($"{to.Name} is given {frame.Message} of {from.Name} once more");
        town.Watch.Sights.Saw("a token is given once more");
        to.Part.Receive(from.Machine.Address, frame);
    }
}
