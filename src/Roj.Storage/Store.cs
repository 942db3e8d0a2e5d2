using Roj.Agreement;
using Roj.Kernel;
using Roj.Storage.Wire;

namespace Roj.Storage;

/// <summary>One node's part in the store, in <c>available</c> mode: its copies, and the way to those of others.</summary>
/// <remarks>
/// <para>Give it each input with the time, carry out its outbox, and call <see cref="Tick"/> when <see cref="Deadline"/> has come. What
/// rests on the disk (<see cref="StorageMessage.RestsOnDisk"/>, <see cref="StorageEffect.Answer.RestsOnDisk"/>) goes out only when what
/// was kept before it is durable. Messages to the node itself are given back to it.</para>
/// </remarks>
public sealed class Store
{
    private static readonly TimeSpan step = TimeSpan.FromMilliseconds(2);

    private readonly StoreSettings settings;
    private readonly Placement placement;
    private readonly Replica replica;
    private readonly Hints hints;
    private readonly Router router;
    private readonly Alone alone;
    private readonly Opening opening;
    private readonly MapKeeper maps;
    private readonly Delivery delivery;
    private readonly Handoff handoff;
    private readonly Comparison comparison;
    private readonly Burial burial;
    private readonly Emptying emptying;
    private readonly Telling telling = new();
    private readonly Watching watching;
    private readonly CountAnswers counted;
    private Instant stepAt;
    private SlotSet held;

    /// <summary>A node's part in the store.</summary>
    /// <param name="settings">How it takes part.</param>
    /// <param name="shelf">Where it keeps its copies.</param>
    /// <param name="rng">Its own.</param>
    public Store(StoreSettings settings, IShelf shelf, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(shelf);
        ArgumentNullException.ThrowIfNull(rng);
        this.settings = settings;
        placement = settings.Servers is { } servers
            ? new NumberedPlacement(settings.Self, shelf, servers, settings.Copies)
            : new Placement(settings.Self, shelf);
        replica = new Replica(shelf);
        hints = new Hints(settings, shelf);
        router = new Router(settings, replica, hints, placement, rng);
        alone = new Alone(router);
        opening = new Opening(settings, placement);
        handoff = new Handoff(router, placement);
        maps = new MapKeeper(router, handoff);
        delivery = new Delivery(router, hints, placement);
        comparison = new Comparison(router, placement);
        burial = new Burial(router, placement, handoff);
        emptying = new Emptying(router, placement, handoff);
        counted = new CountAnswers(replica);
        watching = new Watching(() => placement.Here, node => placement.Map?.Nodes.Contains(node) is true);
        replica.Changed = Changed;
    }

    /// <summary>Which nodes have the copies of which keys; null before that is known.</summary>
    public SlotMap? Map => placement.Map;

    /// <summary>Calls under way.</summary>
    public int Calls => router.Count + opening.Count;

    /// <summary>Hints kept here, for all.</summary>
    public long Hints => hints.Count;

    /// <summary>For whom hints are kept here.</summary>
    public IReadOnlyCollection<NodeId> HintedNodes => hints.Targets;

    /// <summary>Slots whose keys are here though they are others' by now.</summary>
    public SlotSet Held => handoff.Held;

    /// <summary>When <see cref="Tick"/> is next due.</summary>
    public Instant? Deadline
    {
        get
        {
            var due = Instant.Earliest(router.Deadline, maps.Deadline);
            due = Instant.Earliest(due, delivery.Deadline);
            due = Instant.Earliest(due, handoff.Deadline);
            due = Instant.Earliest(due, comparison.Deadline);
            due = Instant.Earliest(due, opening.Deadline);
            due = Instant.Earliest(due, burial.Deadline);
            due = Instant.Earliest(due, emptying.Deadline);
            due = Instant.Earliest(due, telling.Deadline);
            due = Instant.Earliest(due, watching.Deadline);
            due = Instant.Earliest(due, hints.Deadline is { } next && next < stepAt ? stepAt : hints.Deadline);
            return replica.IsBuilding ? Instant.Earliest(due, stepAt) : due;
        }
    }

