using System.Buffers;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Roj.Host.Security;
using Roj.Kernel;
using Roj.Membership;

namespace Roj.Host.Net;

/// <summary>The handshakes of one port: TLS 1.3, both sides with a leaf under a key of the ring, a protocol that both name (decision
/// 0036).</summary>
/// <remarks>The caller names by SNI the key that it would like the answer under, such as <c>5f3c0a11.roj</c>, and then shows a leaf under
/// the key that the answer came under: so two nodes meet as long as their rings share a key. What it costs a stranger to have us sign is
/// bounded by <see cref="TryBegin"/>.</remarks>
internal sealed class Tls
{
    /// <summary>Handshakes that one address may begin in a second.</summary>
    public const int BegunPerSourceMax = 20;

    /// <summary>Handshakes that are begun in a second, of all.</summary>
    public const int BegunMax = 200;

    /// <summary>The first byte of whoever calls by TLS: a record with a handshake in it (RFC 8446, section 5.1).</summary>
    public const byte FirstByte = 0x16;

    /// <summary>Exchanges between nodes.</summary>
    public static readonly SslApplicationProtocol Exchange = new("roj-exchange/1");

    /// <summary>Rings of keys, from node to node.</summary>
    public static readonly SslApplicationProtocol Rings = new("roj-rings/1");

    /// <summary>Agreement between nodes.</summary>
    public static readonly SslApplicationProtocol Links = new("roj-agreement/1");

    /// <summary>Clients of agreement.</summary>
    public static readonly SslApplicationProtocol Clients = new("roj-registers/1");

    /// <summary>What nodes ask each other by HTTP in elections.</summary>
    public static readonly SslApplicationProtocol Elections = new("roj-election/1");

    /// <summary>The peer protocol.</summary>
    public static readonly SslApplicationProtocol Swarm = new("roj-swarm/1");

    private const string NameEnd = ".roj";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private readonly ClusterKeys keys;
    private readonly Certificates certificates;
    private readonly SslApplicationProtocol[] protocols;
    private readonly AnswerBudget begun = new(BegunPerSourceMax, BegunMax);

    /// <summary>Handshakes of a port.</summary>
    /// <param name="keys">The cluster's keys.</param>
    /// <param name="protocols">What is spoken there; the first is what we call by, unless told otherwise.</param>
    public Tls(ClusterKeys keys, params SslApplicationProtocol[] protocols) =>
        (this.keys, certificates, this.protocols) = (keys, Certificates.Of(keys), protocols);

    /// <summary>Whether a caller may begin a handshake now; not from two threads at once.</summary>
    public bool TryBegin(uint address) => begun.TryTake(Instant.Zero + TimeSpan.FromMilliseconds(Environment.TickCount64), address);

