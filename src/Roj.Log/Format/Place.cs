namespace Roj.Log.Format;

/// <summary>Where a record stands. Places grow in the order in which records were appended.</summary>
/// <param name="Segment">The segment's number; 0 is nowhere.</param>
/// <param name="Offset">The byte at which it begins there.</param>
internal readonly record struct Place(uint Segment, uint Offset);
