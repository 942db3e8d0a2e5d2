using Roj.Election;
using Roj.Election.Wire;
using Roj.Kernel;
using Roj.Tests.Election;
using Xunit;

namespace Roj.Tests.Fuzz;

/// <summary>What may come to <c>POST /message</c>, and what a node of the ring then does about it.</summary>
public sealed class RingFuzz
{
    private static readonly byte[][] corpus = [.. RingJsonTests.Messages().Select(RingJson.Write)];

    [Fact]
    public void Bodies() => Fuzzing.Run(corpus, input =>
    {
        RingMessage? message = null;
        string? refusal = null;
        if (!Fuzzing.Bounded(input, bytes => RingJson.TryRead(bytes, out message, out refusal)))
        {
            Assert.InRange(refusal!.Length, 1, 200);
            return false;
        }

        Assert.True(RingJson.TryRead(RingJson.Write(message!), out var again, out _));
        Assert.Equal(RingJson.Write(message!), RingJson.Write(again));
        return true;
    });

    /// <summary>A lawful caller among hostile peers, in any order: nothing throws, what waits and what is said stays in bounds, and what
    /// is due leads somewhere.</summary>
    [Fact]
    public void A_node_that_is_told_anything()
    {
        var kinds = new SortedSet<string>();
        for (var seed = 0UL; seed < 200; seed++)
            new Life(new Rng(seed), kinds).Run();
        Assert.Equal(["Coloured", "Collect", "Collected", "Color", "Election", "Heard", "Leader", "Nominated", "Settled"], kinds);
    }

    private sealed class Life(Rng rng, SortedSet<string> kinds)
    {
        private readonly RingOutbox outbox = new();
        private readonly RingElection node = new(RingLab.Id(1), new RingSettings(), new Rng(9));
        private readonly List<NodeId> underWay = [];
        private Instant now = Instant.Zero + TimeSpan.FromSeconds(1);
        private Term greatest; // of those that were heard
        private Colouring colouring = Colouring.None;
        private Term own; // the last that this node led in
        private bool isCollected;
        private int members = 1;

        internal void Run()
        {
            for (var i = 0; i < 500; i++)
            {
                Step();
                CarryOut();
                Assert.InRange(node.Waiting, 0, (4 * 8) + 64);
                if (!(node.Deadline <= now))
                    continue;
                node.Tick(now, outbox);
                CarryOut();
                Assert.False(node.Deadline <= now, "it is due again at once");
            }
        }

        private void Step()
        {
            switch (rng.Next(16))
            {
                case 0:
                    members = 1 + rng.Next(8);
                    node.Reknit(now, [.. Enumerable.Range(1, members).Where(i => i == 1 || rng.Chance(4, 5)).Select(RingLab.Id)], outbox);
                    break;
                case 1:
                    node.Start(now);
                    break;
                case 2:
                    node.Stand(now, outbox);
                    break;
                case 3:
                    own = TermOf(1);
                    node.Lead(now, own, outbox);
                    greatest = Later(greatest, own);
                    break;
                case 4 when rng.Chance(1, 3):
                    var another = TermOf(1 + rng.Next(4));
                    node.Yield(now, another);
                    greatest = Later(greatest, another);
                    break;
                case 4 when isCollected:
                    isCollected = false;
                    node.Paint(now, colouring with { Term = own, Version = colouring.Version + 1 }, outbox);
                    break;
                case 5:
                    node.Announce(now, outbox);
                    break;
                case 6 or 7 when underWay.Count > 0:
                    Answer(node.Undelivered);
                    break;
                case 8 or 9 when underWay.Count > 0:
                    Answer(node.Delivered);
                    break;
                case 10:
                    now += TimeSpan.FromMilliseconds(rng.Next(10_000));
                    break;
                default:
                    node.Receive(now, Message(), outbox);
                    break;
            }
        }

        private void Answer(Action<Instant, NodeId, RingOutbox> how)
        {
            var to = rng.Pick(underWay);
            underWay.Remove(to);
            how(now, to, outbox);
        }

        private RingMessage Message()
        {
            var origin = Someone();
            var hops = rng.Chance(1, 20) ? rng.Pick([-1, int.MaxValue, int.MinValue]) : rng.Next(2 * members);
            var term = rng.Chance(1, 2) ? TermOf((int)(uint)origin.Node.Value) : greatest with { Leader = origin.Node };
            return rng.Next(4) switch
            {
                0 => new RingMessage.Election(Someone(), origin, hops),
                1 => new RingMessage.Leader(Someone(), origin, hops, term),
                2 => new RingMessage.Collect(Someone(), origin, hops, term, [.. Enumerable.Range(0, rng.Next(4)).Select(_ => Someone())]),
                _ => new RingMessage.Color(Someone(), origin, hops, colouring with { Term = term, Version = (ulong)rng.Next(4) }),
            };
        }

        private RingId Someone() => rng.Next(1 + members + 1) switch
        {
            0 => node.Id,
            var number => new RingId(rng.Chance(1, 2) ? (uint)number : uint.MaxValue - (uint)rng.Next(100), RingLab.Id(number)),
        };

        private Term TermOf(int leader) => new(greatest.Counter + (ulong)rng.Next(2), RingLab.Id(leader));

        private static Term Later(Term one, Term other) => one > other ? one : other;

        // The order that is promised to callers: terms never fall, nor do colours, and one message at a time goes to each neighbour.
        private void CarryOut()
        {
            for (var i = 0; i < outbox.Count; i++)
            {
                if (outbox[i].Message is { } message)
                {
                    kinds.Add(message.GetType().Name);
                    Assert.DoesNotContain(outbox[i].To, underWay);
                    Assert.NotEqual(RingLab.Id(1), outbox[i].To);
                    Assert.Equal(node.Id, message.Sender);
                    Assert.InRange(message.Hops, 0, 2 * 8);
                    underWay.Add(outbox[i].To);
                    continue;
                }

                kinds.Add(outbox[i].Event!.GetType().Name);
                Happened(outbox[i].Event!);
            }

            outbox.Clear();
        }

        private void Happened(RingEvent what)
        {
            switch (what)
            {
                case RingEvent.Heard(var term):
                    Assert.True(term >= greatest);
                    greatest = term;
                    break;
                case RingEvent.Coloured(var colours):
                    Assert.True((colours.Term, colours.Version).CompareTo((colouring.Term, colouring.Version)) > 0);
                    colouring = colours;
                    break;
                case RingEvent.Collected(var nodes):
                    Assert.Equal(nodes.Count, nodes.Distinct().Count());
                    Assert.Contains(RingLab.Id(1), nodes);
                    isCollected = true;
                    break;
                default:
                    break;
            }
        }
    }
}
