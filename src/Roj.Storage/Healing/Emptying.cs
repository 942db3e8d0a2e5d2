using Roj.Kernel;

namespace Roj.Storage;

/// <summary>Throws away what this node has, if it was told to be gone and was done without for long: it may be what was deleted, and
/// forgotten, meanwhile.</summary>
internal sealed class Emptying(Router router, Placement placement, Handoff handoff)
{
    private const int StepAbout = 256;

    private static readonly TimeSpan step = TimeSpan.FromMilliseconds(5);

    private readonly Replica replica = router.Replica;
    private ulong barred; // by what it is emptied
    private ulong from;
    private long dropped;
    private bool isRound;
    private Instant due;

    /// <summary>When <see cref="Tick"/> is next due.</summary>
    public Instant? Deadline => placement.Map?.IsBarred(placement.Self) is true ? due : null;

    /// <summary>Does a bit.</summary>
    /// <returns>The map in which it is said that all is thrown away; null if it is not yet.</returns>
    public SlotMap? Tick(Moment at)
    {
        if (placement.Map?.OutcastOf(placement.Self) is not { IsBarred: true } own || due > at.Now)
            return null;
        if (barred != own.Barred)
            (barred, from, dropped, isRound) = (own.Barred, 0, 0, false);
        if (!isRound)
        {
            Throw(at);
            return null;
        }

        handoff.Follow();
        router.Outbox.Emit(new StorageEvent.Emptied(dropped));
        return placement.Map.With([own with { IsEmptied = true }]);
    }

    private void Throw(Moment at)
    {
        due = at.Now + step;
        var walk = replica.Shelf.Walk(from, StepAbout);
        foreach (var item in walk.Items)
        {
            if (!replica.Drop(item.Key, item.Head))
                return; // once more, when there may be room
            dropped++;
        }

        from = walk.Last + 1;
        isRound = walk.Last == ulong.MaxValue && !router.Hints.IsReading && router.Hints.Clear();
        if (!isRound)
            return;
        due = at.Now + router.Settings.MessageAge; // what it has said of it before is not taken any more then
    }
}
