using Roj.Election;
using Roj.Election.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Election;

/// <summary>A leader by the ring, which has no heartbeats: what it does while nothing happens, and when its lease is over.</summary>
public class RingLeaderTests
{
    private static readonly NodeId self = new(1);
    private static readonly Peer other = new(new NodeId(2), new Endpoint(0x0A000103, 7071), Colour.None);

    private readonly ElectionOutbox outbox = new();
    private Instant now = Instant.Zero + TimeSpan.FromSeconds(100);

    [Fact]
    public void A_quiet_time_is_no_standstill()
    {
        var election = Alone();
        RunTo(election, TimeSpan.FromSeconds(30));
        var term = Assert.IsType<Standing.Leading>(election.Standing).Term;
        election.Meet(now, [other], null, outbox);
        RunTo(election, TimeSpan.FromSeconds(60));
        election.Meet(now, [other with { Colour = Colour.Red }], null, outbox);
        Assert.Equal(new Standing.Leading(term), election.Standing);
    }

    [Fact]
    public void But_a_standstill_is_one()
    {
        var election = Alone();
        RunTo(election, TimeSpan.FromSeconds(30));
        election.Meet(now, [other], null, outbox);
        now += TimeSpan.FromSeconds(10);
        election.Tick(now, outbox);
        Assert.IsType<Standing.Without>(election.Standing);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void And_is_found_out_by_what_became_of_a_message_too(bool isDelivered)
    {
        var election = Alone();
        RunTo(election, TimeSpan.FromSeconds(30));
        election.Meet(now, [other], null, outbox);
        Assert.Single(Said<RingMessage.Leader>());
        outbox.Clear();
        now += TimeSpan.FromSeconds(10);
        if (isDelivered)
            election.Delivered(now, other.Node, null, outbox);
        else
            election.Undelivered(now, other.Node, outbox);
        Assert.IsType<Standing.Without>(election.Standing);
        now += TimeSpan.FromSeconds(1);
        election.Tick(now, outbox);
        Assert.Empty(Said<RingMessage>());
    }

    [Fact]
    public void Who_has_laid_it_down_is_not_followed_for_what_he_said_before()
    {
        var election = Alone();
        var (theirs, term) = (new RingId(0, other.Node), new Term(1, other.Node));
        election.Meet(now, [other], [self, other.Node], outbox);
        Assert.Null(election.Receive(now, new RingMessage.Leader(theirs, theirs, 0, term), outbox));
        Assert.IsType<Standing.Following>(election.Standing);
        election.Hear(now, other.Node, new ElectionMessage.Resigned(term, null), outbox);
        election.Receive(now, new RingMessage.Leader(theirs, theirs, 0, term), outbox); // said again before, and late
        Assert.IsType<Standing.Without>(election.Standing);
        election.Receive(now, new RingMessage.Leader(theirs, theirs, 0, term with { Counter = 2 }), outbox);
        Assert.IsType<Standing.Following>(election.Standing);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whose_candidacy_comes_home_though_he_follows_waits_for_nobody(bool isQuorum)
    {
        var election = Alone();
        var (theirs, seats) = (new RingId(0, other.Node), isQuorum ? [self, other.Node] : (NodeId[]?)null);
        election.Meet(now, [other], seats, outbox);
        Assert.Null(election.Receive(now, new RingMessage.Leader(theirs, theirs, 0, new Term(1, other.Node)), outbox));
        Assert.IsType<Standing.Following>(election.Standing);
        election.Delivered(now, other.Node, null, outbox);
        outbox.Clear();
        // It came back so soon that nobody has missed it, leads no more, and stands with a lesser number.
        Assert.Null(election.Receive(now, new RingMessage.Election(theirs, theirs, 0), outbox));
        var own = Assert.Single(Said<RingMessage.Election>());
        Assert.Equal(self, own.Origin.Node);
        election.Delivered(now, other.Node, null, outbox);
        Assert.Null(election.Receive(now, own with { Sender = theirs, Hops = 1 }, outbox));
        Assert.Equal(isQuorum ? new Standing.Claiming() : new Standing.Leading(new Term(2, self)), election.Standing);
    }

    [Fact]
    public void Whose_lease_is_over_says_so_to_all_and_is_not_taken_for_gone()
    {
        var election = Alone();
        election.Meet(now, [other], [self, other.Node], outbox);
        election.Granted(now, 7, null, outbox);
        outbox.Clear();
        election.Lapsed(now, 7, outbox);
        var said = Enumerable.Range(0, outbox.Count).Where(i => outbox[i].Message is ElectionMessage.Resigned).Select(i =>
            outbox[i]).ToArray();
        var one = Assert.Single(said);
        Assert.Equal((other.Node, (ElectionMessage)new ElectionMessage.Resigned(new Term(7, self), null)), (one.To, one.Message));
    }

    [Fact]
    public void Who_goes_hands_over_to_one_who_votes()
    {
        var election = Alone();
        var newcomer = new Peer(new NodeId(3), new Endpoint(0x0A000102, 7071), Colour.None); // its right neighbour
        election.Meet(now, [newcomer, other], [self, other.Node], outbox);
        election.Granted(now, 7, null, outbox);
        outbox.Clear();
        election.Leave(now, outbox);
        var said = Enumerable.Range(0, outbox.Count).Select(i => outbox[i].Message).OfType<ElectionMessage.Resigned>().ToArray();
        Assert.Equal(2, said.Length);
        Assert.All(said, resigned => Assert.Equal(other.Node, resigned.Successor));
    }

    private LeaderElection Alone()
    {
        var settings = new ElectionSettings
        {
            Self = self,
            Own = new Endpoint(0x0A000101, 7071),
            Kind = ElectionKind.Ring,
            NewClientTimeout = TimeSpan.FromSeconds(1),
        };
        var election = new LeaderElection(settings, Term.None, new Rng(1));
        election.Start(now, outbox);
        return election;
    }

    private IEnumerable<T> Said<T>() => Enumerable.Range(0, outbox.Count).Select(i => outbox[i].Message).OfType<T>();

    private void RunTo(LeaderElection election, TimeSpan length)
    {
        for (var end = now + length; election.Deadline is { } due && due <= end;)
        {
            now = due > now ? due : now + TimeSpan.FromMilliseconds(1);
            election.Tick(now, outbox);
            outbox.Clear();
        }
    }
}