    /// <summary>How many hints are kept here for somebody.</summary>
    public long HintsFor(NodeId node) => hints.CountFor(node);

    /// <summary>Whether no version of any key is kept here, nor a hint; null while not all hints of an earlier start are known.</summary>
    public bool? IsEmpty => Hints > 0 || !replica.IsEmpty ? false : hints.IsReading ? null : true;

    /// <summary>How many keys each database has here, about. Nothing is read for it: before they are counted for another reason, all that
    /// is kept is taken for the first's.</summary>
    public IReadOnlyList<long> KeysAbout() => replica.Counted() ?? [replica.Shelf.Keys];

    /// <summary>Begins: call once, first.</summary>
    public void Start(Moment at)
    {
        stepAt = at.Now;
        router.Start(at);
        maps.Start();
        hints.Start(at.Now);
        opening.Start(at.Now);
        while (!placement.FollowsMap && hints.Deadline <= at.Now)
            hints.Read(at.Now); // there is nothing else on that shelf, and what is listed depends on it
        burial.Start(at);
        if (placement.Map is null)
            return;
        handoff.Follow();
        maps.Holding(at); // that there is nothing is to be told too, to whom has not heard it
    }

    /// <summary>Carries out a call, and answers it by <see cref="StorageEffect.Answer"/>: at once where nobody else is asked.</summary>
    /// <param name="at">The time.</param>
    /// <param name="call">A number for the answer.</param>
    /// <param name="what">The call.</param>
    /// <param name="outbox">Where what follows is asked for.</param>
    public void Ask(Moment at, ulong call, StorageCall what, StorageOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(what);
        Enter(at, outbox);
        if (opening.IsOpen)
            Carry(at, call, what, outbox);
        else if (opening.Count < settings.CallsMax)
            opening.Wait(call, what);
        else
            outbox.Do(new StorageEffect.Answer(call, router.TooMany));
    }

    /// <summary>These nodes can be reached.</summary>
    public void See(Moment at, IReadOnlyCollection<NodeId> here, StorageOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(here);
        Enter(at, outbox);
        NodeId[] before = [.. placement.Here];
        placement.See(here);
        foreach (var gone in before.Where(node => !placement.IsHere(node)))
        {
            router.Lose(at, gone);
            telling.Lose(gone);
            counted.Lose(gone);
        }

        foreach (var node in placement.Here.Except(before))
        {
            if (!placement.FollowsMap)
                continue;
            if (placement.Map is { } map)
                outbox.Send(node, new StorageMessage.MapIs(map));
            outbox.Send(node, maps.Question(at));
        }

        comparison.See(at);
        Open(at, outbox);
        if (!before.SequenceEqual(placement.Here))
            watching.See(at, before.Except(placement.Here), outbox);
    }

    /// <summary>Changes of these keys are told from now on, wherever they happen: <see cref="StorageEvent.KeyChanged"/>, and <see
    /// cref="StorageEvent.ChangesMissed"/> where some may have been missed.</summary>
    /// <param name="at">The time.</param>
    /// <param name="filters">Which, at most <see cref="WatchFilter.FiltersMax"/>; none to end it.</param>
    /// <param name="outbox">Where what follows is asked for.</param>
    public void Watch(Moment at, IReadOnlyList<WatchFilter> filters, StorageOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(filters);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(filters.Count, WatchFilter.FiltersMax);
        Enter(at, outbox);
        watching.Watch(at, filters, outbox);
    }

    /// <summary>This node leads; or another does.</summary>
    /// <param name="at">The time.</param>
    /// <param name="term">The term in which it leads; null if it does not.</param>
    /// <param name="members">Who is there.</param>
    /// <param name="gone">Who has left, or was told to be gone for good: keys are kept there no more.</param>
    /// <param name="outbox">Where what follows is asked for.</param>
    public void Lead(Moment at, Term? term, IReadOnlyCollection<NodeId> members, IReadOnlyCollection<NodeId> gone, StorageOutbox outbox)
    {
        Enter(at, outbox);
        maps.Lead(at, term, members, gone);
        Tick(at, outbox);
    }

