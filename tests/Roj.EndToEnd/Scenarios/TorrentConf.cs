using System.Text.Json;
using Roj.Kernel;

namespace Roj.EndToEnd;

/// <summary>Writes torrent.conf in every form that is allowed: members may be absent or null, and JSON may be indented.</summary>
internal static class TorrentConf
{
    private enum Nothing
    {
        Absent,
        Null,
        Empty,
    }

    /// <summary>The configuration of a node that knows <paramref name="peers"/>, and the file unless that is null.</summary>
    public static byte[] Write(IReadOnlyList<byte> peers, SharedFile? file, Rng rng)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = rng.Chance(1, 2) }))
        {
            json.WriteStartObject();
            var (nobody, noFile, noParts) = ((Nothing)rng.Next(3), (Nothing)rng.Next(2), (Nothing)rng.Next(1, 3));
            WriteStrings(json, "Peers", [.. peers.Select(LabWiring.Address)], nobody);
            if (file is not null)
            {
                json.WriteStartObject("FileInfo");
                json.WriteNumber("Size", file.Bytes.Length);
                json.WriteNumber("PartSize", file.PartBytes);
                WriteStrings(json, "Parts", file.PartHashes, noParts);
                json.WriteEndObject();
            }
            else if (noFile == Nothing.Null)
            {
                json.WriteNull("FileInfo");
            }

            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IReadOnlyList<string> strings, Nothing ifNone)
    {
        if (strings.Count == 0 && ifNone == Nothing.Absent)
            return;
        if (strings.Count == 0 && ifNone == Nothing.Null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartArray(name);
        foreach (var text in strings)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
