using Roj.Kernel;
using Roj.Membership;
using Roj.Membership.Wire;
using Xunit;

namespace Roj.Tests.Membership;

public sealed class FinderTests
{
    [Fact]
    public void A_static_peer_is_asked_at_once_then_ever_more_slowly_for_ever()
    {
        var finding = new Finding();
        finding.Learn(Finding.At(2), Source.Static);

        var times = finding.SendTimes(Finding.At(2), 120);

        Assert.Equal([0, 100, 300, 700, 1500, 3100, 5100, 7100], times.Take(8));
        Assert.Equal(2000, times[^1] - times[^2]);
        Assert.InRange(times[^1], 118_000, 120_000);
    }

    [Fact]
    public void A_peer_that_answers_is_asked_every_five_seconds()
    {
        var finding = Answering(files: 1);

        Assert.Equal([5000, 10_000, 15_000], Gaps(finding));
    }

    [Fact]
    public void A_node_without_a_file_asks_every_half_second()
    {
        var finding = Answering(files: 0);

        Assert.Equal([500, 1000, 1500], Gaps(finding));
    }

    [Fact]
    public void In_a_crowd_the_pauses_grow_with_it()
    {
        var finding = new Finding();
        for (var i = 2; i <= 33; i++)
            finding.Receive(Finding.Hello(HelloKind.Answer, i));
        finding.RunUntil(0.1);
        finding.Finder.Offer(finding.Now, [Finding.File(1)], finding.Outbox);

        Assert.Equal(32, finding.Finder.Company);
        // Twice the 16 that are no crowd yet: 10 s instead of 5, once the pauses have doubled that far.
        AnswerAll(finding, 32, 60);
        var sends = finding.TakeSends().Count;
        Assert.Equal(0, sends);
        var before = finding.Now;
        AnswerAll(finding, 32, (before + TimeSpan.FromSeconds(10)).SinceZero.TotalSeconds, out var asks);
        Assert.Equal(32, asks);
    }

    [Fact]
    public void Pauses_are_off_by_a_tenth_at_most()
    {
        var finding = new Finding(Finding.Settings() with { Timings = new FinderTimings() });
        finding.Learn(Finding.At(2), Source.Static);

        var times = finding.SendTimes(Finding.At(2), 60);
        var gaps = times.Zip(times.Skip(1), (a, b) => b - a).Skip(5).ToList();

        Assert.All(gaps, gap => Assert.InRange(gap, 1799, 2200));
        Assert.True(gaps.Distinct().Count() > 5);
    }

    [Fact]
    public void The_first_hello_makes_a_peer_known_and_others_only_if_they_say_something_new()
    {
        var finding = new Finding();
        var hello = Finding.Hello(HelloKind.Ask, 2, yourBoot: 0);

        finding.Receive(hello);
        var found = Assert.IsType<FindingEvent.PeerFound>(Assert.Single(finding.TakeEvents()));
        Assert.Equal((Finding.At(2), Finding.Id(2), 0xB02u, (ushort)6881), (found.Node, found.Id, found.Boot, found.SwarmPort));

        finding.Receive(hello);
        Assert.Empty(finding.TakeEvents());

        Hello[] news =
        [
            hello with { Boot = 0xC02 },
            hello with { Boot = 0xC02, SwarmPort = 0 },
            hello with { Boot = 0xC02, SwarmPort = 0, Catalogue = [Finding.File(1)] },
            hello with { Boot = 0xC02, SwarmPort = 0, Catalogue = [Finding.File(1)], Id = Finding.Id(3) },
        ];
        foreach (var other in news)
        {
            finding.Receive(other, Finding.At(2));
            Assert.IsType<FindingEvent.PeerFound>(Assert.Single(finding.TakeEvents()));
        }
    }

