using System.Globalization;
using Roj.Token;
using Roj.Token.Work;

namespace Roj.Host.Tokens;

/// <summary>A token that a node takes part in from its start on, as its settings say it: <c>NAME</c> or <c>NAME=WORK</c>.</summary>
/// <remarks><c>WORK</c> is <c>pi[:DIGITS[:TERMS[:REST]]]</c>, <c>none[:REST]</c> or <c>attached</c>; a token called pi computes it unless
/// it is said otherwise, any other is for who attaches. REST is such as 50ms or 2s.</remarks>
/// <param name="Name">The token.</param>
/// <param name="Work">What goes round with it.</param>
public sealed record TokenPlan(string Name, ITokenWork Work)
{
    /// <summary>Tokens of a node at most.</summary>
    public const int Max = 64;

    private static readonly TimeSpan UsualRest = TimeSpan.FromMilliseconds(100);

    /// <summary>Reads one.</summary>
    /// <returns>It; null if it makes no sense.</returns>
    public static TokenPlan? Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? text : text[..equals];
        var words = (equals < 0 ? name == "pi" ? "pi" : "attached" : text[(equals + 1)..]).Split(':');
        return TokenName.IsOne(name) && WorkOf(words) is { } work ? new TokenPlan(name, work) : null;
    }

    private static ITokenWork? WorkOf(string[] words) => words switch
    {
        ["attached"] => new AttachedWork(),
        ["none"] => new NoWork(UsualRest),
        ["none", var rest] => Time(rest) is { } pause ? new NoWork(pause) : null,
        ["pi", .. var more] when more.Length <= 3 => PiOf(more),
        _ => null,
    };

    private static PiWork? PiOf(string[] words)
    {
        var digits = words.Length > 0 ? Number(words[0], Pi.DigitsMax) : PiWork.UsualDigits;
        var terms = words.Length > 1 ? Number(words[1], Pi.DigitsMax) : PiWork.UsualTerms;
        var rest = words.Length > 2 ? Time(words[2]) : default(TimeSpan);
        return digits > 0 && terms > 0 && rest is { } pause ? new PiWork(digits, terms, pause) : null;
    }

    private static int Number(string text, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= max ? number : 0;

    private static TimeSpan? Time(string text)
    {
        var (digits, unit) = text.EndsWith("ms", StringComparison.Ordinal) ? (text[..^2], TimeSpan.FromMilliseconds(1))
            : (text.EndsWith('s') ? text[..^1] : "", TimeSpan.FromSeconds(1));
        var isNumber = ushort.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        return isNumber && number * unit <= TokenWorker.HoldMax ? number * unit : null;
    }
}
