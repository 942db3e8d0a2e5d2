using Roj.Membership.Keeping;

namespace Roj.Host.Http.Views;

/// <summary>Why this node believes of a member what it believes.</summary>
/// <param name="Since">Since when the member's state is what it is, by this node's clock.</param>
/// <param name="SinceSeconds">How many seconds ago that was.</param>
/// <param name="Accuser">On whose word, an id: the member's own while it is alive or has left.</param>
/// <param name="AccuserName">What people call that one; null if this node does not know it.</param>
/// <param name="Observer">The name of the node that says so: another may believe otherwise.</param>
public sealed record GroundsView(DateTimeOffset Since, long SinceSeconds, string Accuser, string? AccuserName, string Observer)
{
    /// <summary>Made from what the node knows.</summary>
    /// <param name="member">The one that is asked for.</param>
    /// <param name="snapshot">All that is known.</param>
    /// <param name="utcNow">The calendar's time at <see cref="ApiSnapshot.Now"/>.</param>
    public static GroundsView Of(Member member, ApiSnapshot snapshot, DateTimeOffset utcNow)
    {
        ArgumentNullException.ThrowIfNull(member);
        ArgumentNullException.ThrowIfNull(snapshot);
        var ago = snapshot.Now - member.Since;
        return new GroundsView(
            utcNow - ago,
            (long)ago.TotalSeconds,
            member.Accuser.ToString(),
            snapshot.Members.FirstOrDefault(other => other.Id == member.Accuser)?.Profile.Name,
            snapshot.Self.Profile.Name);
    }
}
