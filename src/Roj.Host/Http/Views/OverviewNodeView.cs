using Roj.Election;
using Roj.Kernel;
using Roj.Membership.Keeping;

namespace Roj.Host.Http.Views;

/// <summary>A node in the overview.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Address">Its IPv4 address.</param>
/// <param name="HttpPort">The port of its HTTP API; null if it has none.</param>
/// <param name="State"><c>alive</c>, <c>suspect</c>, <c>dead</c> or <c>left</c>.</param>
/// <param name="Color"><c>green</c>, <c>red</c>, or null before colors were given.</param>
/// <param name="SinceSeconds">For how many seconds its state has been what it is; of this node itself, how long it runs.</param>
/// <param name="HeardSeconds">How many seconds ago it last spoke to this node itself; 0 for this node, null for never. In a large cluster
/// that may be long for one who is well: others ask it, and tell.</param>
public sealed record OverviewNodeView(
    string Id, string Name, string Address, int? HttpPort, string State, string? Color, double SinceSeconds, double? HeardSeconds)
{
    /// <summary>Made from what the node knows.</summary>
    public static IReadOnlyList<OverviewNodeView> Of(ApiSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var colouring = snapshot.Election?.Colouring ?? Colouring.None;
        var heard = new SortedDictionary<NodeId, Instant> { [snapshot.Self.Id] = snapshot.Now };
        foreach (var (id, at) in snapshot.Heard)
            heard[id] = at;
        return [.. snapshot.Members.Select(Shown)];

        OverviewNodeView Shown(Member member)
        {
            var view = MemberView.Of(member);
            var color = colouring.Of(member.Id) is var colour and not Colour.None ? ColorsView.Word(colour) : view.Color;
            var since = Seconds(snapshot.Now - member.Since);
            double? ago = heard.TryGetValue(member.Id, out var at) ? Seconds(snapshot.Now - at) : null;
            return new OverviewNodeView(view.Id, view.Name, view.Address, view.HttpPort, view.State, color, since, ago);
        }
    }

    private static double Seconds(TimeSpan span) => Math.Round(Math.Max(0, span.TotalSeconds), 1);
}
