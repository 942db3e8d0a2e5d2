using Roj.Agreement;
using Roj.Kernel;
using Roj.Storage.Wire;

namespace Roj.Storage;

/// <summary>Carries out calls in <c>available</c> mode: asks the owners of a key, and leaves hints for those who can't be
/// reached.</summary>
/// <remarks>DeCandia and others, <em>Dynamo</em> (SOSP 2007), with the seed's names: a hint is a request in the router's table, and where
/// no owner can be reached its buffer; what a reading brings to light is corrected late.</remarks>
internal sealed class Router(StoreSettings settings, Replica replica, Hints hints, Placement placement, Rng rng)
{
    private readonly SortedDictionary<ulong, Routed> routed = [];
    private readonly SortedSet<(Instant Due, ulong Id)> agenda = [];
    private readonly HybridClock clock = new(settings.Self, settings.Boot);
    private ulong lastId = (ulong)settings.Boot << 32; // what answers an earlier start is no answer to this one

    public StoreSettings Settings => settings;

    public Replica Replica => replica;

    public Hints Hints => hints;

    public Placement Placement => placement;

    public HybridClock Clock => clock;

    public Rng Rng => rng;

    /// <summary>Where what follows is asked for, while an input is worked on.</summary>
    public StorageOutbox Outbox { get; set; } = new();

    /// <summary>The time of that input.</summary>
    public Moment At { get; set; }

    /// <summary>When <see cref="Tick"/> is next due.</summary>
    public Instant? Deadline => agenda.Count > 0 ? agenda.Min.Due : null;

    /// <summary>Calls under way.</summary>
    public int Count => routed.Count;

    /// <summary>The answer to one call more.</summary>
    public StorageAnswer TooMany => new StorageAnswer.Failed(StorageFault.Full, $"{settings.CallsMax} calls are under way", Applied.No);

    public ulong NextId() => ++lastId;

    /// <summary>Begins: call once, first.</summary>
    public void Start(Moment at) => clock.Hear(at, replica.Clock.Read() ?? 0);

    /// <summary>The next stamp.</summary>
    public Stamp Stamp(Moment at)
    {
        var stamp = clock.Next(at);
        if (!placement.FollowsMap)
            replica.Clock.Keep(stamp.Time); // a router of numbered servers keeps no copy itself
        return stamp;
    }

    /// <summary>Carries out a call.</summary>
    public void Ask(Moment at, StorageCall call, Action<StorageAnswer> done)
    {
        if (routed.Count >= settings.CallsMax)
        {
            done(TooMany);
            return;
        }

        if (call.NeedsRegisters)
        {
            done(new StorageAnswer.Failed(
                StorageFault.NotInThisMode,
                "not in available mode: fences, versions and request ids are looked at before anything is written",
                Applied.No));
            return;
        }

        switch (call)
        {
            case StorageCall.Read(var key):
                Begin(new Reading(this, at, key, done));
                break;
            case StorageCall.Write { Condition: WriteCondition.Always, Expiry.Keeps: false, ReturnsOld: false } write:
                Begin(new Writing(this, at, write.Key, write.Value, write.Expiry.EndsAt, _ => done(StorageAnswer.Done.Yes), done));
                break;
            case StorageCall.Delete { ReturnsOld: false } delete:
                Begin(new Writing(this, at, delete.Key, null, null, was => done(new StorageAnswer.Done(was)), done));
                break;
            case StorageCall.List list:
                Begin(new Listing(this, at, list, done));
                break;
            case StorageCall.AnyKey any:
                Begin(new Listing(this, at, any, done));
                break;
            case StorageCall.Count count when !placement.FollowsMap:
                _ = new Tallying(this, count.Database, done);
                break;
            case StorageCall.Count count:
                Begin(new Counting(this, at, count.Database, done));
                break;
            case StorageCall.Clear when placement is NumberedPlacement { IsCovered: false }:
                done(new StorageAnswer.Failed(StorageFault.NoServer, "all servers of some keys are down: those would stay", Applied.No));
                break;
            case StorageCall.Clear clear:
                _ = new Clearing(this, clear.Database, done);
                break;
            default:
                done(new StorageAnswer.Failed(StorageFault.NotInThisMode, $"not in available mode: {NotHere(call)}", Applied.No));
                break;
        }
    }

    /// <summary>One has asked, and waits.</summary>
    public void Begin(Routed one)
    {
        if (one.IsDone)
            return;
        routed.Add(one.Id, one);
        agenda.Add((one.Due, one.Id));
    }

    /// <returns>Whether it was waiting.</returns>
    public bool Forget(Routed one)
    {
        agenda.Remove((one.Due, one.Id));
        return routed.Remove(one.Id);
    }

    /// <summary>Somebody answers a question.</summary>
    public void Hear(Moment at, NodeId from, ulong id, StorageMessage message)
    {
        if (routed.TryGetValue(id, out var one))
            Disturb(one, () => one.Hear(at, from, message));
    }

    /// <summary>Somebody is here no more.</summary>
    public void Lose(Moment at, NodeId node)
    {
        foreach (var one in routed.Values.ToArray())
            Disturb(one, () => one.Lose(at, node));
    }

    /// <summary>Does what is due.</summary>
    public void Tick(Moment at)
    {
        while (agenda.Count > 0 && agenda.Min is var (due, id) && due <= at.Now)
        {
            var one = routed[id];
            Disturb(one, () => one.Late(at));
            Check.That(one.IsDone || one.Due > at.Now);
        }
    }

    /// <summary>Has somebody keep a version, later or never: nobody waits for his answer.</summary>
    /// <param name="at">The time.</param>
    /// <param name="node">Who.</param>
    /// <param name="key">Which key.</param>
    /// <param name="entry">The version.</param>
    /// <param name="time">When it was asked for, by the clock of stamps: it was there then at the earliest.</param>
    public void Repair(Moment at, NodeId node, StorageKey key, Entry entry, ulong time)
    {
        if (IsOld(at, time))
            return;
        Outbox.Emit(new StorageEvent.Repaired(node, key));
        if (node == settings.Self)
            replica.Put(key, entry, out _, Outbox);
        else
            Outbox.Send(node, new StorageMessage.Put(0, key, entry, time));
    }

    /// <summary>Whether a version that was there at some time may be one that was deleted since, and forgotten.</summary>
    /// <param name="at">The time.</param>
    /// <param name="time">That time, by the clock of stamps.</param>
    /// <remarks>Where there is no map nothing is forgotten, and no clock is heard but by what is written.</remarks>
    public bool IsOld(Moment at, ulong time) => placement.Map is not null
        && time + HybridClock.TimeOf(settings.MessageAge) < clock.TimeAt(at);

    private void Disturb(Routed one, Action how)
    {
        agenda.Remove((one.Due, one.Id));
        how();
        if (!one.IsDone)
            agenda.Add((one.Due, one.Id));
    }

    private static string NotHere(StorageCall call) => call switch
    {
        StorageCall.Write { Condition: not WriteCondition.Always } => "NX and XX look before they write",
        StorageCall.Write { ReturnsOld: true } or StorageCall.Delete { ReturnsOld: true } => "what was there can't be taken in one go",
        StorageCall.Write => "KEEPTTL looks before it writes",
        StorageCall.Expire => "a time to live is set with the value (SET with EX or PX)",
        StorageCall.Add => "adding reads before it writes, and two that add at a time would be counted once",
        _ => "it reads before it writes",
    };
}
