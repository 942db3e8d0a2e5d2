using System.CommandLine;

namespace Roj.Cli;

/// <summary><c>--output text|json</c>, the same for every command.</summary>
internal static class OutputOption
{
    public const string Name = "--output";

    public static Option<string> Create(string description = "text or json.")
    {
        var option = new Option<string>(Name)
        {
            Description = description,
            DefaultValueFactory = _ => "text",
            CustomParser = Arguments.OneOf(Name, "text", "json"),
        };
        option.CompletionSources.Add("text", "json");
        return option;
    }

    /// <summary>Whether the user wants JSON, also where the rest of what he says makes no sense.</summary>
    public static bool IsJson(IReadOnlyList<string> args)
    {
        for (var i = 0; i < args.Count; i++)
        {
            if (args[i] is Name + "=json" or Name + ":json" || (args[i] == Name && i + 1 < args.Count && args[i + 1] == "json"))
                return true;
        }

        return false;
    }
}
