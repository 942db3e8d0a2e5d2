using Roj.Log.Format;
using Roj.Log.Segments;

namespace Roj.Log.Background;

/// <summary>Makes the hint of one sealed segment, a step at a time.</summary>
internal sealed class Hinter(LogState state, Segment segment)
{
    private readonly RecordScan scan = new(state.Reader, segment, SegmentHeader.Length, segment.Used);
    private readonly HintFile hint = new(state.Settings.HintMark, segment.Number);

    /// <summary>Whose hint it is.</summary>
    internal Segment Segment => segment;

    /// <summary>Reads on; the file's bytes when all was read.</summary>
    /// <param name="budgetBytes">About how much to read.</param>
    /// <param name="file">The hint, when it is made; null while it isn't.</param>
    /// <returns>False if there can't be one, because the segment is damaged.</returns>
    internal bool TryStep(int budgetBytes, out byte[]? file)
    {
        file = null;
        while (budgetBytes > 0)
        {
            switch (scan.Next())
            {
                case ScanStatus.Record:
                    hint.Add(state.Hash.Of(scan.Key), scan.Header);
                    budgetBytes -= scan.Header.RecordLength;
                    break;
                case ScanStatus.End:
                    file = hint.Finish((uint)segment.Used);
                    return true;
                default:
                    return false; // it is scanned at the next opening, which says so
            }
        }

        return true;
    }
}
