using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using System.Text;
using Roj.Files.Tracking;
using Roj.Files.Metadata;
using Roj.Kernel;

namespace Roj.Cli;

/// <summary>What the command line may say, checked word by word: a mistake is one line that names the option and what it takes.</summary>
internal static class Arguments
{
    // Some 41 days: the runtime's timers go on for no more than 49.
    private const int HoursMax = 1000;

    /// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>.</summary>
    public static Func<ArgumentResult, T> Number<T>(string name, T min, T max)
        where T : struct, IBinaryInteger<T> => result =>
    {
        if (T.TryParse(Word(result), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
            return number;
        return Refuse<T>(result, string.Create(CultureInfo.InvariantCulture, $"{name} takes a whole number from {min} to {max}"));
    };

    /// <summary>A text of 1 to <paramref name="bytesMax"/> bytes.</summary>
    public static Func<ArgumentResult, string> Text(string name, int bytesMax) => result =>
        Word(result) is { Length: > 0 } text && Encoding.UTF8.GetByteCount(text) <= bytesMax
            ? text
            : Refuse<string>(result, string.Create(CultureInfo.InvariantCulture, $"{name} takes a text of 1 to {bytesMax} bytes"))!;

    /// <summary>The path of a file, whether it is there or not.</summary>
    public static Func<ArgumentResult, string> FilePath(string name) => result =>
        Word(result) is var path && Path.GetFileName(path).Length > 0 && !path.Contains('\0', StringComparison.Ordinal)
            ? path
            : Refuse<string>(result, $"{name} takes the path of a file")!;

    /// <summary>A number of bytes, such as 300, 16K or 4MiB.</summary>
    public static Func<ArgumentResult, int?> Bytes(string name, int min, int max) => result =>
    {
        var text = Word(result).ToUpperInvariant();
        var digits = text.TrimEnd('B').TrimEnd('I').TrimEnd('K', 'M', 'G');
        var shift = text[digits.Length..] switch { "" => 0, "K" or "KIB" => 10, "M" or "MIB" => 20, "G" or "GIB" => 30, _ => -1 };
        if (shift >= 0 && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) &&
            (long)count << shift is var bytes && bytes >= min && bytes <= max)
            return (int)bytes;
        var range = string.Create(CultureInfo.InvariantCulture, $"{min} to {max}");
        return Refuse<int?>(result, $"{name} takes {range} bytes, such as 65536 or 256K");
    };

    /// <summary>URLs of trackers, each by itself.</summary>
    public static Func<ArgumentResult, string[]> TrackerUrls(string name) => result =>
    {
        string[] urls = [.. result.Tokens.Select(token => token.Value)];
        if (urls.FirstOrDefault(url => !AnnounceUrl.IsUsable(url)) is { } wrong)
            result.AddError($"{name} takes an announce URL such as http://192.168.7.11:6969/announce, not '{wrong}'.");
        else if (urls.Length > AnnounceUrl.CountMax)
            result.AddError($"{name} may be given {AnnounceUrl.CountMax} times at most.");
        return urls;
    };

    /// <summary>A magnet link.</summary>
    public static Func<ArgumentResult, MagnetLink?> Magnet(string name) => result =>
    {
        var link = MagnetLink.TryRead(Word(result), out var error);
        if (link is null)
            result.AddError($"{name}: {error}.");
        return link;
    };

    /// <summary>One of these words.</summary>
    public static Func<ArgumentResult, string> OneOf(string name, params string[] words) => result =>
        words.Contains(Word(result)) ? Word(result) : Refuse<string>(result, $"{name} takes {string.Join(" or ", words)}")!;

    /// <summary>A dotted IPv4 address.</summary>
    public static Func<ArgumentResult, uint?> Address(string name) => result =>
        Endpoint.TryParseAddress(Word(result), out var address)
            ? address
            : Refuse<uint?>(result, $"{name} takes an IPv4 address such as 192.168.7.11");

    /// <summary>URLs of trackers.</summary>
    public static Func<ArgumentResult, string[]> Trackers(string name) => result =>
    {
        foreach (var token in result.Tokens)
        {
            if (!TrackerUrl.TryParse(token.Value, out _, out var fault))
                result.AddError($"{name} takes a URL such as http://192.168.7.11:6881/announce, not '{token.Value}': {fault}.");
        }

        return [.. result.Tokens.Select(token => token.Value)];
    };

    /// <summary>A time with its unit, such as 30s.</summary>
    public static Func<ArgumentResult, TimeSpan> Span(string name) => result =>
    {
        var text = Word(result);
        var unit = text.LastOrDefault() switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 0 };
        if (unit > 0 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && (long)count * unit <= HoursMax * 3600)
        {
            return TimeSpan.FromSeconds((long)count * unit);
        }

        return Refuse<TimeSpan>(result, $"{name} takes a time such as 30s, 5m or 1h, at most {HoursMax}h");
    };

    /// <summary>The same without line feeds and other control characters, so that it is one line whatever the user typed.</summary>
    public static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));

    private static string Word(ArgumentResult result) => result.Tokens is [var token] ? token.Value : "";

    private static T? Refuse<T>(ArgumentResult result, string what)
    {
        result.AddError($"{what}, not '{Word(result)}'.");
        return default;
    }
}
