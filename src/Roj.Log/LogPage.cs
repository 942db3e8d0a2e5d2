namespace Roj.Log;

/// <summary>A part of a listing.</summary>
/// <param name="Keys">Keys that have a value; there may be none, and more to come.</param>
/// <param name="Next">Where the next page begins.</param>
/// <param name="IsLast">Whether all records were seen.</param>
/// <param name="Damaged">Whether a record was passed over because its bytes are not those that were written, or can't be read.</param>
public sealed record LogPage(IReadOnlyList<ReadOnlyMemory<byte>> Keys, LogCursor Next, bool IsLast, bool Damaged);
