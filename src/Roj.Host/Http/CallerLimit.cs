using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Roj.Host.Http;

/// <summary>How many connections each address has: one more than it may have is closed at once, before a byte is read.</summary>
/// <remarks>Safe on any thread. It holds no more addresses than there are connections.</remarks>
internal sealed class CallerLimit(int max)
{
    private readonly Dictionary<IPAddress, int> connections = [];

    /// <summary>Puts the limit before what happens to a connection otherwise.</summary>
    public ConnectionDelegate Before(ConnectionDelegate next) => async connection =>
    {
        var caller = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        if (!TryEnter(caller))
        {
            connection.Abort();
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            Leave(caller);
        }
    };

    /// <summary>Counts one more connection; false if there are as many as there may be.</summary>
    public bool TryEnter(IPAddress caller)
    {
        lock (connections)
        {
            var count = connections.GetValueOrDefault(caller);
            if (count == max)
                return false;
            connections[caller] = count + 1;
            return true;
        }
    }

    /// <summary>One that was counted is gone.</summary>
    public void Leave(IPAddress caller)
    {
        lock (connections)
        {
            if (--connections[caller] == 0)
                connections.Remove(caller);
        }
    }
}
