using System.CommandLine;

namespace Roj.Cli;

/// <summary><c>--output text|json</c>, the same for every command.</summary>
internal static class OutputOption
{
    public const string Name = "--output";

    public static Option<string> Create(string description = "text or json.") => new(Name)
    {
        Description = description,
        DefaultValueFactory = _ => "text",
        CustomParser = Arguments.OneOf(Name, "text", "json"),
    };
}
