namespace Roj.Host.Http.Views;

/// <summary>What <c>GET /api/v1/events</c> says to who asks for JSON instead of a stream: what is remembered, the oldest first.</summary>
/// <param name="Events">At most <see cref="EventLog.Capacity"/>.</param>
public sealed record EventsView(IReadOnlyList<EventView> Events);
