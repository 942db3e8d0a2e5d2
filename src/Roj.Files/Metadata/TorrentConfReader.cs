using System.Buffers;
using System.Text;
using System.Text.Json;
using Roj.Kernel;

namespace Roj.Files.Metadata;

/// <summary>Reads <c>torrent.conf</c> once, front to back, and stops at the first error.</summary>
/// <remarks>
/// <para>By hand, because people write this file and need to know which member is wrong and why; and because without reflection the
/// native program stays small and starts in milliseconds.</para>
/// <para>Each private method that returns a bool returns false exactly when <see cref="Error"/> has been set.</para>
/// </remarks>
internal ref struct TorrentConfReader
{
    private Utf8JsonReader json;

    internal TorrentConfReader(ReadOnlySpan<byte> bytes)
    {
        var text = bytes.StartsWith("\uFEFF"u8) ? bytes["\uFEFF"u8.Length..] : bytes;
        json = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = 64 });
    }

    /// <summary>One line that says what is wrong; null while nothing is.</summary>
    internal string? Error { get; private set; }

    internal TorrentConf? Read(string dataName)
    {
        try
        {
            return ReadRoot(dataName, out var conf) ? conf : null;
        }
        catch (JsonException exception)
        {
            // Both come counted from 0; editors count from 1.
            Fail($"not JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}");
            return null;
        }
    }

    private bool ReadRoot(string dataName, out TorrentConf? conf)
    {
        conf = null;
        List<uint>? peers = null;
        FileInfo? file = null;
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
            return Fail($"the whole is {Kind()}: it must be an object");
        while (ReadMember(out var name))
        {
            var right = Is(name, "Peers") ? Once(peers, "Peers") && ReadPeers(out peers)
                : Is(name, "FileInfo") ? Once(file, "FileInfo") && ReadFileInfo(out file)
                : SkipValue();
            if (!right)
                return false;
        }

        if (Error is not null)
            return false;
        json.Read(); // what stands behind the object is no JSON, which this finds out
        return MakeInfo(file, dataName, out var info) && Done(conf = new TorrentConf(peers ?? [], info));
    }

    private bool ReadPeers(out List<uint> peers)
    {
        peers = [];
        if (json.TokenType == JsonTokenType.Null)
            return true;
        if (json.TokenType != JsonTokenType.StartArray)
            return Fail($"Peers is {Kind()}: it must be an array of IPv4 addresses, or null");
        var seen = new SortedSet<uint>();
        for (var i = 0; json.Read() && json.TokenType != JsonTokenType.EndArray; i++)
        {
            if (json.TokenType != JsonTokenType.String)
                return Fail($"Peers[{i}] is {Kind()}: it must be an IPv4 address in quotes");
            if (!ReadText($"Peers[{i}]", out var text))
                return false;
            if (!Endpoint.TryParseAddress(text, out var address))
                return Fail($"Peers[{i}] {Excerpt.Quote(text)} is not an IPv4 address");
            if (!seen.Add(address))
                continue;
            if (peers.Count == TorrentConf.PeersMax)
                return Fail($"Peers has more than {TorrentConf.PeersMax} addresses");
            peers.Add(address);
        }

        return true;
    }

    private bool ReadFileInfo(out FileInfo? file)
    {
        file = new FileInfo { IsNull = json.TokenType == JsonTokenType.Null };
        if (file.IsNull)
            return true;
        if (json.TokenType != JsonTokenType.StartObject)
            return Fail($"FileInfo is {Kind()}: it must be an object, or null");
        while (ReadMember(out var name))
        {
            var right = Is(name, "Size") ? Once(file.Size, "FileInfo.Size") && ReadSize(file)
                : Is(name, "PartSize") ? Once(file.PartSize, "FileInfo.PartSize") && ReadPartSize(file)
                : Is(name, "Parts") ? Once(file.Parts, "FileInfo.Parts") && ReadParts(file)
                : SkipValue();
            if (!right)
                return false;
        }

        return Error is null;
    }

    private bool ReadSize(FileInfo file) => ReadNumber("FileInfo.Size", 0, InfoDictionary.LengthMax, out file.Size);

    private bool ReadPartSize(FileInfo file) => ReadNumber("FileInfo.PartSize", 1, InfoDictionary.PieceLengthMax, out file.PartSize);

    private bool ReadParts(FileInfo file)
    {
        file.Parts = new ArrayBufferWriter<byte>();
        if (json.TokenType == JsonTokenType.Null)
            return true;
        if (json.TokenType != JsonTokenType.StartArray)
            return Fail($"FileInfo.Parts is {Kind()}: it must be an array of SHA-1 hashes, or null");
        for (var i = 0; json.Read() && json.TokenType != JsonTokenType.EndArray; i++)
        {
            if (i == InfoDictionary.PieceCountMax)
                return Fail($"FileInfo.Parts has more than {InfoDictionary.PieceCountMax} hashes");
            if (!ReadDigest(out var digest))
                return Fail($"FileInfo.Parts[{i}] is not 40 hexadecimal digits");
            digest.Write(file.Parts.GetSpan(Sha1Digest.Length));
            file.Parts.Advance(Sha1Digest.Length);
        }

        return true;
    }

    private bool MakeInfo(FileInfo? file, string dataName, out InfoDictionary? info)
    {
        info = null;
        if (file is null or { IsNull: true })
            return true;
        if (file.Size is not { } size)
            return Fail("FileInfo.Size is missing: it must be a whole number of at least 0");
        if (file.PartSize is not { } partSize)
            return Fail("FileInfo.PartSize is missing: it must be a whole number of at least 1");
        if (FileName.Fault(dataName) is { } fault)
            return Fail($"the data file's name {Excerpt.Quote(dataName)} can't be shared: {fault}");
        const int most = InfoDictionary.PieceCountMax;
        var needed = InfoDictionary.CountPieces(size, (int)partSize);
        if (needed > most)
            return Fail($"FileInfo.PartSize is {partSize}: {size} bytes would be {needed} parts, at most {most} are allowed");
        var parts = file.Parts is null ? default : file.Parts.WrittenSpan;
        var count = parts.Length / Sha1Digest.Length;
        var hashes = count == 1 ? "hash" : "hashes";
        if (count != needed)
            return Fail($"FileInfo.Parts has {count} {hashes}, but {size} bytes in parts of {partSize} need {needed}");
        return Done(info = InfoDictionary.Create(dataName, size, (int)partSize, parts));
    }

    /// <summary>Steps to the value of the next member; false at the end of the object, or on an error.</summary>
    private bool ReadMember(out string name)
    {
        name = "";
        json.Read();
        if (json.TokenType != JsonTokenType.PropertyName || !ReadText("a member's name", out name))
            return false;
        json.Read();
        return true;
    }

    private bool ReadNumber(string member, long min, long max, out long? value)
    {
        value = null;
        if (json.TokenType != JsonTokenType.Number)
            return Fail($"{member} is {Kind()}: it must be a whole number from {min} to {max}");
        var digits = Excerpt.Shorten(Encoding.UTF8.GetString(json.ValueSpan));
        if (!json.TryGetInt64(out var number))
            return Fail($"{member} is {digits}: it must be a whole number from {min} to {max}");
        if (number < min)
            return Fail($"{member} is {number}: it must be at least {min}");
        if (number > max)
            return Fail($"{member} is {number}: it must be at most {max}");
        value = number;
        return true;
    }

    private bool ReadDigest(out Sha1Digest digest)
    {
        digest = default;
        // No digit needs an escape.
        if (json.TokenType != JsonTokenType.String || json.ValueSpan.Length != 2 * Sha1Digest.Length || json.ValueIsEscaped)
            return false;
        Span<char> digits = stackalloc char[2 * Sha1Digest.Length];
        return Encoding.Latin1.GetChars(json.ValueSpan, digits) == digits.Length && Sha1Digest.TryParse(digits, out digest);
    }

    private bool ReadText(string what, out string text)
    {
        text = "";
        try
        {
            text = json.GetString()!;
            return true;
        }
        catch (InvalidOperationException) // bytes that are no UTF-8, half a surrogate pair
        {
            return Fail($"{what} is not Unicode text");
        }
    }

    private bool SkipValue()
    {
        json.Skip();
        return true;
    }

    private bool Once(object? seen, string member) => seen is null || Fail($"{member} is there twice");

    private static bool Is(string name, string member) => name.Equals(member, StringComparison.OrdinalIgnoreCase);

    private static bool Done(object made) => made is not null;

    private bool Fail(string what)
    {
        Error = what;
        return false;
    }

    private readonly string Kind() => json.TokenType switch
    {
        JsonTokenType.Null => "null",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.StartArray => "an array",
        _ => "an object",
    };

    /// <summary>What <c>FileInfo</c> said so far. Its members may come in any order, so they are judged together at the end.</summary>
    private sealed class FileInfo
    {
        internal long? Size;
        internal long? PartSize;

        internal bool IsNull { get; init; }

        internal ArrayBufferWriter<byte>? Parts { get; set; }
    }
}