    /// <summary>Somebody says something; or this node to itself.</summary>
    public void Receive(Moment at, NodeId from, StorageMessage message, StorageOutbox outbox)
    {
        Enter(at, outbox);
        if (placement.Map is { } current && IsOfOld(message) && (current.IsBarred(from) || current.IsBarred(settings.Self)))
        {
            outbox.Send(from, new StorageMessage.MapIs(current)); // that may have been deleted, and forgotten, since
            return;
        }

        switch (message)
        {
            case StorageMessage.Get(var id, var key):
                var finding = replica.Find(key, at.Unix, out var found, out _, outbox);
                outbox.Send(from, new StorageMessage.Got(id, found, finding is ShelfFinding.Damaged));
                break;
            case StorageMessage.Put put:
                Put(at, from, put, outbox);
                break;
            case StorageMessage.Hint(var id, var target, var key, var entry):
                router.Clock.Hear(at, entry.Stamp.Time);
                outbox.Send(from, router.IsOld(at, entry.Stamp.Time) ? new StorageMessage.Newer(id, router.Clock.Next(at), false)
                    : hints.Keep(at, target, key, entry, outbox) ? new StorageMessage.Stored(id, false)
                    : new StorageMessage.Unable(id, StorageFault.Full));
                break;
            case StorageMessage.List list:
                outbox.Send(from, StorageMessage.Listed.Of(
                    list.Id, list.Database, replica.Shelf.Walk(list.From, Math.Clamp(list.About, 1, StorageMessage.List.ListMax))));
                break;
            case StorageMessage.Count count:
                counted.Hear(from, count, outbox);
                break;
            case StorageMessage.MapIs(var map):
                if (maps.Hear(at, from, map, outbox))
                    Follow(at);
                break;
            case StorageMessage.Bury bury:
                burial.Hear(at, from, bury);
                break;
            case StorageMessage.Buried buried:
                burial.Hear(at, from, buried);
                break;
            case StorageMessage.Watch watch:
                telling.Hear(at, from, watch);
                break;
            case StorageMessage.Changes changes:
                watching.Hear(from, changes, outbox);
                break;
            case StorageMessage.Holds holds:
                maps.Hear(at, from, holds);
                break;
            case StorageMessage.Compare compare:
                HearCompare(at, from, compare, outbox);
                break;
            case StorageMessage.Parts parts:
                comparison.Hear(from, parts);
                break;
            case StorageMessage.Summary summary:
                comparison.Hear(at, from, summary);
                break;
            case StorageMessage.Want want:
                comparison.Hear(from, want);
                break;
            default:
                if (IdOf(message) is { } answered)
                    router.Hear(at, from, answered, message);
                break;
        }

        Open(at, outbox);
    }

    /// <summary>Does what is due.</summary>
    public void Tick(Moment at, StorageOutbox outbox)
    {
        Enter(at, outbox);
        router.Tick(at);
        if (emptying.Tick(at) is { } emptied)
            maps.Emptied(at, emptied, outbox);
        if (maps.Tick(at, outbox))
            Follow(at);
        delivery.Tick(at);
        handoff.Tick(at);
        if (handoff.IsKnown && held != handoff.Held)
        {
            held = handoff.Held;
            maps.Holding(at);
        }

        comparison.Tick(at);
        burial.Tick(at);
        telling.Tick(at, outbox);
        watching.Tick(at, outbox);
        Open(at, outbox);
        if (stepAt > at.Now)
            return;
        stepAt = at.Now + step;
        hints.Read(at.Now);
        if (replica.IsBuilding)
            replica.Build();
        counted.Answer(outbox);
    }

