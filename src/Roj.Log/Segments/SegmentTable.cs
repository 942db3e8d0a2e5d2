namespace Roj.Log.Segments;

/// <summary>All segments, oldest first.</summary>
internal sealed class SegmentTable
{
    private readonly List<Segment> segments = [];

    internal int Count => segments.Count;

    internal Segment? Oldest => segments.Count > 0 ? segments[0] : null;

    internal Segment? Newest => segments.Count > 0 ? segments[^1] : null;

    internal Segment this[int index] => segments[index];

    internal void Add(Segment segment)
    {
        Kernel.Check.That(Newest is null || Newest.Number < segment.Number);
        segments.Add(segment);
    }

    internal void Remove(Segment segment) => segments.Remove(segment);

    internal Segment Of(uint number)
    {
        var index = IndexFrom(number);
        Kernel.Check.That(index < segments.Count && segments[index].Number == number);
        return segments[index];
    }

    /// <summary>The index of the first segment whose number is at least <paramref name="number"/>.</summary>
    internal int IndexFrom(uint number)
    {
        // Most of what is asked for is in the newest.
        if (segments.Count > 0 && segments[^1].Number == number)
            return segments.Count - 1;
        var (low, high) = (0, segments.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (segments[middle].Number < number)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