    [Fact]
    public void An_ask_is_answered_to_where_it_came_from_with_what_we_know()
    {
        var finding = new Finding();
        finding.Finder.Offer(finding.Now, [Finding.File(1)], finding.Outbox);
        finding.Receive(Finding.Hello(HelloKind.Answer, 3));
        finding.Take();

        finding.Receive(Finding.Hello(HelloKind.Ask, 2, yourBoot: 0), Finding.At(2, 4000));

        var (to, answer) = Assert.Single(finding.TakeSends());
        Assert.Equal(Finding.At(2, 4000), to);
        Assert.Equal((HelloKind.Answer, Finding.Id(1), Finding.OwnBoot, 0xB02u), (answer.Kind, answer.Id, answer.Boot, answer.YourBoot));
        Assert.Equal([Finding.File(1)], answer.Catalogue);
        Assert.Equal([Finding.At(3)], answer.Peers);
    }

    [Fact]
    public void Who_only_asked_is_answered_but_never_asked_told_or_remembered_until_it_proves_itself()
    {
        var finding = new Finding();
        finding.Receive(Finding.Hello(HelloKind.Ask, 2, yourBoot: 0));
        finding.Take();
        Assert.Empty(finding.SendTimes(Finding.At(2), 30));
        finding.Receive(Finding.Hello(HelloKind.Ask, 3, yourBoot: 0));
        Assert.Empty(Assert.Single(finding.TakeSends()).Hello.Peers);
        Assert.Empty(finding.Finder.Remembered);

        finding.Receive(Finding.Hello(HelloKind.Ask, 2));

        Assert.Contains(finding.Take(), o => o.Event is FindingEvent.PeersChanged);
        Assert.Equal([Finding.At(2)], finding.Finder.Remembered);
        Assert.NotEmpty(finding.SendTimes(Finding.At(2), 31));
    }

    [Fact]
    public void Peers_of_a_proven_peer_are_asked_at_once_those_of_others_are_not_believed()
    {
        var finding = new Finding();
        finding.Receive(Finding.Hello(HelloKind.Ask, 2, yourBoot: 0, peers: Finding.At(9)));
        Assert.Equal([Finding.At(2)], finding.TakeSends().Select(s => s.To));

        finding.Receive(Finding.Hello(HelloKind.Answer, 2, peers: [Finding.At(3), Finding.At(1), new Endpoint(0x7F000001, 7071)]));

        // Not ourselves, nor the loopback address that means the teller.
        Assert.Equal([Finding.At(3)], finding.TakeSends().Select(s => s.To));
    }

    [Fact]
    public void A_new_catalogue_is_told_at_once_to_all_that_are_there()
    {
        var finding = new Finding();
        finding.Receive(Finding.Hello(HelloKind.Answer, 2));
        finding.Receive(Finding.Hello(HelloKind.Answer, 3));
        finding.Learn(Finding.At(4), Source.Static);
        finding.Take();

        finding.Finder.Offer(finding.Now, [Finding.File(1)], finding.Outbox);
        var sends = finding.TakeSends();
        Assert.Equal([Finding.At(2), Finding.At(3)], sends.Select(s => s.To));
        Assert.All(sends, s => Assert.Equal([Finding.File(1)], s.Hello.Catalogue));

        finding.Finder.Offer(finding.Now, [Finding.File(1)], finding.Outbox);
        Assert.Empty(finding.TakeSends());
    }

    [Theory]
    [InlineData(Source.Exchanged, false)]
    [InlineData(Source.Contact, false)]
    [InlineData(Source.Remembered, true)]
    [InlineData(Source.Static, true)]
    public void Who_never_answers_is_forgotten_after_a_minute_unless_configured_or_remembered(Source source, bool stays)
    {
        var finding = new Finding();
        finding.Learn(Finding.At(2), source);

        Assert.NotEmpty(finding.SendTimes(Finding.At(2), 59.9));
        Assert.Equal(stays, finding.SendTimes(Finding.At(2), 200).Count > 0);
        Assert.Equal(stays, finding.Finder.Deadline is not null);
    }

