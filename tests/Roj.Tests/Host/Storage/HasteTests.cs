using Roj.Host.Storage;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Host.Storage;

/// <summary>Whether a disk is waited for.</summary>
public class HasteTests
{
    private static readonly TimeSpan tick = TimeSpan.FromTicks(1);

    [Fact]
    public void A_slow_disk_is_tried_again_after_a_second_then_two_and_after_a_minute_at_the_latest()
    {
        var haste = new Haste();
        var now = new Instant(TimeSpan.TicksPerDay);
        Assert.True(haste.IsQuick(now));
        haste.Took(now, Haste.Patience);
        Assert.True(haste.IsQuick(now));
        foreach (var seconds in new[] { 1, 2, 4, 8, 16, 32, 60, 60 })
        {
            haste.Took(now, Haste.Patience + tick);
            Assert.False(haste.IsQuick(now + TimeSpan.FromSeconds(seconds) - tick));
            now += TimeSpan.FromSeconds(seconds);
            Assert.True(haste.IsQuick(now));
        }

        haste.Took(now, Haste.Patience);
        haste.Took(now, Haste.Patience + tick);
        Assert.True(haste.IsQuick(now + TimeSpan.FromSeconds(1)));
    }
}
