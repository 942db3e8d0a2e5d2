using Roj.Agreement;
using Xunit;

namespace Roj.Tests.Agreement;

/// <summary>Leases that go from one holder to the next.</summary>
public sealed class HandingTests
{
    private static readonly RegisterName Lock = RegisterName.Of("lock");
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_lease_that_is_handed_over_is_nobodys_in_between_and_goes_on_under_its_epoch()
    {
        var all = Assembly.Born(3);
        all.Do(1, node => node.Claim(all.Now, Lock, 3 * Second, all.Outbox));
        all.Run(Second);
        for (var turn = 1; turn <= 30; turn++)
        {
            var (from, to) = (1 + ((turn - 1) % 3), 1 + (turn % 3));
            var offered = all.Now;
            all.Do(from, node => Assert.NotNull(
                node.Hand(all.Now, Lock, Assembly.Id(to), 1, new[] { (byte)turn }, all.Outbox)));
            Assert.Null(all[from].EpochOf(all.Now, Lock)); // before it is known how that ends
            all.Run(Second / 50);
            var outcome = all.Events.Select(one => one.Event).OfType<AgreementEvent.Ended>().Last().Outcome;
            Assert.Equal((Applied.Yes, (byte)turn), (outcome.Applied, outcome.Content!.Data!.Value.Span[0]));
            all.Do(to, node => Assert.True(node.TakeOver(all.Now, Lock, 1, 3 * Second, offered)));
            all.Run(Second / 50);
        }

        all.Run(10 * Second); // it is renewed by the last
        Assert.Equal(1UL, all[1].EpochOf(all.Now, Lock));
    }

    [Fact]
    public void A_lease_that_was_handed_over_and_not_taken_is_nobodys_after_its_time()
    {
        var all = Assembly.Born(3);
        all[3].Watch(Lock);
        all.Do(1, node => node.Claim(all.Now, Lock, 3 * Second, all.Outbox));
        all.Run(Second);
        all.Do(1, node => node.Hand(all.Now, Lock, Assembly.Id(2), 1, default, all.Outbox));
        all.Run(Second);
        Assert.False(all[2].TakeOver(all.Now, Lock, 1, 3 * Second, all.Now - (3 * Second)));
        all.Do(3, node => node.Claim(all.Now, Lock, 3 * Second, all.Outbox));
        all.Run(Second);
        Assert.Null(all[3].EpochOf(all.Now, Lock));
        all.RunUntil(() => all[3].EpochOf(all.Now, Lock) is not null, 5 * Second);
        Assert.Equal(2UL, all[3].EpochOf(all.Now, Lock));
        all.Do(1, node => Assert.Null(node.Hand(all.Now, Lock, Assembly.Id(2), 1, default, all.Outbox)));
    }
}