    [Fact]
    public void A_peer_that_fell_silent_is_asked_every_ten_seconds_and_kept()
    {
        var finding = Answering(files: 1);
        finding.RunUntil(finding.Now.SinceZero.TotalSeconds + 60);
        finding.Take();
        Assert.Equal(0, finding.Finder.Company);

        Assert.Equal([10_000, 10_000, 10_000], Differences(finding.SendTimes(Finding.At(2), 300)).TakeLast(3));
        Assert.Equal([Finding.At(2)], finding.Finder.Remembered);
    }

    [Fact]
    public void One_missing_answer_is_asked_for_again_soon()
    {
        var finding = Answering(files: 1);

        Assert.Equal([5000, 100, 200], Differences([Milliseconds(finding), .. finding.SendTimes(Finding.At(2), 1000)]).Take(3));
    }

    [Fact]
    public void Remembered_are_those_heard_last_first_then_those_that_may_come_back()
    {
        var finding = new Finding();
        finding.Learn(Finding.At(9), Source.Remembered);
        finding.Learn(Finding.At(8), Source.Static);
        foreach (var node in new[] { 2, 3, 2 })
        {
            finding.Now += TimeSpan.FromMilliseconds(1);
            finding.Receive(Finding.Hello(HelloKind.Answer, node));
        }

        Assert.Equal([Finding.At(2), Finding.At(3), Finding.At(9)], finding.Finder.Remembered);
    }

    [Fact]
    public void A_clone_is_reported_once_a_minute_when_it_has_proved_that_it_hears_us()
    {
        var finding = new Finding();
        finding.Receive(Finding.Hello(HelloKind.Ask, 1, boot: 0xC1, yourBoot: 0), Finding.At(7));
        Assert.Single(finding.TakeSends()); // so that it learns of us; no event yet

        finding.Receive(Finding.Hello(HelloKind.Answer, 1, boot: 0xC1), Finding.At(7));
        Assert.Equal([new FindingEvent.IdentityClash(Finding.At(7), 0xC1)], finding.TakeEvents());

        finding.Now += TimeSpan.FromSeconds(60) - TimeSpan.FromTicks(1);
        finding.Receive(Finding.Hello(HelloKind.Answer, 1, boot: 0xC1), Finding.At(7));
        Assert.Empty(finding.TakeEvents());

        finding.Now += TimeSpan.FromTicks(1);
        finding.Receive(Finding.Hello(HelloKind.Answer, 1, boot: 0xC1), Finding.At(7));
        Assert.Single(finding.TakeEvents());
        Assert.Empty(finding.Finder.Remembered);
    }

    [Theory]
    [InlineData("9.255.255.255", false)]
    [InlineData("10.0.0.0", true)]
    [InlineData("10.255.255.255", true)]
    [InlineData("11.0.0.0", false)]
    [InlineData("100.63.255.255", false)]
    [InlineData("100.64.0.1", true)]
    [InlineData("100.127.255.254", true)]
    [InlineData("100.128.0.0", false)]
    [InlineData("127.0.0.5", true)]
    [InlineData("169.254.1.1", true)]
    [InlineData("172.15.255.255", false)]
    [InlineData("172.16.0.1", true)]
    [InlineData("172.31.255.254", true)]
    [InlineData("172.32.0.0", false)]
    [InlineData("192.168.0.1", true)]
    [InlineData("192.169.0.0", false)]
    [InlineData("8.8.8.8", false)]
    [InlineData("172.20.7.0", false)] // our network's own name
    [InlineData("172.20.7.255", false)] // and its broadcast address: an answer would reach everybody
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    public void Only_local_addresses_are_answered_and_learnt(string address, bool welcome)
    {
        Assert.True(Endpoint.TryParse($"{address}:7071", out var node));
        var finding = new Finding();

        finding.Receive(Finding.Hello(HelloKind.Ask, 2), node);
        finding.Learn(node, Source.Static);

        Assert.Equal(welcome, finding.Take().Count > 0);
        Assert.Equal(welcome ? 0 : 2, finding.Finder.Refusals.NotLocal);
    }

