using Roj.Kernel;
using Roj.Simulation.Histories;
using Xunit;

namespace Roj.Simulation.Tests.Histories;

public sealed class LeaseLedgerTests
{
    private readonly LeaseLedger ledger = new();

    [Fact]
    public void One_after_the_other_and_renewed_is_fine()
    {
        Believe(1, "a", 0, 10);
        Believe(1, "a", 5, 15); // renewed
        Believe(2, "b", 15, 20); // at the very end of the one before
        Believe(3, "a", 21, 30);
        ledger.Believe("other", 1, "b", At(0), At(30));
        Assert.Null(ledger.Breach());
        Assert.Equal(5, ledger.Leases.Count);
    }

    [Fact]
    public void Two_at_one_time()
    {
        Believe(1, "a", 0, 10);
        Believe(2, "b", 9, 20);
        Assert.Equal(
            "two at one time: a's lease 1 of leader [0.000000, 10.000000) and b's lease 2 of leader [9.000000, 20.000000)",
            ledger.Breach());
    }

    [Fact]
    public void A_long_lease_reaches_over_a_short_renewal()
    {
        Believe(1, "a", 0, 30);
        Believe(1, "a", 5, 10);
        Believe(2, "b", 20, 40);
        Assert.StartsWith("two at one time", ledger.Breach(), StringComparison.Ordinal);
    }

    [Fact]
    public void One_holder_does_not_have_two_leases_at_one_time_either()
    {
        Believe(1, "a", 0, 10);
        Believe(2, "a", 9, 20);
        Assert.StartsWith("two at one time", ledger.Breach(), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_let_go_is_not_in_the_way()
    {
        Believe(1, "a", 0, 10);
        Believe(1, "a", 4, 14);
        ledger.End("leader", 1, "a", At(5));
        Believe(2, "b", 6, 20);
        Assert.Null(ledger.Breach());
        ledger.End("leader", 2, "b", At(25)); // long over: nothing gets longer
        Believe(3, "a", 20, 30);
        Assert.Null(ledger.Breach());
    }

    [Fact]
    public void An_epoch_is_not_held_by_two_even_far_apart()
    {
        Believe(1, "a", 0, 10);
        Believe(1, "b", 100, 110);
        Assert.StartsWith("one epoch for two: a's lease 1", ledger.Breach(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_epoch_does_not_go_back()
    {
        Believe(2, "a", 0, 10);
        Believe(1, "b", 20, 30);
        Assert.StartsWith("an epoch went back", ledger.Breach(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_ends_before_it_begins_is_the_callers_mistake() => Assert.Throws<ArgumentException>(() => Believe(1, "a", 2, 1));

    private void Believe(ulong epoch, string holder, int from, int until) => ledger.Believe("leader", epoch, holder, At(from), At(until));

    private static Instant At(int seconds) => Instant.Zero + TimeSpan.FromSeconds(seconds);
}
