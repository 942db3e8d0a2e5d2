namespace Roj.Log;

/// <summary>Room on the disk that is the log's already.</summary>
/// <param name="Allocated">How long the newest segment's file is, with the zeros behind its records.</param>
/// <param name="Reserve">What is left of the reserve.</param>
internal readonly record struct LogRoom(long Allocated, int Reserve);
