namespace Roj.Host.Http.Views;

/// <summary>That changes may have been missed, as <c>GET /api/v1/store/events</c> says it.</summary>
/// <param name="Time">When this node noticed it.</param>
/// <param name="Missed">How many at least; 0 if a node just can't be reached any more, and others may have told.</param>
/// <param name="Node">At which node; null for this stream alone, which was too slow.</param>
public sealed record StoreMissedView(DateTimeOffset Time, long Missed, string? Node);
