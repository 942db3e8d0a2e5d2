using Roj.Membership.Keeping;
using Xunit;

namespace Roj.Tests.Membership.Keeping;

public sealed class LocalHealthTests
{
    [Fact]
    public void It_is_between_one_and_nine_and_goes_step_by_step()
    {
        var health = new LocalHealth();
        health.Better();
        Assert.Equal(1, health.Multiplier);

        for (var step = 2; step <= 12; step++)
        {
            health.Worse();
            Assert.Equal(Math.Min(step, 9), health.Multiplier);
        }

        for (var step = 8; step >= -1; step--)
        {
            health.Better();
            Assert.Equal(Math.Max(step, 1), health.Multiplier);
        }
    }
}
