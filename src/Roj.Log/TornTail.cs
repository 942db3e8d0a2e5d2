namespace Roj.Log;

/// <summary>The end of the last segment, cut off because it was not what had been written there: a commit that the power, or a full disk,
/// ended in the middle, so that nobody had been told of it.</summary>
/// <remarks>Damage within the very last commit can't be told from that: nothing on the disk says that its sync had returned.</remarks>
/// <param name="File">The segment.</param>
/// <param name="Offset">Where what is right ends.</param>
/// <param name="Bytes">How many bytes were cut off, up to the last one that is not zero.</param>
public sealed record TornTail(string File, long Offset, long Bytes);
