using System.CommandLine;

namespace Roj.Cli.Completion;

/// <summary>What may follow a command: read off the tree that the command line is parsed by.</summary>
/// <param name="Path">The command with those above it, such as <c>roj torrent show</c>.</param>
/// <param name="Description">The first sentence of its description.</param>
/// <param name="Commands">Its subcommands' names.</param>
/// <param name="Options">Its options.</param>
internal sealed record CommandWords(
    string Path, string Description, IReadOnlyList<string> Commands, IReadOnlyList<OptionWords> Options)
{
    /// <summary>A command and all below it.</summary>
    public static IEnumerable<CommandWords> Of(Command root) => Of(root, "roj", []);

    private static IEnumerable<CommandWords> Of(Command command, string path, IReadOnlyList<OptionWords> inherited)
    {
        var visible = command.Options.Where(option => !option.Hidden).ToArray();
        var subcommands = command.Subcommands.Where(sub => !sub.Hidden).ToArray();
        OptionWords[] options = [.. visible.Select(OptionWords.Of), .. inherited];
        yield return new CommandWords(path, First(command.Description), [.. subcommands.Select(sub => sub.Name)], options);
        OptionWords[] passedOn = [.. visible.Where(option => option.Recursive).Select(OptionWords.Of), .. inherited];
        foreach (var below in subcommands.SelectMany(sub => Of(sub, $"{path} {sub.Name}", passedOn)))
            yield return below;
    }

    /// <summary>The first sentence, without what separates it from the next.</summary>
    internal static string First(string? description)
    {
        var text = Arguments.OneLine(description ?? "");
        var end = text.IndexOf(". ", StringComparison.Ordinal);
        return (end < 0 ? text : text[..end]).TrimEnd('.');
    }
}
