using Roj.Files;
using Roj.Kernel;
using Xunit;
using Outbox = Roj.Kernel.Outbox<Roj.Files.ConnectionId, Roj.Files.Wire.PeerMessage, Roj.Files.SwarmEvent, Roj.Files.SwarmEffect>;

namespace Roj.Tests.Files;

/// <summary>One file of many: who has all of it waits to be called.</summary>
public sealed class RestingTests
{
    [Theory]
    [InlineData(true, true, 0)]
    [InlineData(true, false, 1)]
    [InlineData(false, true, 1)]
    public void A_complete_node_dials_nobody_where_it_may_rest(bool mayRest, bool isComplete, int dials)
    {
        var swarm = new Swarm(Swarming.Settings with { RestsWhenComplete = mayRest }, new Rng(1));
        var outbox = new Outbox();
        swarm.Describe(Swarming.At(0), Swarming.File("a"), outbox);
        swarm.Verified(Swarming.At(0), 0, isComplete, outbox);
        outbox.Take();
        swarm.Learn(Swarming.At(1), Swarming.Place(1), isStatic: false, restarted: true);

        Assert.Equal(dials > 0, swarm.Deadline(Swarming.At(1)) <= Swarming.At(1));
        swarm.Tick(Swarming.At(1), outbox);
        Assert.Equal(dials, outbox.Take().Count(output => output.Effect is SwarmEffect.Connect));
    }
}
