using Roj.Agreement;
using Roj.Kernel;
using Roj.Storage.Wire;

namespace Roj.Storage;

/// <summary>Writes a key, or deletes it: each owner that is here keeps it, and for the others hints are kept. It has ended when all that
/// is durable.</summary>
/// <remarks>Who has a later version says so. Then it is stamped anew, above all that was heard of: a write that begins after another has
/// ended is never the earlier one, however wrong the wall clocks are.</remarks>
internal sealed class Writing : Routed
{
    // Who was later after that wrote at the same time, and either may be the one that stays.
    public const int StampsMax = 4;

    private readonly StorageKey key;
    private readonly int slot;
    private readonly ReadOnlyMemory<byte>? data;
    private readonly long? expiresAt;
    private readonly List<NodeId> owners = []; // who were asked to keep it, and have not answered
    private readonly List<(NodeId Holder, NodeId For)> holders = []; // who were asked to keep hints
    private readonly Instant end;
    private Entry entry;
    private int stamps;
    private int copies;
    private bool isLater;
    private bool wasThere;
    private StorageFault? fault;

    public Writing(
        Router router,
        Moment at,
        StorageKey key,
        ReadOnlyMemory<byte>? data,
        long? expiresAt,
        Action<bool> succeed,
        Action<StorageAnswer> fail)
        : base(router, answer => Tell(answer, succeed, fail))
    {
        (this.key, this.data, this.expiresAt) = (key, data, expiresAt);
        slot = router.Placement.PlaceOf(key);
        end = at.Now + router.Settings.CallPatience;
        entry = null!;
        if (router.Placement.OwnersOf(slot).Count == 0)
            End(new StorageAnswer.Failed(StorageFault.NoServer, "it is not known yet which nodes have the copies", Applied.No));
        else
            Give(at);
    }

    /// <inheritdoc/>
    public override void Hear(Moment at, NodeId from, StorageMessage message)
    {
        var isOwner = owners.Remove(from);
        var hint = isOwner ? -1 : holders.FindIndex(one => one.Holder == from);
        if (!isOwner && hint < 0)
            return;
        if (hint >= 0)
            holders.RemoveAt(hint);
        switch (message)
        {
            case StorageMessage.Stored stored:
                copies++;
                wasThere |= stored.WasThere;
                break;
            case StorageMessage.Newer newer:
                Later(at, newer.Stamp, newer.WasThere);
                break;
            case StorageMessage.Unable unable:
                fault = unable.Fault;
                break;
            default:
                fault = StorageFault.TimedOut;
                break;
        }

        Conclude(at);
    }

    /// <inheritdoc/>
    public override void Lose(Moment at, NodeId node)
    {
        if (owners.Remove(node))
            Leave(at, node);
        for (var i = holders.Count - 1; i >= 0; i--)
        {
            if (holders[i].Holder != node)
                continue;
            var target = holders[i].For;
            holders.RemoveAt(i);
            Leave(at, target, besides: node);
        }

        Conclude(at);
    }

    /// <inheritdoc/>
    public override void Late(Moment at)
    {
        if (at.Now >= end || owners.Count == 0)
        {
            fault ??= StorageFault.TimedOut;
            owners.Clear();
            holders.Clear();
        }

        // Whoever does not answer may be gone, and nobody has noticed yet.
        Due = end;
        var mute = owners.ToArray();
        owners.Clear();
        foreach (var node in mute)
            Leave(at, node);
        Conclude(at);
    }

    private static void Tell(StorageAnswer answer, Action<bool> succeed, Action<StorageAnswer> fail)
    {
        if (answer is StorageAnswer.Done(var wasThere))
            succeed(wasThere);
        else
            fail(answer);
    }

    private void Give(Moment at)
    {
        var patience = at.Now + Router.Settings.Patience;
        patience = patience < end ? patience : end;
        if (stamps++ > 0)
            AskAnew(patience);
        else
            Due = patience;
        (copies, isLater, fault) = (0, false, null);
        entry = new Entry(Router.Stamp(at), data, expiresAt);
        var self = Router.Settings.Self;
        var all = Router.Placement.OwnersOf(slot);
        foreach (var owner in all)
        {
            if (owner == self)
                continue;
            if (Router.Placement.IsHere(owner))
            {
                owners.Add(owner);
                Router.Outbox.Send(owner, new StorageMessage.Put(Id, key, entry, entry.Stamp.Time));
            }
            else
            {
                Leave(at, owner);
            }
        }

        if (all.Contains(self))
        {
            switch (Router.Replica.Put(key, entry, out var before, Router.Outbox))
            {
                case Putting.Kept:
                    copies++;
                    wasThere |= before?.IsThere(at.Unix) is true;
                    break;
                case Putting.Later:
                    Later(at, before!.Value.Stamp, before.Value.IsThere(at.Unix));
                    break;
                default:
                    fault = StorageFault.Full;
                    break;
            }
        }

        Conclude(at);
    }

    private void Later(Moment at, Stamp stamp, bool isThere)
    {
        isLater = true;
        wasThere |= isThere;
        Router.Clock.Hear(at, stamp.Time);
    }

    // For an owner who can't be reached.
    private void Leave(Moment at, NodeId target, NodeId? besides = null)
    {
        var holder = Router.Placement.HolderFor(slot, besides);
        if (holder is not { } able)
        {
            fault = StorageFault.NoServer;
        }
        else if (able != Router.Settings.Self)
        {
            holders.Add((able, target));
            Router.Outbox.Send(able, new StorageMessage.Hint(Id, target, key, entry));
        }
        else if (Router.Hints.Keep(at, target, key, entry, Router.Outbox))
        {
            copies += Router.Placement.OwnersOf(slot).Contains(able) ? 0 : 1; // its own copy is none more
        }
        else
        {
            fault = StorageFault.Full;
        }
    }

    private void Conclude(Moment at)
    {
        if (owners.Count > 0 || holders.Count > 0)
            return;
        if (isLater && stamps < StampsMax && at.Now < end)
        {
            Give(at);
            return;
        }

        if (fault is { } why)
        {
            var applied = copies > 0 || why is StorageFault.TimedOut ? Applied.Unknown : Applied.No;
            End(new StorageAnswer.Failed(why, SentenceOf(why), applied));
            return;
        }

        End(new StorageAnswer.Done(wasThere));
    }

    private static string SentenceOf(StorageFault fault) => fault switch
    {
        StorageFault.Full => "there is no room left for it on a node that is to keep it",
        StorageFault.NoServer => "no node can be reached that keeps it until an owner can be",
        _ => "not all nodes that are to keep it answered in time",
    };
}
