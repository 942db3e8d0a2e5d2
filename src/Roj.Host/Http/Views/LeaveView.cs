namespace Roj.Host.Http.Views;

/// <summary>What <c>POST /api/v1/leave</c> is answered with: the node ends now.</summary>
/// <param name="HadSeat">Whether it had a seat in the roster, which it has given up.</param>
public sealed record LeaveView(bool HadSeat);
