namespace Roj.Log;

/// <summary>How a log stands.</summary>
/// <param name="Keys">Keys that have a value.</param>
/// <param name="Tombstones">Removed keys whose older records may still be on the disk.</param>
/// <param name="LiveBytes">Bytes of the records that count, tombstones among them.</param>
/// <param name="DeadBytes">Bytes of those that don't.</param>
/// <param name="Segments">Files of records.</param>
/// <param name="Syncs">Commits made durable in this life.</param>
/// <param name="ReserveBytes">What is left of the reserve.</param>
public readonly record struct LogFigures(
    long Keys, long Tombstones, long LiveBytes, long DeadBytes, int Segments, long Syncs, int ReserveBytes);