    /// <summary>Shakes hands with whom we called.</summary>
    /// <param name="socket">Connected; stays the caller's to dispose of if nothing comes of it.</param>
    /// <param name="keyId">The key that the other side is known to hold; null for the ring's first.</param>
    /// <param name="giveUp">Ends the waiting.</param>
    /// <param name="protocol">What to speak; null for the first of the port.</param>
    /// <returns>Null if the other side is none of ours, or speaks otherwise.</returns>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    /// <exception cref="ObjectDisposedException">The socket was closed here meanwhile.</exception>
    public Task<SealedChannel?> CallAsync(
        Socket socket, uint? keyId, CancellationToken giveUp, SslApplicationProtocol? protocol = null)
    {
        uint? verified = null;
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = (keyId ?? keys.Current.First.Id).ToString("x8", CultureInfo.InvariantCulture) + NameEnd,
            EnabledSslProtocols = SslProtocols.Tls13,
            ApplicationProtocols = [protocol ?? protocols[0]],
            AllowRenegotiation = false,
            AllowTlsResume = false, // what was agreed on under a key that is retired by now must not let anybody in
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            CertificateChainPolicy = NoChain(),
            RemoteCertificateValidationCallback = (_, shown, _, _) => (verified = Verify(shown)) is not null,
            // Asked at once, where nothing is known yet, and again when the other side has shown its leaf.
            LocalCertificateSelectionCallback =
                (_, _, _, shown, _) => Verify(shown) is { } its ? certificates.Leaf(its).TargetCertificate : null!,
        };
        return ShakeAsync(socket, stream => stream.AuthenticateAsClientAsync(options, giveUp), () => verified);
    }

    /// <summary>Shakes hands with who called us.</summary>
    /// <param name="socket">The caller's, nothing read from it yet; stays ours to dispose of if nothing comes of it.</param>
    /// <param name="giveUp">Ends the waiting.</param>
    /// <returns>Null if the caller is none of ours, or speaks otherwise.</returns>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    /// <exception cref="ObjectDisposedException">The socket was closed here meanwhile.</exception>
    public Task<SealedChannel?> AnswerAsync(Socket socket, CancellationToken giveUp)
    {
        uint? verified = null;
        ServerOptionsSelectionCallback choose = (_, hello, _, _) => ValueTask.FromResult(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificates.Leaf(KeyNamed(hello.ServerName)),
            ClientCertificateRequired = true,
            EnabledSslProtocols = SslProtocols.Tls13,
            ApplicationProtocols = [.. protocols],
            AllowRenegotiation = false,
            AllowTlsResume = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            CertificateChainPolicy = NoChain(),
            RemoteCertificateValidationCallback = (_, shown, _, _) => (verified = Verify(shown)) is not null,
        });
        return ShakeAsync(socket, stream => stream.AuthenticateAsServerAsync(choose, null, giveUp), () => verified);
    }

    /// <summary>The id of the key in a name such as <c>5f3c0a11.roj</c>; null if there is none.</summary>
    internal static uint? KeyNamed(string name) =>
        name.EndsWith(NameEnd, StringComparison.Ordinal) && name.Length == 8 + NameEnd.Length
        && !name.AsSpan(0, 8).ContainsAnyExcept(HexDigits) // the runtime takes zero bytes behind a number for nothing
        && uint.TryParse(name.AsSpan(0, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id)
            ? id
            : null;

    // The library builds a chain before it asks us: it shall fetch nothing for that, and read no list of the system's authorities.
    private static X509ChainPolicy NoChain() => new()
    {
        DisableCertificateDownloads = true,
        RevocationMode = X509RevocationMode.NoCheck,
        TrustMode = X509ChainTrustMode.CustomRootTrust,
    };

    private uint? Verify(X509Certificate? shown) => shown is X509Certificate2 leaf ? certificates.Verify(leaf.RawDataMemory) : null;

    /// <remarks>Beside the loop: signatures take a tenth of a millisecond, and much of what comes here comes from strangers.</remarks>
    private async Task<SealedChannel?> ShakeAsync(Socket socket, Func<SslStream, Task> shake, Func<uint?> verified)
    {
        var bytes = new HandshakeStream(socket);
        var stream = new SslStream(bytes);
        SealedChannel? made = null;
        try
        {
            socket.NoDelay = true; // flights of a handshake wait for no other bytes
            await Task.Run(() => shake(stream)).ConfigureAwait(false);
            if (verified() is { } keyId && protocols.Contains(stream.NegotiatedApplicationProtocol))
            {
                bytes.End();
                made = new SealedChannel(socket, stream, keyId);
            }
        }
        catch (Exception e) when (e is not (OperationCanceledException or ObjectDisposedException or OutOfMemoryException))
        {
            // Whatever a stranger's bytes make the library throw, it is the end of this connection and of nothing else.
            ObjectDisposedException.ThrowIf(socket.SafeHandle.IsClosed, socket);
        }
        finally
        {
            if (made is null)
                await stream.DisposeAsync().ConfigureAwait(false);
        }

        return made;
    }
}
