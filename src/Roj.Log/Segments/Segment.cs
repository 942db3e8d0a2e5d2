using Roj.Log.Format;

namespace Roj.Log.Segments;

/// <summary>What memory knows of one file of records.</summary>
internal sealed class Segment(uint number, UInt128 owner, ulong firstSequence)
{
    internal uint Number { get; } = number;

    internal string Name { get; } = FileNames.Segment(number);

    /// <summary>What the CRCs of its records begin with.</summary>
    internal uint Seed { get; } = RecordHeader.SeedOf(owner, number);

    internal ulong FirstSequence { get; } = firstSequence;

    /// <summary>Where its last record ends, be it on the disk yet or not.</summary>
    internal long Used { get; set; } = SegmentHeader.Length;

    /// <summary>Bytes of records that are the latest of their keys.</summary>
    internal long Live { get; set; }

    internal long Dead => Used - SegmentHeader.Length - Live;

    /// <summary>The last record by which one in it ceased to count: while that is not durable, the one in it is needed.</summary>
    internal ulong DeadBy { get; set; }

    /// <summary>Whether it needs no hint file any more: it has one, or can't have one in this life.</summary>
    internal bool IsHinted { get; set; }

    /// <summary>Whether something in it could not be read, so that it stays.</summary>
    internal bool IsSpared { get; set; }
}
