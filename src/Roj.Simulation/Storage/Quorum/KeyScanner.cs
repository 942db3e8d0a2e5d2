using System.Globalization;
using Roj.Kernel;
using Roj.Simulation.Swarms;
using Roj.Storage;

namespace Roj.Simulation.Storage.Quorum;

/// <summary>Sets keys that stay, and lists all keys again and again, page by page: none that was there throughout may be missing.</summary>
internal sealed class KeyScanner
{
    private const int Keys = 24;
    private const int Batch = 7;

    private static readonly TimeSpan patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan pause = TimeSpan.FromSeconds(1);

    private readonly QuorumTown town;
    private readonly Rng rng;
    private readonly SortedSet<StorageKey> there = [];
    private readonly SortedSet<StorageKey> listed = [];
    private StorageKey[] expected = [];
    private int turn; // an answer to an earlier one is none

    public KeyScanner(QuorumTown town)
    {
        (this.town, rng) = (town, town.World.RngFor("quorum/scanner"));
    }

    /// <summary>Whether it begins nothing new.</summary>
    public bool IsToStop { get; set; }

    /// <summary>Keys that were set, and stay.</summary>
    public IReadOnlyCollection<StorageKey> There => there;

    public void Begin()
    {
        for (var i = 0; i < Keys; i++)
            Set(KeyClient.KeyOf(string.Create(CultureInfo.InvariantCulture, $"stays {i}")));
        After(pause, Scan);
    }

    private void Set(StorageKey key)
    {
        if (IsToStop)
            return;
        town.PickAble(rng)?.Ask(new StorageCall.Write(key, "here"u8.ToArray()), answer =>
        {
            if (answer is StorageAnswer.Done)
                there.Add(key);
        });
        After(TimeSpan.FromSeconds(8), () =>
        {
            if (!there.Contains(key))
                Set(key);
        });
    }

    private void Scan()
    {
        listed.Clear();
        expected = [.. there];
        Page(0);
    }

    private void Page(ulong cursor)
    {
        if (IsToStop)
            return;
        var mine = ++turn;
        town.PickAble(rng)?.Ask(new StorageCall.List(0, cursor, Batch), answer =>
        {
            if (mine == turn)
                Listed(answer);
        });
        After(patience, () =>
        {
            if (mine == turn)
                Scan();
        });
    }

    private void Listed(StorageAnswer answer)
    {
        turn++;
        if (answer is not StorageAnswer.Keys(var next, var names))
        {
            After(pause, Scan);
            return;
        }

        foreach (var name in names)
            listed.Add(new StorageKey(0, name));
        if (next != 0)
        {
            After(TimeSpan.FromMilliseconds(rng.Next(0, 20)), () => Page(next));
            return;
        }

        foreach (var key in expected)
        {
            if (!listed.Contains(key))
                throw new BrokenInvariantException($"K: a listing misses {key}, which was there throughout");
        }

        if (expected.Length == Keys)
            town.Saw("all was listed");
        After(pause, Scan);
    }

    private void After(TimeSpan time, Action what) => town.World.Schedule(town.World.Now + time, what);
}
