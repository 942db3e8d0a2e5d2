using Roj.Files.Tracking;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Files.Tracking;

public sealed class LocalSearchTests
{
    private readonly TrackingOutbox outbox = new();
    private readonly LocalSearch search = new(new Endpoint(0x0A000001, 6881), new Subnet(0x0A000001, 24), new Rng(1));
    private Instant now = new(TimeSpan.TicksPerHour);

    [Fact]
    public void It_announces_soon_and_then_every_five_minutes()
    {
        Assert.Null(search.Deadline);
        search.Seek(now, Announcing.File);
        Assert.InRange(search.Deadline!.Value - now, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        var message = Speak();
        Assert.Equal((6881, Announcing.File), (message.Port, Assert.Single(message.InfoHashes)));
        Assert.InRange(search.Deadline!.Value - now, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5.5));
    }

    [Fact]
    public void Another_file_waits_for_the_minute()
    {
        search.Seek(now, Announcing.File);
        Speak();
        search.Seek(now, default);
        Assert.Equal(LocalSearch.Pause, search.Deadline - now);
    }

    [Fact]
    public void Who_shares_the_file_is_found_and_a_newcomer_hears_of_us_once()
    {
        search.Seek(now, Announcing.File);
        Speak();
        Hear(2);
        Assert.Equal([new Endpoint(0x0A000002, 7000)], Assert.IsType<TrackingEvent.PeersFound>(outbox[0].Event).Peers);
        Assert.Equal(LocalSearch.Pause, search.Deadline - now);
        now += LocalSearch.Pause;
        outbox.Clear();
        Speak();
        Hear(2);
        Assert.True(search.Deadline - now > LocalSearch.Pause); // it is none any more
    }

    [Fact]
    public void Where_others_answer_the_newcomer_we_need_not()
    {
        search.Seek(now, Announcing.File);
        Speak();
        now += LocalSearch.Pause;
        Hear(2);
        Hear(3);
        Hear(4);
        Assert.True(search.Deadline - now < LocalSearch.Pause);
        Hear(5);
        Assert.True(search.Deadline - now > LocalSearch.Pause);
    }

    [Fact]
    public void Our_own_voice_other_files_and_other_networks_are_nothing()
    {
        search.Seek(now, Announcing.File);
        var own = Speak();
        search.Receive(now, new Endpoint(0x0A000002, 1), own, outbox);
        search.Receive(now, new Endpoint(0x0A000001, 1), own with { Cookie = null }, outbox);
        search.Receive(now, new Endpoint(0x0A000102, 1), own with { Cookie = null }, outbox);
        search.Receive(now, new Endpoint(0x0A0000FF, 1), own with { Cookie = null }, outbox);
        search.Receive(now, new Endpoint(0x0A000002, 1), own with { Cookie = null, InfoHashes = [default] }, outbox);
        Assert.Equal(0, outbox.Count);
    }

    [Fact]
    public void Neighbours_are_forgotten_before_they_are_too_many()
    {
        var wide = new LocalSearch(new Endpoint(0x0A000001, 6881), new Subnet(0x0A000001, 8), new Rng(1));
        wide.Seek(now, Announcing.File);
        now = wide.Deadline!.Value;
        wide.Tick(now, outbox);
        for (var i = 2u; i < 2 + LocalSearch.NeighboursMax + 1; i++)
        {
            now += TimeSpan.FromTicks(1);
            wide.Receive(now, new Endpoint(0x0A000000 + i, 1), Message(null), outbox);
        }

        now += LocalSearch.Pause;
        wide.Tick(now, outbox);
        wide.Receive(now, new Endpoint(0x0A000000 + 2 + LocalSearch.NeighboursMax, 1), Message(null), outbox);
        Assert.True(wide.Deadline - now > LocalSearch.Pause); // the last is known
        wide.Receive(now, new Endpoint(0x0A000002, 1), Message(null), outbox);
        Assert.Equal(LocalSearch.Pause, wide.Deadline - now); // the first is new again
    }

    private static LocalSearchMessage Message(string? cookie) => new(7000, [Announcing.File], cookie);

    private LocalSearchMessage Speak()
    {
        now = search.Deadline!.Value;
        search.Tick(now, outbox);
        var output = outbox[outbox.Count - 1];
        Assert.Equal(LocalSearchMessage.Group, output.To);
        outbox.Clear();
        return output.Message!;
    }

    private void Hear(uint number) => search.Receive(now, new Endpoint(0x0A000000 + number, 6771), Message("other"), outbox);
}
