using Roj.Kernel;
using Roj.Membership;
using Roj.Membership.Wire;
using Xunit;

namespace Roj.Tests.Membership;

/// <summary>Each limit of finding: at it, and one past it.</summary>
public sealed class FinderLimitTests
{
    [Fact]
    public void One_source_is_answered_twenty_times_a_second()
    {
        var finding = new Finding();
        AskTimes(finding, 21, _ => Finding.At(2));
        Assert.Equal(20, finding.TakeSends().Count);
        Assert.Equal(1, finding.Finder.Refusals.TooOften);

        finding.Now += TimeSpan.FromMilliseconds(50);
        AskTimes(finding, 2, _ => Finding.At(2));
        Assert.Single(finding.TakeSends());

        finding.Now += TimeSpan.FromSeconds(1);
        AskTimes(finding, 21, i => Finding.At(2, (ushort)(i + 1000))); // one source is one address, whatever the port
        Assert.Equal(20, finding.TakeSends().Count);
    }

    [Fact]
    public void All_together_are_answered_five_hundred_times_a_second()
    {
        var finding = new Finding();
        AskTimes(finding, 501, i => new Endpoint(0x0A000001 + (uint)i, 7071));
        Assert.Equal(500, finding.TakeSends().Count);
        Assert.Equal(1, finding.Finder.Refusals.TooOften);

        finding.Now += TimeSpan.FromMilliseconds(2);
        AskTimes(finding, 2, i => new Endpoint(0x0B000001 - 2 - (uint)i, 7071));
        Assert.Single(finding.TakeSends());
    }

    [Fact]
    public void A_flood_from_forged_addresses_makes_no_more_of_us_than_its_budget()
    {
        var finding = new Finding();
        for (var i = 0; i < 100_000; i++) // 10 s of 10,000 a second
        {
            finding.Now += TimeSpan.FromTicks(TimeSpan.TicksPerMillisecond / 10);
            finding.Receive(Finding.Hello(HelloKind.Ask, 2, yourBoot: 0, peers: Finding.At(77)), new Endpoint(0x0A000001 + (uint)i, 7071));
        }

        Assert.InRange(finding.TakeSends().Count, 5400, 5501);
        finding.RunUntil(9.99);
        Assert.Empty(finding.TakeSends()); // and not one of them is asked
    }

    [Fact]
    public void The_least_recently_heard_makes_room_and_never_a_static_one()
    {
        var finding = new Finding();
        finding.Learn(Finding.At(254), Source.Static);
        for (var i = 1; i < Finder.AcquaintancesMax; i++)
            Prove(finding, i);
        Prove(finding, 1); // now 2 is the least recently heard
        finding.Take();
        finding.Now += TimeSpan.FromMilliseconds(1);
        Prove(finding, Finder.AcquaintancesMax);

        Assert.Equal(Finder.AcquaintancesMax - 1, finding.Finder.Company);
        Assert.Equal(0, finding.Finder.Refusals.Full);
        Assert.Contains(finding.TakeEvents(), e => e is FindingEvent.PeersChanged);
        Prove(finding, 1);
        Assert.Empty(finding.TakeEvents()); // still known
        Prove(finding, 2);
        Assert.Contains(finding.TakeEvents(), e => e is FindingEvent.PeerFound); // known anew
        Assert.NotEmpty(finding.SendTimes(Finding.At(254), 20)); // the static one has never spoken, and stays
    }

    [Fact]
    public void In_a_full_table_nobody_makes_room_for_a_rumour()
    {
        var finding = new Finding();
        for (var i = 1; i < Finder.AcquaintancesMax; i++)
            Prove(finding, i);
        finding.Learn(Finding.At(2), Source.Exchanged);
        Assert.Equal(0, finding.Finder.Refusals.Full);

        finding.Learn(Finding.At(3), Source.Exchanged); // takes the other rumour's place, but no one else's
        finding.Learn(Finding.At(4), Source.Static);
        finding.Learn(Finding.At(5), Source.Exchanged);

        Assert.Equal(1, finding.Finder.Refusals.Full);
        Assert.Equal(Finder.AcquaintancesMax - 1, finding.Finder.Company);
    }

