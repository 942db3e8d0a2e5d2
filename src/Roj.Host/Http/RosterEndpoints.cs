using Microsoft.AspNetCore.Http;
using Roj.Host.Http.Views;
using Roj.Kernel;
using Roj.Membership.Keeping;

namespace Roj.Host.Http;

/// <summary>Who decides, and who is to decide no more: the roster, eviction, leaving.</summary>
/// <param name="source">Where answers come from.</param>
/// <param name="ask">What the node knows.</param>
/// <param name="nodePatience">How long the node's loop has for an answer.</param>
internal sealed class RosterEndpoints(ApiSource source, Func<HttpContext, Task<ApiSnapshot>> ask, TimeSpan nodePatience)
{
    // The change of a roster gives up by itself after 30 s (RegistersSettings.RosterPatience), and says why.
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(35);

    /// <summary>All of them, but for eviction, which is a member's.</summary>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("/api/v1/roster", (http, _) => ShowAsync(http)),
        new("/api/v1/leave", (http, _) => PostOnlyAsync(http), LeaveAsync),
    ];

    /// <summary>Has a member forgotten that is gone, and its vote taken away.</summary>
    /// <param name="http">The request.</param>
    /// <param name="word">Whom it names.</param>
    public async Task EvictAsync(HttpContext http, string word)
    {
        var snapshot = await ask(http);
        var found = MemberSearch.Find(snapshot.Members, word);
        var seated = HasSeat(snapshot, found, word);
        if (found is not [var member])
        {
            // Membership forgets who is gone after a day; its seat stays its own until somebody takes it away.
            await (found.Count == 0 && seated is { } forgotten
                ? EvictForgottenAsync(http, forgotten, snapshot)
                : http.ProblemAsync(NoOne(found, word) with { Applied = "no" }));
            return;
        }

        if (WhyNot(member, snapshot) is { } whyNot)
        {
            await http.ProblemAsync(Refused(member, whyNot));
            return;
        }

        if (seated is { } seat && await UnseatAsync(http, seat) is { } why)
        {
            await http.ProblemAsync(Refused(member, $"keeps its vote: {why}") with { Applied = "unknown" });
            return;
        }

        var eviction = source.Evict is { } evict
            ? await evict(member.Id, http.RequestAborted).WaitAsync(nodePatience, http.RequestAborted)
            : Eviction.Unknown;
        var isDone = eviction is Eviction.Done || (seated is not null && eviction is Eviction.HasLeft or Eviction.Unknown);
        await (isDone ? http.JsonAsync(MemberView.Of(member) with { State = "left" }, ApiJson.Default.MemberView)
            : eviction is Eviction.Unknown ? http.ProblemAsync(NoOne([], word) with { Applied = "no" })
            : http.ProblemAsync(Refused(member, Words(eviction))));
    }

    /// <summary>Nobody, or not one alone, is called so.</summary>
    public static ProblemView NoOne(IReadOnlyList<Member> found, string word)
    {
        var ids = string.Join(", ", found.Select(one => $"{one.Id} ({MemberView.StateName(one.State)})"));
        return found.Count == 0
            ? new ProblemView(404, "Not Found", $"no member has the id, name or address '{word}'; /api/v1/members lists all")
            : new ProblemView(409, "Conflict", $"{found.Count} members are called '{word}': name one by its id: {ids}");
    }

    private static Task PostOnlyAsync(HttpContext http)
    {
        http.Response.Headers.Allow = "POST";
        return http.ProblemAsync(
            new ProblemView(405, "Method Not Allowed", "what can be done here is POST: the node gives up its vote and ends"));
    }

    private static ProblemView Refused(Member member, string why) =>
        new(409, "Conflict", $"{member.Profile.Name} ({member.Id}) {why}", "no");

    private static string Words(Eviction eviction) => eviction switch
    {
        Eviction.Answers => "is alive: it would say so and be back at once; stop it first, and evict it when it counts as suspect or dead",
        Eviction.Self => "is this node itself: stop it, and it says farewell; 'roj leave' gives up its vote too",
        _ => "has left already: nobody waits for it, and it is forgotten within a day",
    };

    private static string? WhyNot(Member member, ApiSnapshot snapshot) =>
        member.Id == snapshot.Self.Id ? Words(Eviction.Self) : member.State is MemberState.Alive ? Words(Eviction.Answers) : null;

    private static NodeId? HasSeat(ApiSnapshot snapshot, IReadOnlyList<Member> found, string word)
    {
        if (snapshot.Agreement?.Roster is not { } roster)
            return null;
        if (found is [var member])
            return roster.Has(member.Id) ? member.Id : null;
        return NodeId.TryParse(word, out var id) && roster.Has(id) ? id : null;
    }

    private async Task EvictForgottenAsync(HttpContext http, NodeId node, ApiSnapshot snapshot)
    {
        if (await UnseatAsync(http, node) is { } why)
            await http.ProblemAsync(new ProblemView(409, "Conflict", $"{node} keeps its vote: {why}", "unknown"));
        else
            await http.JsonAsync(SeatView.Of(node, snapshot.Members), ApiJson.Default.SeatView);
    }

    private async Task<string?> UnseatAsync(HttpContext http, NodeId node) => source.Unseat is { } unseat
        ? await unseat(node, http.RequestAborted).WaitAsync(patience, http.RequestAborted)
        : null;

    private async Task ShowAsync(HttpContext http) => await http.JsonAsync(RosterView.Of(await ask(http)), ApiJson.Default.RosterView);

    private async Task LeaveAsync(HttpContext http)
    {
        if (source.Stop is not { } stop)
        {
            await http.ProblemAsync(new ProblemView(501, "Not Implemented", "this node is part of another program: end that", "no"));
            return;
        }

        var snapshot = await ask(http);
        var hasSeat = snapshot.Agreement?.Roster?.Has(snapshot.Self.Id) is true;
        if (hasSeat && await UnseatAsync(http, snapshot.Self.Id) is { } why)
        {
            await http.ProblemAsync(new ProblemView(
                409, "Conflict", $"this node keeps its vote, and goes on: {why}; to end it all the same, stop its process", "unknown"));
            return;
        }

        await http.JsonAsync(new LeaveView(hasSeat), ApiJson.Default.LeaveView);
        await http.Response.CompleteAsync(); // before the port is closed
        stop();
    }
}
