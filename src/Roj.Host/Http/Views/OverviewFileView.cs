using Roj.Host.Sharing;
using Roj.Kernel;

namespace Roj.Host.Http.Views;

/// <summary>A file in the overview.</summary>
/// <param name="Id">Its name everywhere: the v1 info hash, 40 hexadecimal digits.</param>
/// <param name="Name">What it is called; null until its description is known.</param>
/// <param name="Size">Its bytes; null until its description is known.</param>
/// <param name="Parts">Its parts; 0 until its description is known.</param>
/// <param name="Complete">Whether this node has all of it.</param>
/// <param name="IsFailed">Whether this node has given it up.</param>
/// <param name="Holders">Who has how much of it: this node first, then others as they told last.</param>
public sealed record OverviewFileView(
    string Id, string? Name, long? Size, int Parts, bool Complete, bool IsFailed, IReadOnlyList<OverviewFileView.Holder> Holders)
{
    /// <summary>One who has some of a file.</summary>
    /// <param name="Node">Its id; null for one that is no member.</param>
    /// <param name="Address">Its IPv4 address.</param>
    /// <param name="Have">How many parts.</param>
    /// <param name="Sketch">Which ones, roughly: a hexadecimal digit for each of at most 64 stretches of the file, how many fifteenths of
    /// it are there.</param>
    public sealed record Holder(string? Node, string Address, int Have, string Sketch);

    /// <summary>Made from what the node knows.</summary>
    /// <param name="shares">Who has how much.</param>
    /// <param name="snapshot">Who is known.</param>
    public static OverviewFileView Of(FileShares shares, ApiSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(shares);
        ArgumentNullException.ThrowIfNull(snapshot);
        var file = shares.File;
        // The same one may have come by two connections: what it had most of is what it has.
        var others = shares.Sight.Others
            .Select(other => new Holder(
                MemberAt(snapshot, other.At)?.ToString(), Endpoint.AddressText(other.At.Address), other.Have, other.Sketch))
            .GroupBy(other => other.Node ?? other.Address, StringComparer.Ordinal)
            .Select(same => same.MaxBy(other => other.Have)!);
        var own = snapshot.Self;
        var self = new Holder(own.Id.ToString(), Endpoint.AddressText(own.Node.Address), file.Have, shares.Sight.Sketch);
        return new OverviewFileView(
            file.Id,
            file.Name,
            file.Size,
            file.Parts,
            file.IsComplete,
            file.Fault is not null,
            [self, .. others]);
    }

    // By its swarm port where several share an address; who called us from any port is found by the address alone.
    private static NodeId? MemberAt(ApiSnapshot snapshot, Endpoint at)
    {
        var there = snapshot.Members.Where(member => member.Node.Address == at.Address).ToArray();
        return (there.FirstOrDefault(member => member.Profile.SwarmPort == at.Port) ?? (there is [var only] ? only : null))?.Id;
    }
}
