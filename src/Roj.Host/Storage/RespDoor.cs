using System.Net;
using System.Net.Sockets;
using System.Text;
using Roj.Host.Daemon;
using Roj.Host.Security;
using Roj.Kernel;

namespace Roj.Host.Storage;

/// <summary>Where clients of the store come to, and what they must say first: the same in each mode.</summary>
internal static class RespDoor
{
    /// <summary>What clients must say first; null if nothing.</summary>
    public static ReadOnlyMemory<byte>? PasswordOf(ClusterKeys? keys)
    {
        if (keys is null)
            return null;
        return Encoding.ASCII.GetBytes(AccessToken.Of(keys.Current.First));
    }

    /// <summary>Listens for them, where the node was told to or where that is usual.</summary>
    /// <returns>Where; null if nowhere.</returns>
    /// <exception cref="NodeException">It can't be listened where the user asked for it.</exception>
    public static IPEndPoint? Listen(StoreWingOptions options, Func<IPEndPoint, IPEndPoint> listen)
    {
        if (options.RespPort == 0)
            return null;
        var isLocal = options.Own.Address >> 24 == IPAddress.Loopback.GetAddressBytes()[0];
        var asked = options.RespAddress ?? (options.Keys is null && !isLocal ? null : options.Own.Address);
        var address = asked is { } own ? IPAddress.Parse(Endpoint.AddressText(own)) : IPAddress.Loopback;
        var where = new IPEndPoint(address, options.RespPort);
        try
        {
            return listen(where);
        }
        catch (SocketException e) when (!options.IsRespPortAsked)
        {
            options.Tell(new WingNews(
                "store",
                $"no client can come by the Redis protocol: cannot listen on {where}: {SystemReason.Of(e)}; --resp-port says where else",
                LogLevel.Warning));
            return null;
        }
        catch (SocketException e)
        {
            throw new NodeException($"cannot listen on {where} for the Redis protocol: {SystemReason.Of(e)}; --resp-port says where else");
        }
    }
}
