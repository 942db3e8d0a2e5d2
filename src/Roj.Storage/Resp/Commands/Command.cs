using System.Text;
using Roj.Storage.Resp.Errands;

namespace Roj.Storage.Resp.Commands;

/// <summary>One command that is understood.</summary>
/// <param name="Name">In small letters.</param>
/// <param name="Arity">How many words it has, its own among them; at least so many if negative.</param>
/// <param name="Flags">What Redis says of its kind.</param>
/// <param name="Keys">Where its keys are among its words: the first, the last (counted from behind if negative), and the step.</param>
/// <param name="Group">Which chapter of Redis's documentation it is in.</param>
/// <param name="Summary">What it does, for people.</param>
/// <param name="Run">Does it: returns what it wants of the store, or null if it has replied.</param>
internal sealed record Command(
    string Name,
    int Arity,
    string Flags,
    (int First, int Last, int Step) Keys,
    string Group,
    string Summary,
    Func<Conversation, RespErrand?> Run)
{
    /// <summary>The flag of commands that are heard between MULTI and EXEC.</summary>
    public const string Unrefused = "no_multi";

    /// <summary>Its name in bytes.</summary>
    public byte[] Bytes { get; } = Encoding.ASCII.GetBytes(Name);

    /// <summary>Its name after that of what it is a part of.</summary>
    public string FullName { get; init; } = Name;

    /// <summary>Commands that begin with it.</summary>
    public IReadOnlyList<Command> Parts { get; init; } = [];

    /// <summary>Whether it is heard from who has not said the password.</summary>
    public bool IsForStrangers { get; } = Flags.Contains("no_auth", StringComparison.Ordinal);

    /// <summary>Whether it is heard between MULTI and EXEC.</summary>
    public bool IsUnrefused { get; } = Flags.Contains(Unrefused, StringComparison.Ordinal);

    /// <summary>Whether it may have so many words.</summary>
    public bool Takes(int words) => Arity >= 0 ? words == Arity : words >= -Arity;

    /// <summary>Which of the commands that begin with it is meant.</summary>
    public Command? FindPart(ReadOnlySpan<byte> name)
    {
        foreach (var part in Parts)
        {
            if (Ascii.EqualsIgnoreCase(name, part.Bytes))
                return part;
        }

        return null;
    }

    /// <summary>This, as a command that has parts.</summary>
    public Command With(params Command[] parts) =>
        this with { Parts = [.. parts.Select(part => part with { FullName = $"{Name}|{part.Name}" })] };
}
