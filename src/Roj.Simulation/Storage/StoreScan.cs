using Roj.Kernel;
using Roj.Simulation.Swarms;
using Roj.Storage;

namespace Roj.Simulation.Storage;

/// <summary>Lists keys, page by page: none may be missing that was there throughout.</summary>
internal sealed class StoreScan
{
    private static readonly TimeSpan answerLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan pause = TimeSpan.FromMilliseconds(100);

    private readonly StoreTown town;
    private readonly Rng rng;
    private readonly SortedSet<StorageKey> listed = [];
    private SortedSet<StorageKey> there = [];
    private SortedSet<StorageKey> alive = [];
    private Instant aliveAt;
    private StorageAnswer? answer;
    private ulong call;
    private StoreNode? asked;
    private int database;
    private bool isGoing;
    private int begun;

    public StoreScan(StoreTown town)
    {
        (this.town, rng) = (town, town.World.RngFor("store/scan"));
        town.Answered += Hear;
        town.Ended += node =>
        {
            if (node == asked)
                (asked, call) = (null, 0);
        };
    }

    /// <summary>Lists on and on, at whoever is there.</summary>
    public void Begin()
    {
        isGoing = true;
        begun++;
        (alive, aliveAt) = (Alive(), town.World.Now);
        Next(0);
    }

    public void End() => (isGoing, asked, call) = (false, null, 0);

    /// <summary>Each node lists and counts what is there, no more and no less: invariants 2 and 5.</summary>
    /// <returns>What is wrong; null if nothing is.</returns>
    public string? All()
    {
        var live = Alive();
        foreach (var node in town.Nodes.Where(node => node.IsAble).ToArray()) // who starts meanwhile knows nobody yet
        {
            for (var each = 0; each < town.Setup.Keys.Databases; each++)
            {
                var expected = live.Where(key => key.Database == each).ToArray();
                if (Ask(node, new StorageCall.Count(each)) is not StorageAnswer.Number(var number) || number != expected.Length)
                    return $"count: {node.Name} says {answer} of database {each}, which has {expected.Length} keys";
                if (Ask(node, new StorageCall.List(each, 0, 1000)) is not StorageAnswer.Keys { Next: 0 } keys
                    || !keys.Names.Select(name => new StorageKey(each, name)).Order().SequenceEqual(expected))
                {
                    return $"list: {node.Name} lists {answer} of database {each}, which has {expected.Length} keys";
                }
            }
        }

        return null;
    }

    private SortedSet<StorageKey> Alive()
    {
        var check = new StoreCheck(town);
        return [.. town.Watch.Keys.Where(key => check.EntryOf(key) is { IsTombstone: false })];
    }

    private StorageAnswer? Ask(StoreNode node, StorageCall what)
    {
        (asked, answer, call) = (node, null, town.NextCall());
        node.Ask(call, what);
        town.World.Run(town.World.Now + answerLimit, () => answer is not null);
        (asked, call) = (null, 0);
        return answer;
    }

    private void Next(ulong cursor)
    {
        var which = begun;
        town.World.Schedule(town.World.Now + pause, () =>
        {
            if (!isGoing || which != begun)
                return;
            var able = town.Nodes.Where(node => node.IsAble).ToArray();
            if (asked is not null || able.Length == 0)
            {
                Next(cursor);
                return;
            }

            if (cursor == 0)
            {
                database = rng.Next(town.Setup.Keys.Databases);
                listed.Clear();
                there = [.. town.Watch.Keys.Where(key => key.Database == database && IsThere(key))];
            }

            var own = town.NextCall();
            (asked, call) = (rng.Pick(able), own);
            asked.Ask(own, new StorageCall.List(database, cursor, rng.Next(1, 20)));
            town.World.Schedule(town.World.Now + answerLimit, () =>
            {
                if (call != own)
                    return;
                (asked, call) = (null, 0);
                Next(0);
            });
        });
    }

    private void Hear(StoreNode node, StorageEffect.Answer told)
    {
        if (told.Call != call || node != asked)
            return;
        answer = told.With;
        if (!isGoing)
            return;
        (asked, call) = (null, 0);
        if (answer is not StorageAnswer.Keys keys)
        {
            Next(0);
            return;
        }

        listed.UnionWith(keys.Names.Select(name => new StorageKey(database, name)));
        there.RemoveWhere(key => !IsThere(key)); // not throughout
        if (keys.Next == 0)
        {
            town.Watch.Sights.Saw("all keys are listed while somebody dies");
            if (there.Where(key => !listed.Contains(key)).ToArray() is { Length: > 0 } missed)
                throw new BrokenInvariantException($"scan: {node.Name} misses {string.Join(' ', missed)}");
        }

        Next(keys.Next);
    }

    // There when all was well, and nobody has asked for its end since.
    private bool IsThere(StorageKey key) =>
        alive.Contains(key) && town.Watch.Of(key).All(one => one.Kind is not StoreCallKind.Delete || one.Start < aliveAt);
}