    // What is only given to a new owner has not changed.
    private void Changed(StorageKey key, EntryHead? before, EntryHead head)
    {
        if (telling.HasListeners && (before is not null || !router.IsOld(router.At, head.Stamp.Time)))
            telling.Changed(router.At, KeyChange.OfCopy(key, before, head));
    }

    private static bool IsOfOld(StorageMessage message) =>
        message is StorageMessage.Put { IsNew: false } or StorageMessage.Summary or StorageMessage.Want; // or it leads to that

    private void Open(Moment at, StorageOutbox outbox)
    {
        foreach (var (call, what) in opening.Look(at.Now))
            Carry(at, call, what, outbox);
    }

    // At once where nobody else is to be asked.
    private void Carry(Moment at, ulong call, StorageCall what, StorageOutbox outbox)
    {
        if (alone.Answer(at, what, out var restsOnDisk) is { } known)
        {
            outbox.Do(new StorageEffect.Answer(call, known) { RestsOnDisk = restsOnDisk });
            return;
        }

        router.Ask(at, what, answer => router.Outbox.Do(
            new StorageEffect.Answer(call, answer) { RestsOnDisk = answer is not StorageAnswer.Failed { Applied: Applied.No } }));
    }

    private static ulong? IdOf(StorageMessage message) => message switch
    {
        StorageMessage.Got got => got.Id,
        StorageMessage.Stored stored => stored.Id,
        StorageMessage.Newer newer => newer.Id,
        StorageMessage.Unable unable => unable.Id,
        StorageMessage.Listed listed => listed.Id,
        StorageMessage.Counted counted => counted.Id,
        _ => null,
    };

    private void Enter(Moment at, StorageOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        (router.At, router.Outbox) = (at, outbox);
    }

    private void Put(Moment at, NodeId from, StorageMessage.Put put, StorageOutbox outbox)
    {
        router.Clock.Hear(at, Math.Max(put.Entry.Stamp.Time, put.Time));
        if (router.IsOld(at, put.Time))
        {
            // Under way for so long, it may have been deleted, and forgotten, since. What is new is to be stamped anew.
            if (put.Id != 0)
                outbox.Send(from, put.IsNew ? new StorageMessage.Newer(put.Id, router.Clock.Next(at), false)
                    : new StorageMessage.Unable(put.Id, StorageFault.TimedOut));
            return;
        }

        var became = replica.Put(put.Key, put.Entry, out var before, outbox);
        var slot = placement.PlaceOf(put.Key);
        if (became is Putting.Kept)
            handoff.Take(slot);
        if (put.Id == 0)
            return;
        if (!put.IsNew && placement.Map?.Owns(settings.Self, slot) is false)
        {
            // Who hands it on by another map would drop it then, while this node may just be handing it on to him.
            outbox.Send(from, new StorageMessage.Unable(put.Id, StorageFault.NoServer));
            return;
        }

        var wasThere = before?.IsThere(at.Unix) is true;
        outbox.Send(from, became switch
        {
            Putting.Kept => new StorageMessage.Stored(put.Id, wasThere),
            Putting.Later => new StorageMessage.Newer(put.Id, before!.Value.Stamp, wasThere),
            _ => new StorageMessage.Unable(put.Id, StorageFault.Full),
        });
    }

    private void Follow(Moment at)
    {
        comparison.See(at);
        burial.Follow();
    }

    private void HearCompare(Moment at, NodeId from, StorageMessage.Compare compare, StorageOutbox outbox)
    {
        router.Clock.Hear(at, compare.Time);
        opening.Hear(from);
        if (placement.Map is null && compare.Version == 0)
            return; // nor has he one: to ask back would never end
        var order = placement.Map is { } map ? (compare.Term, compare.Version).CompareTo((map.Term, map.Version)) : 1;
        if (order == 0)
            comparison.Hear(from, compare);
        else if (order < 0)
            outbox.Send(from, new StorageMessage.MapIs(placement.Map!));
        else // he has a later one, and tells it to who has an earlier one
            outbox.Send(from, maps.Question(at));
    }
}
