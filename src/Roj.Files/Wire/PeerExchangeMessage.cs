using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Roj.Files.Bencoding;
using Roj.Kernel;

namespace Roj.Files.Wire;

// Payload of the extended message that the receiver called ut_pex:
// d
//   5:added    <6n> : n times <address: 4 bytes> <port: 2 bytes>, big-endian (BEP 23's compact form)
//   7:added.f  <n>  : n times <flags: 1 byte>
//   7:dropped  <6n> : n times <address: 4 bytes> <port: 2 bytes>
//   others, such as added6 of IPv6
// e
/// <summary>Whom the sender met and lost since its last such message (BEP 11). IPv4 only.</summary>
/// <param name="Added">Peers that it is connected to, at most <see cref="EndpointsMax"/>.</param>
/// <param name="Dropped">Peers that it is no longer connected to, at most <see cref="EndpointsMax"/>.</param>
public sealed record PeerExchangeMessage(IReadOnlyList<Endpoint> Added, IReadOnlyList<Endpoint> Dropped)
{
    /// <summary>The most peers in either list: BEP 11's limit for all messages but the first.</summary>
    public const int EndpointsMax = 50;

    /// <summary>What is known of <see cref="Added"/>, in the same order; where it ends earlier, nothing is known of the others.</summary>
    public IReadOnlyList<PeerExchangeFlags> Flags { get; init; } = [];

    /// <summary>Reads a message that may be hostile.</summary>
    /// <remarks>Passed over: peers beyond <see cref="EndpointsMax"/>, and such as nobody can be at (<see cref="Endpoint.IsUsable"/>).
    /// As read, <see cref="Flags"/> has as many entries as <see cref="Added"/>.</remarks>
    public static bool TryRead(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out PeerExchangeMessage? message)
    {
        message = null;
        ReadOnlySpan<byte> added = default, addedFlags = default, dropped = default;
        var reader = new BencodeReader(payload);
        reader.EnterDictionary();
        while (reader.NextKey(out var key))
        {
            if (key.SequenceEqual("added"u8))
                added = reader.Bytes();
            else if (key.SequenceEqual("added.f"u8))
                addedFlags = reader.Bytes();
            else if (key.SequenceEqual("dropped"u8))
                dropped = reader.Bytes();
            else
                reader.Skip();
        }

        if (reader.Failed || !reader.Rest.IsEmpty)
            return false;
        if (added.Length % Endpoint.CompactLength != 0 || dropped.Length % Endpoint.CompactLength != 0)
            return false;
        var flags = new List<PeerExchangeFlags>();
        var met = ReadEndpoints(added, addedFlags, flags);
        message = new PeerExchangeMessage(met, ReadEndpoints(dropped, default, null)) { Flags = flags };
        return true;
    }

    /// <summary>Writes the payload.</summary>
    /// <exception cref="InvalidOperationException">A list is longer than <see cref="EndpointsMax"/>.</exception>
    public byte[] Write()
    {
        if (Added.Count > EndpointsMax || Dropped.Count > EndpointsMax)
            throw new InvalidOperationException($"at most {EndpointsMax} peers fit in a message");
        Span<byte> flags = stackalloc byte[Added.Count];
        for (var i = 0; i < flags.Length; i++)
            flags[i] = i < Flags.Count ? (byte)Flags[i] : (byte)0;
        var writer = new BencodeWriter();
        writer.BeginDictionary();
        writer.Key("added"u8);
        WriteEndpoints(writer, Added);
        writer.Key("added.f"u8);
        writer.Bytes(flags);
        writer.Key("dropped"u8);
        WriteEndpoints(writer, Dropped);
        writer.End();
        return writer.ToArray();
    }

    private static List<Endpoint> ReadEndpoints(ReadOnlySpan<byte> compact, ReadOnlySpan<byte> flags, List<PeerExchangeFlags>? known)
    {
        var endpoints = new List<Endpoint>();
        var count = Math.Min(compact.Length / Endpoint.CompactLength, EndpointsMax);
        for (var i = 0; i < count; i++)
        {
            var bytes = compact.Slice(i * Endpoint.CompactLength, Endpoint.CompactLength);
            var endpoint = new Endpoint(BinaryPrimitives.ReadUInt32BigEndian(bytes), BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]));
            if (!endpoint.IsUsable)
                continue;
            endpoints.Add(endpoint);
            known?.Add(i < flags.Length ? (PeerExchangeFlags)flags[i] : PeerExchangeFlags.None);
        }

        return endpoints;
    }

    private static void WriteEndpoints(BencodeWriter writer, IReadOnlyList<Endpoint> endpoints)
    {
        Span<byte> compact = stackalloc byte[EndpointsMax * Endpoint.CompactLength];
        var output = new ByteWriter(compact);
        foreach (var (address, port) in endpoints)
        {
            output.UInt32(address);
            output.UInt16(port);
        }

        writer.Bytes(compact[..output.Written]);
    }
}
