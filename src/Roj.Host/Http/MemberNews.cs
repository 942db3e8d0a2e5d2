using Roj.Host.Http.Views;
using Roj.Membership.Keeping;

namespace Roj.Host.Http;

/// <summary>What keeping tells, as events for others.</summary>
public static class MemberNews
{
    /// <summary>Adds what happened to <paramref name="log"/>.</summary>
    public static void Add(this EventLog log, DateTimeOffset time, MembershipEvent happened)
    {
        ArgumentNullException.ThrowIfNull(log);
        switch (happened)
        {
            case MembershipEvent.Changed news:
                log.Add(time, KindOf(news), news.Member.Id, MemberNewsView.Of(news), ApiJson.Default.MemberNewsView);
                break;
            case MembershipEvent.Described(var member):
                log.Add(time, new MembershipEvent.Changed(member, member.State)); // it says something else of itself
                break;
            case MembershipEvent.Forgotten(var id):
                log.Add(time, "member.forgotten", id, null, ApiJson.Default.MemberNewsView!);
                break;
            case MembershipEvent.Refuted(var said, var incarnation):
                var refuted = new RefutedView(MemberView.StateName(said.State), said.Accuser.ToString(), incarnation);
                log.Add(time, "refuted", said.Id, refuted, ApiJson.Default.RefutedView);
                break;
        }
    }

    // The same state again: another address, or it says something else of itself.
    private static string KindOf(MembershipEvent.Changed news) =>
        news.Member.IsEvicted ? "member.evicted"
        : news.Member.State == news.Before ? "member.changed" : "member." + MemberView.StateName(news.Member.State);
}
