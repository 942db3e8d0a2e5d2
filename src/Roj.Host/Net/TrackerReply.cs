namespace Roj.Host.Net;

/// <summary>What came of asking a tracker.</summary>
/// <param name="Body">What it answered; null if it did not.</param>
/// <param name="Why">In words, why it did not; null if it did, and also when a newer request took the place of this one.</param>
internal sealed record TrackerReply(byte[]? Body, string? Why);