    [Fact]
    public void A_table_full_of_static_ones_takes_nobody()
    {
        var finding = new Finding();
        for (var i = 1; i <= Finder.AcquaintancesMax; i++)
            finding.Learn(new Endpoint(0x0A000000 + (uint)i, 7071), Source.Static);
        Assert.Equal(0, finding.Finder.Refusals.Full);

        finding.Learn(Finding.At(2), Source.Static);
        Prove(finding, Finder.AcquaintancesMax + 1);

        Assert.Equal(2, finding.Finder.Refusals.Full);
        Assert.Empty(finding.TakeEvents());
    }

    [Fact]
    public void Two_hundred_and_fifty_six_are_remembered()
    {
        var finding = new Finding();
        for (var i = 1; i <= Finder.RememberedMax + 1; i++)
        {
            Prove(finding, i);
            Assert.Equal(Math.Min(i, Finder.RememberedMax), finding.Finder.Remembered.Count);
        }

        Assert.DoesNotContain(new Endpoint(0x0A000001, 7071), finding.Finder.Remembered);
    }

    [Fact]
    public void Rumours_are_asked_at_the_pace_of_the_sweep()
    {
        var finding = new Finding();
        for (var i = 2; i < 2 + Finder.RumoursMax + 1; i++)
            finding.Learn(Finding.At(i), Source.Exchanged);
        Assert.Equal(Finder.RumoursMax, finding.TakeSends().Count);

        finding.RunUntil(0.019);
        Assert.Empty(finding.TakeSends());
        finding.RunUntil(0.020);
        Assert.Equal([Finding.At(52)], finding.TakeSends().Select(s => s.To));

        finding.RunUntil(10.020);
        Assert.InRange(finding.TakeSends().Count, 1, 10 * Finder.RumoursMax);
    }

    [Fact]
    public void A_catalogue_has_at_most_four_entries()
    {
        var finding = new Finding();
        CatalogueEntry[] five = [.. Enumerable.Range(1, 5).Select(i => Finding.File(i))];

        finding.Finder.Offer(finding.Now, five[..4], finding.Outbox);
        Assert.Throws<ArgumentException>(() => finding.Finder.Offer(finding.Now, five, finding.Outbox));
        finding.Finder.Offer(finding.Now, [Finding.File(1, new string('n', 255))], finding.Outbox);
        Assert.Throws<ArgumentException>(
            () => finding.Finder.Offer(finding.Now, [Finding.File(1, new string('n', 256))], finding.Outbox));
    }

    [Theory]
    [InlineData(97, 97, 98)]
    [InlineData(98, 98, Finder.ToldOfCrowd)]
    [InlineData(99, Finder.ToldOfCrowd, Finder.ToldOfCrowd)]
    public void All_peers_are_told_that_fit_else_some_by_chance(int peers, int first, int second)
    {
        var finding = new Finding();
        for (var i = 1; i <= peers; i++)
            Prove(finding, i);
        finding.Receive(Finding.Hello(HelloKind.Ask, 2), Finding.At(2));
        finding.Receive(Finding.Hello(HelloKind.Ask, 3), Finding.At(3));

        var named = finding.TakeSends().Where(s => s.Hello.Kind == HelloKind.Answer).Select(s => s.Hello.Peers).ToList();
        foreach (var (told, some) in new[] { (first, named[0]), (second, named[1]) })
            Assert.InRange(some.Distinct().Count(), told == Finder.ToldOfCrowd ? told - 1 : told, told); // who asks may be drawn
        Assert.NotEqual(named[0].Order(), named[1].Order());
    }

    private static void AskTimes(Finding finding, int times, Func<int, Endpoint> from)
    {
        for (var i = 0; i < times; i++)
            finding.Receive(Finding.Hello(HelloKind.Ask, 2, yourBoot: 0), from(i));
    }

    /// <summary>Node <paramref name="number"/> of 10/8 answers, a tick after whatever was before.</summary>
    private static void Prove(Finding finding, int number)
    {
        finding.Now += TimeSpan.FromTicks(1);
        finding.Receive(Finding.Hello(HelloKind.Answer, 1000 + number), new Endpoint(0x0A000000 + (uint)number, 7071));
    }
}