    [Fact]
    public void With_a_key_public_addresses_are_welcome_too()
    {
        var finding = new Finding(Finding.Settings() with { AnyAddress = true });

        finding.Learn(new Endpoint(0x08080808, 7071), Source.Static);

        Assert.Single(finding.TakeSends());
    }

    [Fact]
    public void What_is_not_for_us_is_counted_and_dropped()
    {
        var finding = new Finding();
        finding.Receive(Finding.Hello(HelloKind.Ask, 2) with { Cluster = "other" });
        finding.Receive(Finding.Hello(HelloKind.Ask, 1, boot: Finding.OwnBoot), Finding.At(1));
        finding.Receive(Finding.Hello(HelloKind.Answer, 2, yourBoot: 0xA0));

        Assert.Empty(finding.Take());
        Assert.Null(finding.Finder.Deadline);
        Assert.Equal(new Refusals() with { OtherCluster = 1, OwnEchoes = 1, Unsolicited = 1 }, finding.Finder.Refusals);
    }

    [Fact]
    public void Nodes_that_cannot_be_are_the_callers_mistake()
    {
        Assert.Throws<ArgumentException>(() => new Finding(Finding.Settings() with { Cluster = "" }));
        Assert.Throws<ArgumentException>(() => new Finding(Finding.Settings() with { Cluster = new string('c', 64) }));
        Assert.Throws<ArgumentException>(() => new Finding(Finding.Settings() with { Boot = 0 }));
        Assert.Throws<ArgumentException>(() => new Finding(Finding.Settings() with { Own = default }));
        _ = new Finding(Finding.Settings() with { Cluster = new string('c', 63) });
    }

    /// <summary>A finder with one peer that has answered every ask, long enough for the pauses to have reached their ceiling.</summary>
    private static Finding Answering(int files)
    {
        var finding = new Finding();
        finding.Finder.Offer(finding.Now, [.. Enumerable.Range(1, files).Select(i => Finding.File(i))], finding.Outbox);
        finding.Receive(Finding.Hello(HelloKind.Answer, 2));
        AnswerAll(finding, 1, 30);
        // Up to and with the next ask, answered.
        finding.RunUntil(finding.Finder.Deadline!.Value.SinceZero.TotalSeconds);
        Assert.Single(finding.TakeSends());
        finding.Receive(Finding.Hello(HelloKind.Answer, 2));
        return finding;
    }

    private static List<long> Gaps(Finding finding)
    {
        var start = Milliseconds(finding);
        var times = new List<long>();
        for (var i = 0; i < 3; i++)
        {
            finding.RunUntil(finding.Finder.Deadline!.Value.SinceZero.TotalSeconds);
            Assert.Single(finding.TakeSends());
            times.Add(Milliseconds(finding) - start);
            finding.Receive(Finding.Hello(HelloKind.Answer, 2));
        }

        return times;
    }

    private static void AnswerAll(Finding finding, int peers, double seconds) => AnswerAll(finding, peers, seconds, out _);

    /// <summary>Until <paramref name="seconds"/>, nodes 2 and up answer every ask at once.</summary>
    private static void AnswerAll(Finding finding, int peers, double seconds, out int asks)
    {
        asks = 0;
        var end = Instant.Zero + TimeSpan.FromSeconds(seconds);
        for (var next = finding.Finder.Deadline; next <= end; next = finding.Finder.Deadline)
        {
            finding.RunUntil(next.Value.SinceZero.TotalSeconds);
            foreach (var (to, _) in finding.TakeSends())
            {
                asks++;
                var number = (int)(to.Address & 255);
                Assert.InRange(number, 2, peers + 1);
                finding.Receive(Finding.Hello(HelloKind.Answer, number));
            }
        }

        finding.RunUntil(seconds);
    }

    private static List<long> Differences(List<long> times) => [.. times.Zip(times.Skip(1), (a, b) => b - a)];

    private static long Milliseconds(Finding finding) => finding.Now.Ticks / TimeSpan.TicksPerMillisecond;
}
