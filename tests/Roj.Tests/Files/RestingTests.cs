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

    [Fact]
    public void A_complete_node_that_is_looked_at_calls_on_others_for_a_while_and_ever_more_seldom_where_nobody_is()
    {
        var settings = Swarming.Settings with { RestsWhenComplete = true };
        var swarm = new Swarm(settings, new Rng(1));
        var outbox = new Outbox();
        swarm.Describe(Swarming.At(0), Swarming.File("a"), outbox);
        swarm.Verified(Swarming.At(0), 0, right: true, outbox);
        swarm.Learn(Swarming.At(0), Swarming.Place(1), isStatic: false, restarted: false);
        outbox.Take();

        var dials = 0;
        for (var second = 1; second <= 600; second++)
        {
            swarm.Look(Swarming.At(second));
            swarm.Tick(Swarming.At(second), outbox);
            foreach (var output in outbox.Take().Where(output => output.Effect is SwarmEffect.Connect))
            {
                dials++;
                swarm.Closed(Swarming.At(second), ((SwarmEffect.Connect)output.Effect!).Connection, outbox);
            }
        }

        Assert.InRange(dials, 8, 14); // 0.1 s doubling to 5 min, half of that at least
        var rests = Swarming.At(600) + settings.LookedAtFor;
        Assert.Null(swarm.Deadline(rests));
        swarm.Tick(rests + settings.CompleteRest, outbox);
        Assert.Empty(outbox.Take());
    }
}
