using Roj.Kernel;
using Roj.Membership;
using Roj.Membership.Wire;
using Xunit;

namespace Roj.Tests.Membership;

/// <summary>Finders on a wire of 1–5 ms without sockets: every hello goes through its bytes; the same seed gives the same run.</summary>
internal sealed class FinderNetwork(ulong seed, bool hasBroadcast = true, int lossPercent = 0)
{
    private readonly Rng rng = new(seed);
    private readonly SortedDictionary<Endpoint, Place> places = [];
    private readonly PriorityQueue<(Endpoint From, Endpoint To, byte[] Datagram), (Instant At, int Order)> wire = new();
    private int sent;

    internal Instant Now { get; private set; }

    /// <summary>How many datagrams were sent, one to all counting once.</summary>
    internal int Sent => sent;

    internal Finder this[int number] => places[Finding.At(number)].Finder;

    /// <summary>Starts node <paramref name="number"/>, in place of an earlier process of it.</summary>
    internal Finder Start(int number, bool sweep = false, params int[] knows)
    {
        var settings = Finding.Settings() with
        {
            Id = Finding.Id(number),
            Boot = rng.NextUInt64() | 1,
            Own = Finding.At(number),
            Broadcast = hasBroadcast,
            Sweep = sweep,
            Timings = new FinderTimings(),
        };
        var place = new Place(new Finder(settings, rng.Fork()), settings.Boot, []);
        places[settings.Own] = place;
        var outbox = new Outbox<Endpoint, Hello, FindingEvent, NoEffect>();
        place.Finder.Start(Now, outbox);
        foreach (var known in knows)
            place.Finder.Learn(Now, Finding.At(known), Source.Static, outbox);
        Drain(settings.Own, place, outbox);
        return place.Finder;
    }

    internal void Kill(int number) => places.Remove(Finding.At(number));

    internal void Offer(int number, params CatalogueEntry[] catalogue)
    {
        var outbox = new Outbox<Endpoint, Hello, FindingEvent, NoEffect>();
        var place = places[Finding.At(number)];
        place.Finder.Offer(Now, catalogue, outbox);
        Drain(Finding.At(number), place, outbox);
    }

    /// <summary>Whether every node has found every other in its present life, and nobody who isn't there is company.</summary>
    internal bool AllKnowAll => places.All(me => me.Value.Finder.Company == places.Count - 1
        && places.All(other => other.Key == me.Key || me.Value.Found.GetValueOrDefault(other.Key)?.Boot == other.Value.Boot));

    internal FindingEvent.PeerFound? Found(int by, int whom) => places[Finding.At(by)].Found.GetValueOrDefault(Finding.At(whom));

    /// <summary>Runs until <paramref name="condition"/> holds; how long it took. Fails after <paramref name="limit"/>.</summary>
    internal TimeSpan RunUntil(Func<bool> condition, TimeSpan limit)
    {
        var start = Now;
        while (!condition())
        {
            Assert.True(Now - start <= limit, $"not within {limit}");
            Step();
        }

        return Now - start;
    }

    internal void Run(TimeSpan span)
    {
        var end = Now + span;
        while (Next() is { } next && next <= end)
            Step();
        Now = end;
    }

    private Instant? Next()
    {
        var next = wire.TryPeek(out _, out var first) ? first.At : (Instant?)null;
        return places.Values.Aggregate(next, (earliest, place) => Instant.Earliest(earliest, place.Finder.Deadline));
    }

    private void Step()
    {
        var next = Next();
        Assert.True(next is not null, "nothing will ever happen");
        Now = next.Value < Now ? Now : next.Value;
        var outbox = new Outbox<Endpoint, Hello, FindingEvent, NoEffect>();
        foreach (var (node, place) in places.Where(p => p.Value.Finder.Deadline <= Now).ToList())
        {
            place.Finder.Tick(Now, outbox);
            Drain(node, place, outbox);
        }

        while (wire.TryPeek(out var carried, out var first) && first.At <= Now)
        {
            wire.Dequeue();
            if (!places.TryGetValue(carried.To, out var place))
                continue;
            Assert.Equal(ReadStatus.Done, HelloCodec.TryRead(carried.Datagram, out var hello));
            place.Finder.Receive(Now, carried.From, hello!, outbox);
            Drain(carried.To, place, outbox);
        }
    }

    private void Drain(Endpoint node, Place place, Outbox<Endpoint, Hello, FindingEvent, NoEffect> outbox)
    {
        for (var i = 0; i < outbox.Count; i++)
        {
            if (outbox[i].Message is { } hello)
                Send(node, outbox[i].To, hello);
            if (outbox[i].Event is FindingEvent.PeerFound found)
                place.Found[found.Node] = found;
            Assert.IsNotType<FindingEvent.IdentityClash>(outbox[i].Event);
        }

        outbox.Clear();
    }

    private void Send(Endpoint from, Endpoint to, Hello hello)
    {
        sent++;
        var buffer = new byte[HelloCodec.Length];
        var datagram = buffer[..HelloCodec.Write(hello, buffer)];
        var isBroadcast = to == Finding.At(255);
        Assert.True(hasBroadcast || !isBroadcast);
        foreach (var receiver in isBroadcast ? [.. places.Keys] : new[] { to })
        {
            if (!rng.Chance(lossPercent, 100))
                wire.Enqueue((from, receiver, datagram), (Now + rng.Next(Milliseconds(1), Milliseconds(5)), sent));
        }
    }

    private static TimeSpan Milliseconds(int count) => TimeSpan.FromMilliseconds(count);

    private sealed record Place(Finder Finder, ulong Boot, SortedDictionary<Endpoint, FindingEvent.PeerFound> Found);
}
