using Roj.Agreement;
using Roj.Kernel;
using Roj.Storage.Resp;
using Roj.Storage.Wire;

namespace Roj.Storage;

/// <summary>Lists keys in the order of their hashes. For each range all who have copies are asked, so no key is missed that was there
/// throughout, whoever of them dies meanwhile.</summary>
internal sealed class Listing : Routed
{
    private readonly int database;
    private readonly int batch;
    private readonly ReadOnlyMemory<byte>? pattern;
    private readonly bool isForOne;
    private readonly ulong stop; // for one: where it began, when it has come round
    private readonly List<ReadOnlyMemory<byte>> names = [];
    private readonly List<NodeId> waited = [];
    private readonly SortedDictionary<(ulong Hash, StorageKey Key), EntryHead> found = [];
    private readonly List<ulong> lasts = [];
    private ulong from;
    private int looked;
    private readonly Instant end;
    private bool hasAsked;
    private bool isRound;

    public Listing(Router router, Moment at, StorageCall.List list, Action<StorageAnswer> done)
        : base(router, done)
    {
        (database, from, pattern) = (list.Database, list.Cursor, list.Pattern);
        end = at.Now + router.Settings.CallPatience;
        batch = Math.Clamp(list.Batch, 1, StorageMessage.List.ListMax);
        Seek(at);
    }

    public Listing(Router router, Moment at, StorageCall.AnyKey any, Action<StorageAnswer> done)
        : base(router, done)
    {
        (database, batch, isForOne) = (any.Database, 16, true);
        end = at.Now + router.Settings.CallPatience;
        from = stop = router.Rng.NextUInt64();
        Seek(at);
    }

    /// <inheritdoc/>
    public override void Hear(Moment at, NodeId from, StorageMessage message)
    {
        if (message is StorageMessage.Listed listed && waited.Remove(from))
            Take(listed.Last, listed.Items);
        else
            waited.Remove(from);
        if (waited.Count == 0)
            Seek(at);
    }

    /// <inheritdoc/>
    public override void Late(Moment at)
    {
        // Who is silent may be the only one who has some of the keys: another may have missed them, and be given them only now.
        waited.Clear();
        lasts.Clear();
        found.Clear();
        Seek(at);
    }

    /// <inheritdoc/>
    public override void Lose(Moment at, NodeId node)
    {
        if (waited.Remove(node) && waited.Count == 0)
            Seek(at);
    }

    // Takes what was answered, and asks on, until there is enough.
    private void Seek(Moment at)
    {
        while (!IsDone)
        {
            if (lasts.Count > 0)
                Merge(at.Unix);
            else if (hasAsked && at.Now >= end)
                End(new StorageAnswer.Failed(StorageFault.TimedOut, "no node that has copies of some of the keys answered", Applied.No));
            if (IsDone)
                return;
            Ask(at);
            if (waited.Count > 0)
                return;
        }
    }

    private void Ask(Moment at)
    {
        hasAsked = true;
        var asked = Router.Placement.AskedFrom(from);
        if (asked.Length == 0)
        {
            End(new StorageAnswer.Failed(StorageFault.NoServer, "no node that has copies of some of the keys can be reached", Applied.No));
            return;
        }

        AskAnew(at.Now + Router.Settings.Patience);
        if (!Router.Placement.FollowsMap)
            FindHints();
        foreach (var node in asked)
        {
            if (node == Router.Settings.Self)
            {
                var walk = Router.Replica.Shelf.Walk(from, batch);
                Take(walk.Last, walk.Items);
                continue;
            }

            waited.Add(node);
            Router.Outbox.Send(node, new StorageMessage.List(Id, database, from, batch));
        }
    }

    private void Take(ulong last, IReadOnlyList<ShelfItem> items)
    {
        lasts.Add(last);
        foreach (var item in items)
            Find(item);
    }

    private void Find(ShelfItem item)
    {
        if (item.Key.Database != database)
            return;
        var place = (item.Hash, item.Key);
        if (!found.TryGetValue(place, out var head) || item.Head.Beats(head))
            found[place] = item.Head;
    }

    // What is on its way to those who are here is theirs: it was acknowledged. Who says that he has not got it may be given it before all
    // others have answered.
    private void FindHints()
    {
        foreach (var (target, key, head) in Router.Hints.All)
        {
            if (!Router.Placement.IsHere(target))
                continue;
            var hash = Router.Replica.Shelf.HashOf(key);
            if (hash >= from)
                Find(new ShelfItem(hash, key, head));
        }
    }

    // As far as all have told.
    private void Merge(long unix)
    {
        var last = lasts.Min();
        lasts.Clear();
        foreach (var ((hash, key), head) in found)
        {
            if (hash > last)
                break;
            looked++;
            if (head.IsThere(unix) && (pattern is not { } glob || Glob.IsMatch(glob.Span, key.Name.Span)))
                names.Add(key.Name);
        }

        found.Clear();
        var isEnd = last == ulong.MaxValue;
        from = last + 1;
        if (isForOne)
        {
            if (names.Count > 0)
                End(new StorageAnswer.Keys(0, [names[(int)(Router.Rng.NextUInt64() % (ulong)names.Count)]]));
            else if ((isRound && from > stop) || (isEnd && isRound))
                End(new StorageAnswer.Keys(0, []));
            isRound |= isEnd;
        }
        else if (isEnd || looked >= batch)
        {
            End(new StorageAnswer.Keys(from, names));
        }
    }
}
