using Roj.Log.Segments;

namespace Roj.Log.Background;

/// <summary>What the log does when it has time: hints, compaction, and the reserve.</summary>
internal sealed class Housekeeping(LogState state)
{
    private const int FullDeadPercent = 10;
    private const int TombstonesAlways = 1000;

    private Hinter? hinter;
    private Compaction? compaction;
    private uint roundBefore;
    private long tombstonesAfterRound;

    /// <summary>What the next commit is to do besides its batch.</summary>
    internal List<Chore> Chores { get; private set; } = [];

    /// <summary>Hands the chores to a commit.</summary>
    internal List<Chore> TakeChores()
    {
        var taken = Chores;
        Chores = [];
        return taken;
    }

    /// <summary>One step.</summary>
    /// <param name="budgetBytes">About how many bytes to read.</param>
    /// <param name="isFull">Whether room is wanted more than peace.</param>
    /// <param name="reserve">What is left of the reserve.</param>
    /// <param name="hasRoom">Whether a copy of that length is taken now.</param>
    /// <returns>Whether there is more to do.</returns>
    internal bool Step(int budgetBytes, bool isFull, int reserve, Func<int, bool> hasRoom)
    {
        Hint(budgetBytes);
        Compact(budgetBytes, isFull, hasRoom);
        var missing = state.Settings.ReserveBytes - reserve;
        if (missing > 0 && !Chores.Exists(chore => chore is Chore.Refill))
            Chores.Add(new Chore.Refill(Math.Min(missing, budgetBytes)));
        return hinter is not null || compaction is not null || NextToHint() is not null;
    }

    private void Hint(int budgetBytes)
    {
        hinter ??= NextToHint() is { } next ? new Hinter(state, next) : null;
        if (hinter is null)
            return;
        var isRight = hinter.TryStep(budgetBytes, out var file);
        if (isRight && file is null)
            return;
        if (file is not null)
            Chores.Add(new Chore.Hint(hinter.Segment, file));
        hinter.Segment.IsHinted = true;
        hinter = null;
    }

    private Segment? NextToHint()
    {
        for (var i = 0; i < state.Segments.Count; i++)
        {
            if (IsSealed(state.Segments[i]) && !state.Segments[i].IsHinted)
                return state.Segments[i];
        }

        return null;
    }

    private void Compact(int budgetBytes, bool isFull, Func<int, bool> hasRoom)
    {
        compaction ??= NextVictim(isFull) is { } victim ? new Compaction(state, victim) : null;
        if (compaction is null)
            return;
        if (compaction.Copies && !compaction.TryStep(budgetBytes, hasRoom))
        {
            compaction.Victim.IsSpared = true;
            compaction = null;
        }
        else if (compaction.IsOver && !WaitsForHint(compaction.Victim))
        {
            Drop(compaction.Victim);
            compaction = null;
        }
    }

    // The first number of a segment tells where the one before it ended. Once it is gone, only that one's hint does.
    private bool WaitsForHint(Segment victim)
    {
        var index = state.Segments.IndexFrom(victim.Number);
        return index > 0 && !state.Segments[index - 1].IsHinted;
    }

    private void Drop(Segment victim)
    {
        if (hinter?.Segment == victim)
            hinter = null;
        // A hint that was not written yet must not outlive its segment.
        Chores.RemoveAll(chore => chore is Chore.Hint(var hinted, _) && hinted == victim);
        state.Segments.Remove(victim);
        Chores.Add(new Chore.Delete(victim));
    }

    private Segment? NextVictim(bool isFull)
    {
        if (NextOfRound() is { } oldest)
            return oldest;
        var percent = isFull ? Math.Min(FullDeadPercent, state.Settings.DeadPercent) : state.Settings.DeadPercent;
        Segment? deadest = null;
        for (var i = 0; i < state.Segments.Count; i++)
        {
            var segment = state.Segments[i];
            if (CanGo(segment) && segment.Dead > 0 && segment.Dead * 100 >= (segment.Dead + segment.Live) * percent
                && (deadest is null || segment.Dead > deadest.Dead))
            {
                deadest = segment;
            }
        }

        return deadest;
    }

    // A tombstone goes only with the oldest segment. So when there are many, all segments go once, oldest first; and again only when there
    // are twice as many as were left.
    private Segment? NextOfRound()
    {
        var oldest = state.Segments.Oldest;
        if (oldest is null || !CanGo(oldest) || oldest.Number >= roundBefore)
        {
            if (roundBefore != 0)
                tombstonesAfterRound = state.Index.Tombstones;
            roundBefore = 0;
            var many = Math.Max(TombstonesAlways, Math.Max(state.Index.Keys / 4, tombstonesAfterRound * 2));
            if (oldest is null || !CanGo(oldest) || state.Index.Tombstones <= many)
                return null;
            roundBefore = state.DurableSegment;
        }

        return oldest;
    }

    private bool CanGo(Segment segment) => IsSealed(segment) && !segment.IsSpared;

    private bool IsSealed(Segment segment) => segment.Number < state.DurableSegment;
}
