namespace Roj.Host.Http.Views;

/// <summary>What <c>GET /api/v1/status</c> says: who this node is.</summary>
/// <param name="Id">Its id, 32 hexadecimal digits.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Cluster">The name of its cluster.</param>
/// <param name="Mode">What its store promises: <c>available</c> or <c>quorum</c>.</param>
/// <param name="Version">The program's version.</param>
/// <param name="UptimeSeconds">How long its process runs.</param>
/// <param name="Address">Its IPv4 address.</param>
/// <param name="NodePort">The port by which nodes speak to each other.</param>
public sealed record StatusView(
    string Id, string Name, string Cluster, string Mode, string Version, long UptimeSeconds, string Address, int NodePort)
{
    /// <summary>Made from what the node knows.</summary>
    public static StatusView Of(ApiSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var self = MemberView.Of(snapshot.Self);
        return new StatusView(
            self.Id,
            self.Name,
            snapshot.Cluster,
            snapshot.Mode,
            self.Version,
            (long)snapshot.Now.SinceZero.TotalSeconds,
            self.Address,
            self.NodePort);
    }
}
