using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Roj.Kernel;

/// <summary>An IPv4 address and a port: where a node listens.</summary>
/// <param name="Address">The address as a number: 127.0.0.1 is 0x7F000001, so that addresses have the order people expect.</param>
/// <param name="Port">The port; 0 where only the address is meant.</param>
public readonly record struct Endpoint(uint Address, ushort Port) : IComparable<Endpoint>
{
    /// <summary>Bytes in the compact form (BEP 23): four of the address, two of the port, both big-endian.</summary>
    public const int CompactLength = 6;

    /// <summary>Whether a node can be there: a unicast address and a port.</summary>
    public bool IsUsable => Port != 0 && Address is not 0 and not uint.MaxValue && Address >> 28 != 0xE;

    /// <summary>The same address with another port.</summary>
    public Endpoint WithPort(ushort port) => this with { Port = port };

    /// <summary>Reads a dotted IPv4 address, such as 172.31.111.42; nothing shorter, no other family.</summary>
    public static bool TryParseAddress([NotNullWhen(true)] string? text, out uint address)
    {
        address = 0;
        if (!IPAddress.TryParse(text, out var parsed))
            return false;
        Span<byte> bytes = stackalloc byte[4];
        if (!parsed.TryWriteBytes(bytes, out var written) || written != 4)
            return false;
        address = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        // IPAddress takes "1", "0x7f.1" and "010.0.0.1" (octal) too: those are typing errors here.
        return AddressText(address) == text;
    }

    /// <summary>Reads <c>address:port</c>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Endpoint endpoint)
    {
        endpoint = default;
        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (colon < 0 || !TryParseAddress(text![..colon], out var address))
            return false;
        if (!ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return false;
        endpoint = new Endpoint(address, port);
        return true;
    }

    /// <summary>The address alone, dotted.</summary>
    public static string AddressText(uint address) =>
        string.Create(CultureInfo.InvariantCulture, $"{address >> 24}.{(address >> 16) & 255}.{(address >> 8) & 255}.{address & 255}");

    /// <inheritdoc/>
    public int CompareTo(Endpoint other) =>
        Address != other.Address ? Address.CompareTo(other.Address) : Port.CompareTo(other.Port);

    /// <summary><c>address:port</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{AddressText(Address)}:{Port}");
}
