using Roj.Membership.Sealing;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Membership;

/// <summary>A counter is taken once, and not when it is too old to tell.</summary>
public sealed class ReplayWindowTests
{
    [Fact]
    public void The_oldest_place_is_taken_and_one_past_it_is_not()
    {
        var window = new ReplayWindow();
        Assert.False(window.TryTake(0));
        Assert.True(window.TryTake(5000));
        Assert.True(window.TryTake(5000 - ReplayWindow.Places + 1));
        Assert.False(window.TryTake(5000 - ReplayWindow.Places));
        Assert.True(window.TryTake(ulong.MaxValue));
        Assert.False(window.TryTake(ulong.MaxValue));
        Assert.False(window.TryTake(5001));
    }

    [Fact]
    public void It_agrees_with_one_that_remembers_everything()
    {
        var rng = new Rng(1);
        for (var run = 0; run < 200; run++)
        {
            var (window, all, greatest) = (new ReplayWindow(), new HashSet<ulong>(), 0UL);
            for (var step = 0; step < 500; step++)
            {
                var ahead = rng.Next(10) == 0 ? rng.Next(5000) : rng.Next(20);
                var counter = greatest + (ulong)ahead < 30 ? 1 : greatest + (ulong)ahead - (ulong)rng.Next(30);
                if (rng.Next(20) == 0 && greatest > 2100)
                    counter = greatest - (ulong)rng.Next(2100);
                var isOld = counter <= greatest && greatest - counter >= ReplayWindow.Places;
                Assert.Equal(!isOld && all.Add(counter), window.TryTake(counter));
                greatest = Math.Max(greatest, counter);
            }
        }
    }
}
