using Roj.Agreement;
using Roj.Kernel;
using Roj.Storage.Wire;

namespace Roj.Storage;

/// <summary>Reads a key: all who have copies are asked, the latest version counts, and who is behind is brought up to date.</summary>
internal sealed class Reading : Routed
{
    private const string NoServer = "no node that has a copy of the key can be reached";

    private readonly StorageKey key;
    private readonly int slot;
    private readonly List<(NodeId Node, Entry? Entry)> answers = [];
    private readonly List<NodeId> waited = [];
    private readonly Instant end;
    private ulong asked; // when, by the clock of stamps
    private Entry? hinted; // acknowledged, and on its way to who could not be reached
    private bool isDamaged;

    public Reading(Router router, Moment at, StorageKey key, Action<StorageAnswer> done)
        : base(router, done)
    {
        this.key = key;
        slot = router.Placement.PlaceOf(key);
        end = at.Now + router.Settings.CallPatience;
        Ask(at);
    }

    /// <inheritdoc/>
    public override void Hear(Moment at, NodeId from, StorageMessage message)
    {
        if (message is StorageMessage.Got got && waited.Contains(from))
        {
            isDamaged |= got.IsDamaged;
            Answered(at, from, got.Entry);
        }
        else if (message is StorageMessage.Unable && waited.Remove(from))
        {
            Conclude(at);
        }
    }

    /// <inheritdoc/>
    public override void Lose(Moment at, NodeId node)
    {
        if (!waited.Remove(node))
            return;
        if (waited.Count == 0 && answers.Count == 0 && at.Now < end)
            Ask(at); // somebody else may have come, and if not that is why
        else
            Conclude(at);
    }

    /// <inheritdoc/>
    public override void Late(Moment at)
    {
        waited.Clear();
        if (answers.Count > 0 || at.Now >= end)
        {
            Conclude(at);
            return;
        }

        Ask(at); // a question may be lost with a connection
    }

    private void Ask(Moment at)
    {
        var patience = at.Now + Router.Settings.Patience;
        asked = Router.Clock.TimeAt(at);
        AskAnew(patience < end ? patience : end);
        waited.AddRange(Router.Placement.AskedOf(slot));
        // Before anybody answers: who says that he has nothing may be given it before all others have answered.
        if (Router.Hints.LatestFor(Router.Placement.OwnersOf(slot), key) is { } waits && (hinted is null || waits.Head.Beats(hinted.Head)))
            hinted = waits;
        if (waited.Count == 0)
        {
            End(new StorageAnswer.Failed(StorageFault.NoServer, NoServer, Applied.No));
            return;
        }

        foreach (var node in waited)
        {
            if (node != Router.Settings.Self)
                Router.Outbox.Send(node, new StorageMessage.Get(Id, key));
        }

        if (waited.Contains(Router.Settings.Self))
        {
            isDamaged = Router.Replica.Find(key, at.Unix, out var own, out _, Router.Outbox) is ShelfFinding.Damaged;
            Answered(at, Router.Settings.Self, own);
        }
    }

    private void Answered(Moment at, NodeId from, Entry? entry)
    {
        waited.Remove(from);
        answers.Add((from, entry));
        if (entry is not null)
            Router.Clock.Hear(at, entry.Stamp.Time);
        Conclude(at);
    }

    private void Conclude(Moment at)
    {
        if (waited.Count > 0)
            return;
        var owners = Router.Placement.OwnersOf(slot);
        if (answers.Count == 0)
        {
            End(new StorageAnswer.Failed(StorageFault.TimedOut, "no node that has a copy of the key answered in time", Applied.No));
            return;
        }

        Entry? best = null;
        foreach (var (_, entry) in answers)
            best = entry is not null && (best is null || entry.Head.Beats(best.Head)) ? entry : best;
        if (hinted is not null && (best is null || hinted.Head.Beats(best.Head)))
            best = hinted;
        if (best is not null)
        {
            foreach (var (node, entry) in answers)
            {
                if ((entry is null || best.Head.Beats(entry.Head)) && owners.Contains(node))
                    Router.Repair(at, node, key, best, asked);
            }
        }

        // That who was an owner once has nothing of it means nothing.
        End(best is null && !answers.Exists(answer => owners.Contains(answer.Node))
            ? new StorageAnswer.Failed(StorageFault.NoServer, NoServer, Applied.No)
            : best is null && isDamaged
            ? new StorageAnswer.Failed(
                StorageFault.Unreadable, "what is on the disk is not what was written, and no other copy can be reached", Applied.No)
            : best is null || !best.Head.IsThere(at.Unix) ? StorageAnswer.Value.Nothing
            : new StorageAnswer.Value(best.Data, best.ExpiresAt));
    }
}
