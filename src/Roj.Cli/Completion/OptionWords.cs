using System.CommandLine;
using System.CommandLine.Completions;

namespace Roj.Cli.Completion;

/// <summary>An option as a shell needs it.</summary>
/// <param name="Names">Its name and aliases, with their dashes.</param>
/// <param name="TakesValue">Whether a word follows.</param>
/// <param name="Values">Which words may; empty where they can't be counted: then the shell offers files.</param>
/// <param name="Description">The first sentence of its description.</param>
internal sealed record OptionWords(IReadOnlyList<string> Names, bool TakesValue, IReadOnlyList<string> Values, string Description)
{
    /// <summary>Read off the option.</summary>
    public static OptionWords Of(Option option)
    {
        var takesValue = option.Arity.MaximumNumberOfValues > 0 && option is not Option<bool>;
        string[] names = [.. option.Aliases.Prepend(option.Name).Where(name => name.StartsWith('-')).Distinct()];
        string[] values = takesValue ? [.. option.GetCompletions(CompletionContext.Empty).Select(item => item.Label)] : [];
        return new OptionWords(names, takesValue, values, CommandWords.First(option.Description));
    }
}
