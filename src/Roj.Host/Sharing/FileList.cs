using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using Roj.Agreement;
using Roj.Files.Metadata;
using Roj.Kernel;

namespace Roj.Host.Sharing;

/// <summary>The files of a node as they are remembered: <c>files.json</c> of its data directory.</summary>
/// <remarks><code>{ "files": [ { "id": "…", "shared": true, "path": "/srv/film.mkv", "fences": [ "token/cut:3:12" ] },
/// { "id": "…", "to": "/srv" } ] }</code></remarks>
internal static class FileList
{
    /// <summary>Bytes of a path at most, in UTF-8: Linux's PATH_MAX.</summary>
    public const int PathBytesMax = 4096;

    private const int FencesBytesMax = Content.FencesMax * (Fence.LeaseBytesMax + 64); // two numbers of 20 digits, and what is between

    /// <summary>Bytes of the list of <paramref name="files"/> files at most: two paths and some fences each, every byte of which may be
    /// escaped by six.</summary>
    public static int BytesMax(int files) => (files + 1) * (256 + (12 * PathBytesMax) + (6 * FencesBytesMax));

    /// <summary>Reads what <see cref="Write(IEnumerable{HeldFile})"/> wrote; anything else, also what a later version may add, is refused:
    /// to write it back would lose it.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> json, int filesMax, [NotNullWhen(true)] out IReadOnlyList<HeldFile>? files)
    {
        files = null;
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.EnumerateObject().ToArray() is [{ Name: "files", Value: var array }]
                && array.ValueKind == JsonValueKind.Array
                && array.GetArrayLength() <= filesMax
                && array.EnumerateArray().Select(Read).ToArray() is var read
                && !read.Contains(null)
                && read.DistinctBy(file => file!.Id).Count() == read.Length)
            {
                files = read!;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Cut off, never JSON, or half a surrogate pair.
        }

        return files is not null;
    }

    /// <summary>The bytes to keep.</summary>
    public static byte[] Write(IEnumerable<HeldFile> files)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var options = new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(bytes, options))
        {
            json.WriteStartObject();
            json.WriteStartArray("files");
            foreach (var file in files)
                Write(json, file);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return [.. bytes.WrittenSpan, (byte)'\n'];
    }

    /// <summary>Whether a path is one that can be kept: absolute, and no longer than the system takes.</summary>
    public static bool IsPath(string path) =>
        Path.IsPathFullyQualified(path) && !path.Contains('\0', StringComparison.Ordinal)
        && System.Text.Encoding.UTF8.GetByteCount(path) <= PathBytesMax;

    private static void Write(Utf8JsonWriter json, HeldFile file)
    {
        json.WriteStartObject();
        json.WriteString("id", file.Id.ToString());
        if (file.IsShared)
            json.WriteBoolean("shared", true);
        if (file.Path is not null)
            json.WriteString("path", file.Path);
        if (file.To is not null)
            json.WriteString("to", file.To);
        if (file.Fences.Count > 0)
        {
            json.WriteStartArray("fences");
            foreach (var fence in file.Fences)
                json.WriteStringValue(fence.ToText());
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static HeldFile? Read(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
            return null;
        Sha1Digest? id = null;
        var isShared = false;
        string? path = null;
        string? to = null;
        IReadOnlyList<Fence>? fences = null;
        foreach (var member in element.EnumerateObject())
        {
            switch (member.Name, member.Value.ValueKind)
            {
                case ("id", JsonValueKind.String) when id is null && Sha1Digest.TryParse(member.Value.GetString(), out var read):
                    id = read;
                    break;
                case ("shared", JsonValueKind.True) when !isShared:
                    isShared = true;
                    break;
                case ("path", JsonValueKind.String) when path is null && IsPath(member.Value.GetString()!):
                    path = member.Value.GetString();
                    break;
                case ("to", JsonValueKind.String) when to is null && IsPath(member.Value.GetString()!):
                    to = member.Value.GetString();
                    break;
                case ("fences", JsonValueKind.Array) when fences is null && Fences(member.Value) is { } read:
                    fences = read;
                    break;
                default:
                    return null;
            }
        }

        return id is { } known && (!isShared || path is not null) && (isShared || fences is null)
            ? new HeldFile(known, isShared, path, to) { Fences = fences ?? [] }
            : null;
    }

    private static List<Fence>? Fences(JsonElement array)
    {
        var count = array.GetArrayLength();
        if (count is 0 or > Content.FencesMax)
            return null;
        var fences = new List<Fence>();
        foreach (var element in array.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.String || !Fence.TryRead(element.GetString(), out var fence))
                return null;
            fences.Add(fence);
        }

        return fences.DistinctBy(fence => fence.Lease).Count() == count ? fences : null;
    }
}
