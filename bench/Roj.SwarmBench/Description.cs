using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Roj.SwarmBench;

/// <summary>The SHA-1 of every piece of a file, written down as torrent.conf or as a .torrent.</summary>
/// <param name="Bytes">The size of the file.</param>
/// <param name="Hashes">20 bytes for each piece.</param>
internal sealed record Description(int Bytes, IReadOnlyList<byte[]> Hashes)
{
    private const string FileName = "data.bin";

    /// <summary>Reads and hashes the file, on all cores.</summary>
    public static Description Of(string path)
    {
        using var file = File.OpenHandle(path);
        var bytes = (int)RandomAccess.GetLength(file);
        var hashes = new byte[(bytes + Trial.PieceBytes - 1) / Trial.PieceBytes][];
        Parallel.For(0, hashes.Length, () => new byte[Trial.PieceBytes], (piece, _, buffer) =>
        {
            var length = RandomAccess.Read(file, buffer, (long)piece * Trial.PieceBytes);
            hashes[piece] = SHA1.HashData(buffer.AsSpan(0, length));
            return buffer;
        }, _ => { });
        return new Description(bytes, hashes);
    }

    /// <summary>Writes the configuration of a Roj node; <paramref name="description"/> null for one that has to ask.</summary>
    public static void WriteConfiguration(string path, IEnumerable<string> peers, Description? description)
    {
        using var file = File.Create(path);
        using var json = new Utf8JsonWriter(file);
        json.WriteStartObject();
        json.WriteStartArray("Peers");
        foreach (var peer in peers)
            json.WriteStringValue(peer);
        json.WriteEndArray();
        if (description is not null)
        {
            json.WriteStartObject("FileInfo");
            json.WriteNumber("Size", description.Bytes);
            json.WriteNumber("PartSize", Trial.PieceBytes);
            json.WriteStartArray("Parts");
            foreach (var hash in description.Hashes)
                json.WriteStringValue(Convert.ToHexStringLower(hash));
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>Writes a .torrent (BEP 3) of one file, with one tracker.</summary>
    public void WriteTorrent(string path, string tracker)
    {
        var bytes = new ArrayBufferWriter<byte>();
        void Text(string text) => bytes.Write(Encoding.ASCII.GetBytes(text));
        Text($"d8:announce{tracker.Length}:{tracker}4:infod6:lengthi{Bytes}e4:name{FileName.Length}:{FileName}");
        Text($"12:piece lengthi{Trial.PieceBytes}e6:pieces{Hashes.Count * SHA1.HashSizeInBytes}:");
        foreach (var hash in Hashes)
            bytes.Write(hash);
        Text("ee");
        File.WriteAllBytes(path, bytes.WrittenSpan);
    }
}
