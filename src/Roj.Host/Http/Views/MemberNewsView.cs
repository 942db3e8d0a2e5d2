using Roj.Membership.Keeping;

namespace Roj.Host.Http.Views;

/// <summary>What the events <c>member.*</c> tell beyond whom they are about.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Address">Where it listens for other nodes: address and port.</param>
/// <param name="State">What is believed of it now.</param>
/// <param name="Before">What was believed; null if it was not known.</param>
/// <param name="Incarnation">The incarnation of which that is believed.</param>
/// <param name="Accuser">On whose word: an id.</param>
public sealed record MemberNewsView(string Name, string Address, string State, string? Before, ulong Incarnation, string Accuser)
{
    /// <summary>Made from what keeping told.</summary>
    public static MemberNewsView Of(MembershipEvent.Changed news)
    {
        ArgumentNullException.ThrowIfNull(news);
        var member = news.Member;
        return new MemberNewsView(
            member.Profile.Name,
            member.Node.ToString(),
            MemberView.StateName(member.State),
            news.Before is { } before ? MemberView.StateName(before) : null,
            member.Incarnation,
            member.Accuser.ToString());
    }
}
