using Roj.Kernel;
using Roj.Membership.Keeping;
using Xunit;

namespace Roj.Tests.Membership.Keeping;

public sealed class SuspicionTests
{
    private static readonly TimeSpan least = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan most = TimeSpan.FromSeconds(4);

    /// <summary>least + (most − least) × (1 − log(c + 1) / log(k + 1)), to the millisecond (Lifeguard, section IV-B).</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Each_accuser_shortens_it_by_the_logarithm(int confirmations)
    {
        var suspicion = new Suspicion(Instant.Zero, least, most, confirmations);
        for (var accuser = 1; accuser <= confirmations + 1; accuser++)
        {
            Assert.True(suspicion.Accuse(Finding.Id(accuser)));
            var share = confirmations == 0 ? 1 : Math.Log(accuser) / Math.Log(confirmations + 1);
            var expected = 1000 + (3000 * (1 - share));
            Assert.InRange((suspicion.EndsAt - Instant.Zero).TotalMilliseconds, expected - 2, expected + 2);
        }

        Assert.Equal(Instant.Zero + least, suspicion.EndsAt);
        Assert.False(suspicion.Accuse(Finding.Id(99))); // one past the limit
        Assert.Equal(confirmations + 1, suspicion.Accusers.Count);
    }

    [Fact]
    public void The_same_accuser_is_no_news()
    {
        var suspicion = new Suspicion(Instant.Zero, least, most, 3);
        Assert.True(suspicion.Accuse(Finding.Id(2)));
        Assert.False(suspicion.Accuse(Finding.Id(2)));
        Assert.Equal(Instant.Zero + most, suspicion.EndsAt);
    }

    [Fact]
    public void It_begins_when_it_begins_and_can_be_put_off()
    {
        var begun = Instant.Zero + TimeSpan.FromSeconds(10);
        var suspicion = new Suspicion(begun, least, most, 3);
        suspicion.Extend(TimeSpan.FromSeconds(5));
        suspicion.Extend(TimeSpan.FromSeconds(2));

        Assert.Equal(begun + most + TimeSpan.FromSeconds(7), suspicion.EndsAt);
    }
}
