using Roj.Kernel;
using Xunit;

namespace Roj.Simulation.Tests;

public sealed class WorldTests
{
    [Fact]
    public void Events_happen_by_time_and_then_in_the_order_in_which_they_were_scheduled()
    {
        var world = new World(1);
        var order = new List<int>();
        world.Schedule(At(2), () => order.Add(3));
        world.Schedule(At(1), () => order.Add(1));
        world.Schedule(At(1), () => order.Add(2));
        world.Schedule(At(1), () => order.Add(9)).Cancel();
        world.Schedule(At(3), () => order.Add(4));
        world.Run(At(2));
        Assert.Equal([1, 2, 3], order);
        Assert.Equal(At(2), world.Now);
        Assert.True(world.Step());
        Assert.Equal(At(3), world.Now);
        Assert.False(world.Step());
    }

    [Fact]
    public void Time_stands_still_where_a_condition_holds()
    {
        var world = new World(1);
        var count = 0;
        for (var i = 1; i <= 5; i++)
            world.Schedule(At(i), () => count++);
        Assert.True(world.Run(At(10), () => count == 3));
        Assert.Equal(At(3), world.Now);
        Assert.False(world.Run(At(10), () => count == 7));
        Assert.Equal(At(10), world.Now);
    }

    [Fact]
    public void A_purpose_draws_the_same_numbers_whatever_else_draws()
    {
        Assert.Equal(new World(5).RngFor("x").NextUInt64(), new World(5).RngFor("x").NextUInt64());
        Assert.NotEqual(new World(5).RngFor("x").NextUInt64(), new World(5).RngFor("y").NextUInt64());
        Assert.NotEqual(new World(5).RngFor("x").NextUInt64(), new World(6).RngFor("x").NextUInt64());
    }

    private static Instant At(int seconds) => Instant.Zero + TimeSpan.FromSeconds(seconds);
}
