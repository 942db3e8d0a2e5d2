using Roj.Host.Http.Views;

namespace Roj.Cli.Doctor;

/// <summary>What a node says by its HTTP API.</summary>
/// <param name="Url">Where it was asked.</param>
/// <param name="Status">Who it is.</param>
/// <param name="Members">Whom it believes to be here.</param>
/// <param name="ClockAhead">How far its clock is ahead of ours; a second is within what HTTP can tell.</param>
internal sealed record Asked(Uri Url, StatusView Status, MembersView Members, TimeSpan ClockAhead);
