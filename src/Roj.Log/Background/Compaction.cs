using Roj.Log.Format;
using Roj.Log.Indexing;
using Roj.Log.Segments;

namespace Roj.Log.Background;

/// <summary>Copies what counts out of one sealed segment to the end of the log, a step at a time; then it can go (Rosenblum and Ousterhout,
/// The Design and Implementation of a Log-Structured File System, TOCS 10(1), 1992, section 3.3).</summary>
internal sealed class Compaction(LogState state, Segment victim)
{
    private readonly RecordScan scan = new(state.Reader, victim, SegmentHeader.Length, victim.Used);
    private bool isHeld; // read, and not looked at yet for want of room
    private bool isCopied;

    internal Segment Victim => victim;

    /// <summary>Whether the segment can go: everything was copied, and the copies last, as do all other records by which those in it ceased
    /// to count.</summary>
    internal bool IsOver => isCopied && state.DurableSequence >= victim.DeadBy;

    /// <summary>Whether the next step copies: else it waits for a commit.</summary>
    internal bool Copies => !isCopied;

    /// <summary>Copies on.</summary>
    /// <param name="budgetBytes">About how much to read.</param>
    /// <param name="hasRoom">Whether a record of that length is taken now.</param>
    /// <returns>False if it can't be done: something in the segment counts and can't be read.</returns>
    internal bool TryStep(int budgetBytes, Func<int, bool> hasRoom)
    {
        while (budgetBytes > 0 && !isCopied)
        {
            if (!isHeld)
            {
                switch (scan.Next())
                {
                    case ScanStatus.Record:
                        break;
                    case ScanStatus.End:
                        isCopied = true;
                        // What still counts in it would go with it.
                        return victim.Live == 0;
                    default:
                        return false;
                }
            }

            isHeld = !TryCopy(hasRoom);
            if (isHeld)
                return true;
            budgetBytes -= scan.Header.RecordLength;
        }

        return true;
    }

    private bool TryCopy(Func<int, bool> hasRoom)
    {
        var hash = state.Hash.Of(scan.Key);
        var place = new Place(victim.Number, (uint)scan.Offset);
        if (!state.Index.Contains(hash, place))
            return true;
        var old = new Slot(hash, place, scan.Header.RecordLength, scan.Header.IsTombstone);
        // A tombstone in the oldest segment hides nothing any more but what goes with it.
        if (scan.Header.IsTombstone && state.Segments.Oldest == victim)
        {
            state.Forget(old);
            return true;
        }

        if (!hasRoom(old.Length))
            return false;
        state.Append(scan.Key, hash, scan.Record[(RecordHeader.Length + scan.Header.KeyLength)..], old.IsTombstone, old);
        return true;
    }
}
