using Roj.Kernel;
using Roj.Membership.Sealing;

namespace Roj.Simulation.Neighbourhoods;

/// <summary>Processes with a <see cref="SessionBook"/> each, on a network that loses, repeats and reorders, while they restart, their
/// keys are rotated one after the other, and somebody records all of it and plays it back.</summary>
/// <remarks>What must hold: nothing counts twice; nothing counts that was said to an earlier life; and in quiet all hear all again within
/// three attempts, first those who share a key, then, with the same keys, all.</remarks>
public sealed class SessionsRun
{
    private const int Nodes = 4;
    private const int Steps = 400;
    private const int RecordedMax = 200;
    private const int Attempts = 3;

    private readonly Rng rng;
    private readonly SessionBook[] books = new SessionBook[Nodes];
    private readonly uint[][] rings = new uint[Nodes][];
    private readonly int[] lives = new int[Nodes];
    private readonly List<Letter> recorded = [];
    private readonly SortedSet<long> heard = [];
    private uint[] ring = [1];
    private uint lastKey = 1;
    private Instant now;
    private long said;

    /// <summary>Prepares the run of a seed.</summary>
    /// <param name="seed">The number that everything follows from.</param>
    /// <param name="sink">Told nothing: a run is short enough to be followed without.</param>
    public SessionsRun(ulong seed, Action<string>? sink = null)
    {
        _ = sink;
        rng = new Rng(seed);
        for (var node = 0; node < Nodes; node++)
            (rings[node], books[node]) = (ring, Book(node, ring));
    }

    /// <summary>How often something counted.</summary>
    public int Heard => heard.Count;

    /// <summary>Runs it; what is wrong, null if nothing is.</summary>
    public string? Run()
    {
        for (var i = 0; i < Steps; i++)
        {
            if (Step() is { } fault)
                return fault;
        }

        now += TimeSpan.FromSeconds(2); // the budgets for strangers are full again
        if (HearAll() is { } early)
            return early + " while keys are rotated";
        for (var node = 0; node < Nodes; node++)
            Follow(node);
        now += TimeSpan.FromSeconds(2);
        return HearAll();
    }

    private static Endpoint Home(int node) => new(0x0A000001 + (uint)node, 7071);

    private SessionBook Book(int node, uint[] keys) => new((UInt128)(node + 1), keys, () => rng.NextUInt64() | 1);

    private string? Step()
    {
        now += TimeSpan.FromMilliseconds(rng.Next(200));
        switch (rng.Next(20))
        {
            case 0:
                Restart(rng.Next(Nodes));
                return null;
            case 1:
                Rotate();
                return null;
            case < 8:
                _ = Say(rng.Next(Nodes), rng.Next(Nodes), isToAll: rng.Next(4) == 0).Count(); // recorded, not delivered yet
                return null;
            default:
                return recorded.Count > 0 ? Deliver(recorded[rng.Next(recorded.Count)]) : null; // late, twice, or never
        }
    }

    private string? HearAll()
    {
        for (var pair = 0; pair < Nodes * Nodes; pair++)
        {
            var (from, to) = (pair / Nodes, pair % Nodes);
            var isHeard = from == to || !rings[from].Intersect(rings[to]).Any();
            for (var attempt = 0; !isHeard; attempt++)
            {
                if (attempt == Attempts)
                    return $"n{to} does not hear n{from}";
                foreach (var letter in Say(from, to, isToAll: false).Concat(Say(to, from, isToAll: false)).ToArray())
                {
                    if (Deliver(letter) is { } fault)
                        return fault;
                    isHeard |= letter.From == from && heard.Contains(letter.Number);
                }
            }
        }

        return null;
    }

    private void Restart(int node)
    {
        books[node].Dispose();
        books[node] = Book(node, rings[node]);
        lives[node]++;
    }

    // One after the other they have the newest ring; who is behind opens nothing that is said in a key that it does not have.
    private void Rotate()
    {
        if (rng.Next(3) == 0)
            ring = rng.Next(2) == 0 ? [++lastKey, .. ring.Take(2)] : [ring[0]];
        Follow(rng.Next(Nodes));
    }

    private void Follow(int node)
    {
        if (rings[node] == ring)
            return;
        rings[node] = ring;
        books[node].Follow(ring);
    }

    private IEnumerable<Letter> Say(int from, int to, bool isToAll)
    {
        var at = isToAll ? new Endpoint(uint.MaxValue, 1) : Home(to);
        (ulong, uint)?[] names = [books[from].Address(at), books[from].AddressAgain(at)];
        foreach (var (its, key) in names.OfType<(ulong, uint)>())
        {
            var letter = new Letter(from, to, lives[to], ++said, books[from].Next(key), its);
            if (recorded.Count == RecordedMax)
                recorded.RemoveAt(rng.Next(recorded.Count));
            recorded.Add(letter);
            yield return letter;
        }
    }

    private string? Deliver(Letter letter)
    {
        var book = books[letter.To];
        if (book.Look(now, Home(letter.From), letter.Header, out var met) is not SealVerdict.Fresh)
            return null;
        var verdict = book.Hear(Home(letter.From), letter.Header, met ?? new MetSession(null), letter.Names);
        if (verdict is SealVerdict.Stranger)
            Introduce(letter);
        if (verdict is not SealVerdict.Fresh)
            return null;
        if (!heard.Add(letter.Number))
            return $"n{letter.To} takes twice what n{letter.From} said";
        return letter.Life == lives[letter.To] ? null : $"n{letter.To} takes what was said to an earlier life of it";
    }

    private void Introduce(Letter stranger)
    {
        var header = books[stranger.To].Next(stranger.Header.KeyId);
        var book = books[stranger.From];
        if (book.Look(now, Home(stranger.To), header, out var met) is SealVerdict.Fresh)
            book.Hear(Home(stranger.To), header, met ?? new MetSession(null), stranger.Header.Session);
    }

    private sealed record Letter(int From, int To, int Life, long Number, SealHeader Header, ulong Names);
}
