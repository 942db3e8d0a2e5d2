using Roj.Kernel;
using Roj.Membership;
using Roj.Membership.Keeping;
using Roj.Membership.Keeping.Wire;
using Roj.Membership.Wire;
using Xunit;

namespace Roj.Tests.Membership.Keeping;

/// <summary>Neighbourhoods on a wire of 1–5 ms that loses nothing: every message goes through its bytes; the same seed gives the same
/// run.</summary>
internal sealed class NeighbourhoodNetwork(ulong seed)
{
    private const ulong Cluster = 7;

    private readonly Rng rng = new(seed);
    private readonly SortedDictionary<Endpoint, Neighbourhood> places = [];
    private readonly PriorityQueue<Action, (Instant At, int Order)> wire = new();
    private int order;

    internal Instant Now { get; private set; }

    /// <summary>Bytes of datagrams that each sent, one to all counting once.</summary>
    internal SortedDictionary<Endpoint, long> Sent { get; } = [];

    /// <summary>Whom finding asked, one by one.</summary>
    internal SortedSet<(Endpoint By, Endpoint Whom)> Asked { get; } = [];

    internal Neighbourhood this[int number] => places[Finding.At(number)];

    internal void Start(int number, int? at = null, ulong incarnation = 1, params int[] knows)
    {
        var own = Finding.At(at ?? number);
        var finding = Finding.Settings() with
        {
            Id = Finding.Id(number),
            Own = own,
            Boot = rng.NextUInt64() | 1,
            Broadcast = knows.Length == 0,
            Sweep = knows.Length == 0,
            Timings = new FinderTimings(),
        };
        var keeping = Observer.Settings(number) with { Own = own, Incarnation = incarnation };
        var place = new Neighbourhood(finding, keeping, Observer.Profile(number), default, rng.Fork());
        places[own] = place;
        place.Start(Now, [.. knows.Select(known => Finding.At(known))], []);
        Drain(own, place);
    }

    internal void Kill(int at) => places.Remove(Finding.At(at));

    internal void Leave(int number)
    {
        this[number].Leave(Now);
        Drain(Finding.At(number), this[number]);
    }

    internal MemberState? StateOf(int by, int whom) => this[by].Members.Find(Finding.Id(whom))?.State;

    /// <summary>Whether everybody believes all that are here to be alive, and nobody else.</summary>
    internal bool AllKnowAll => places.Values.All(me => me.Members.Company == places.Count - 1
        && places.Values.All(other => me.Members.Find(other.Members.Self.Id) is { State: MemberState.Alive } member
            && member.Incarnation == other.Members.Incarnation && member.Node == other.Members.Self.Node));

    /// <summary>Runs until <paramref name="condition"/> holds; how long it took. Fails after so many <paramref name="seconds"/>.</summary>
    internal TimeSpan RunUntil(Func<bool> condition, double seconds)
    {
        var start = Now;
        while (!condition())
        {
            Step();
            Assert.True(Now - start <= TimeSpan.FromSeconds(seconds), $"not within {seconds} s, seed {seed}");
        }

        return Now - start;
    }

    internal void Run(double seconds)
    {
        var end = Now + TimeSpan.FromSeconds(seconds);
        while (Next() is { } next && next <= end)
            Step();
        Now = end;
    }

    private Instant? Next()
    {
        var next = wire.TryPeek(out _, out var first) ? first.At : (Instant?)null;
        return places.Values.Aggregate(next, (earliest, place) => Instant.Earliest(earliest, place.Deadline));
    }

    private void Step()
    {
        var next = Next()!.Value;
        Now = next < Now ? Now : next;
        foreach (var (node, place) in places.Where(p => p.Value.Deadline <= Now).ToList())
        {
            for (var times = 0; place.Deadline <= Now; times++)
            {
                Assert.True(times < 3, $"it is due again and again, seed {seed}"); // what keeping finds may give finding something to do
                place.Tick(Now);
                Drain(node, place);
            }
        }

        while (wire.TryPeek(out var carried, out var first) && first.At <= Now)
        {
            wire.Dequeue();
            carried();
        }
    }

    private void Drain(Endpoint node, Neighbourhood place)
    {
        for (var i = 0; i < place.Finding.Count; i++)
        {
            var (to, hello) = (place.Finding[i].To, place.Finding[i].Message);
            if (hello is null)
                continue;
            if (hello.Kind == HelloKind.Ask && to != Finding.At(255))
                Asked.Add((node, to));
            var buffer = new byte[HelloCodec.Length];
            Carry(node, to, HelloCodec.Write(hello, buffer), (receiver, from) =>
            {
                Assert.Equal(ReadStatus.Done, HelloCodec.TryRead(buffer.AsSpan(0, HelloCodec.Write(hello, buffer)), out var read));
                receiver.Greeted(Now, from, read!);
            });
        }

        for (var i = 0; i < place.Keeping.Count; i++)
        {
            var output = place.Keeping[i];
            if (output.Message is { } message)
                Carry(node, output.To, Swim(message), (receiver, from) => receiver.Receive(Now, from, message));
            else if (output.Effect is KeepingEffect.Exchange(var with))
                Later(() => Exchange(node, place, with));
        }

        place.Clear();
    }

    private static int Swim(SwimMessage message)
    {
        var buffer = new byte[SwimCodec.Length];
        var length = SwimCodec.Write(Cluster, message, buffer);
        Assert.Equal(ReadStatus.Done, SwimCodec.TryRead(buffer.AsSpan(0, length), out _, out var read));
        Assert.Equal(Words.Text(message), Words.Text(read!));
        return length;
    }

    private void Carry(Endpoint from, Endpoint to, int bytes, Action<Neighbourhood, Endpoint> read)
    {
        Sent[from] = Sent.GetValueOrDefault(from) + bytes;
        foreach (var receiver in to == Finding.At(255) ? [.. places.Keys] : new[] { to })
        {
            Later(() =>
            {
                if (!places.TryGetValue(receiver, out var place))
                    return;
                read(place, from);
                Drain(receiver, place);
            });
        }
    }

    private void Exchange(Endpoint node, Neighbourhood place, Endpoint with)
    {
        var message = Read(place.Members.Opening());
        for (var turn = with; message is not null && places.TryGetValue(turn, out var listener); turn = turn == with ? node : with)
        {
            message = Read(listener.Reply(Now, message));
            Drain(turn, listener);
        }

        place.Exchanged(Now, with);
        Drain(node, place);
    }

    private static ExchangeMessage? Read(ExchangeMessage? message)
    {
        if (message is not null)
            Assert.Equal(ReadStatus.Done, ExchangeCodec.TryRead(ExchangeCodec.Write(Cluster, message), out _, out message, out _));
        return message;
    }

    private void Later(Action action) =>
        wire.Enqueue(action, (Now + rng.Next(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5)), order++));
}
