using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Roj.Host.Security;
using Xunit;

namespace Roj.Tests.Host.Net;

/// <summary>Keyrings, and streams between those who hold them.</summary>
internal static class Rings
{
    /// <summary>A ring of a process with these keys, the first of which seals.</summary>
    public static ClusterKeys Of(params ClusterKey[] keys) => new(Keyring.Of(keys));

    /// <summary>Two connected sockets on the loopback.</summary>
    public static async Task<(Socket Caller, Socket Called)> ConnectAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var caller = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await caller.ConnectAsync(listener.LocalEndPoint!, TestContext.Current.CancellationToken);
        return (caller, await listener.AcceptAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>What a stranger, or a holder of a key with a will of its own, begins a handshake with.</summary>
    public static SslClientAuthenticationOptions Options(X509Certificate2? shown, string protocol, string name = "00000000.roj") => new()
    {
        TargetHost = name,
        ClientCertificates = shown is null ? null : [shown],
        EnabledSslProtocols = SslProtocols.Tls13,
        ApplicationProtocols = [new SslApplicationProtocol(protocol)],
        RemoteCertificateValidationCallback = (_, leaf, _, _) => leaf is not null,
    };

    /// <summary>A leaf of a key's holder, minted as it likes.</summary>
    public static X509Certificate2 Leaf(ClusterKey key, DateTimeOffset? from = null, DateTimeOffset? until = null) =>
        new Authority(key).Mint(from ?? DateTimeOffset.UnixEpoch, until ?? DateTimeOffset.UnixEpoch.AddYears(60));
}
