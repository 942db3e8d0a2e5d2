using System.Buffers;
using System.Text.Json;
using Roj.Kernel;

namespace Roj.Files.Metadata;

/// <summary>What <c>torrent.conf</c> says: whom to ask, and what the file is. Either may be left out.</summary>
/// <param name="Peers">IPv4 addresses as numbers (see <see cref="Endpoint.Address"/>), in the order of the file, each once.</param>
/// <param name="Info">The file; null if only others know it.</param>
public sealed record TorrentConf(IReadOnlyList<uint> Peers, InfoDictionary? Info)
{
    /// <summary>The most peers, each counted once: a /16.</summary>
    public const int PeersMax = 65_536;

    /// <summary>Reads the file's bytes.</summary>
    /// <param name="json">UTF-8, with or without a byte order mark.</param>
    /// <param name="dataName">The name of the data file, without its folder: the configuration names none.</param>
    /// <param name="error">Null, or one line that names the member at fault, what is wrong with it and what is allowed.</param>
    /// <returns>Null if there is an <paramref name="error"/>.</returns>
    public static TorrentConf? TryRead(ReadOnlySpan<byte> json, string dataName, out string? error)
    {
        ArgumentNullException.ThrowIfNull(dataName);
        var reader = new TorrentConfReader(json);
        var conf = reader.Read(dataName);
        error = reader.Error;
        return conf;
    }

    /// <summary>Writes a configuration that <see cref="TryRead"/> reads back, but for the file's name, which it doesn't hold.</summary>
    public static byte[] Write(IReadOnlyList<uint> peers, InfoDictionary? info)
    {
        ArgumentNullException.ThrowIfNull(peers);
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        writer.WriteStartObject();
        writer.WriteStartArray("Peers"u8);
        foreach (var peer in peers)
            writer.WriteStringValue(Endpoint.AddressText(peer));
        writer.WriteEndArray();
        if (info is not null)
            WriteInfo(writer, info);
        writer.WriteEndObject();
        writer.Flush();
        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteInfo(Utf8JsonWriter writer, InfoDictionary info)
    {
        writer.WriteStartObject("FileInfo"u8);
        writer.WriteNumber("Size"u8, info.Length);
        writer.WriteNumber("PartSize"u8, info.PieceLength);
        writer.WriteStartArray("Parts"u8);
        for (var piece = 0; piece < info.PieceCount; piece++)
            writer.WriteStringValue(info.Hash(piece).ToString());
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
