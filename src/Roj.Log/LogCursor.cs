namespace Roj.Log;

/// <summary>How far a listing has come. It means nothing to another log, nor after opening anew.</summary>
/// <param name="Segment">A segment's number.</param>
/// <param name="Offset">Where in it.</param>
public readonly record struct LogCursor(uint Segment, uint Offset)
{
    /// <summary>Where a listing begins.</summary>
    public static LogCursor Start => default;
}
