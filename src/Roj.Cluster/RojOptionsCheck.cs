using Microsoft.Extensions.Options;

namespace Roj;

/// <summary>Says what is wrong with <see cref="RojOptions"/>, all of it at once, before a node is started.</summary>
internal sealed class RojOptionsCheck : IValidateOptions<RojOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, RojOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<string> wrong = [];
        OptionWords.Read(options, wrong);
        wrong = [.. wrong.Distinct()];
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    /// <exception cref="OptionsValidationException">Something is wrong; the message says what.</exception>
    public void Require(RojOptions options)
    {
        if (Validate(Options.DefaultName, options) is { Failed: true } result)
            throw new OptionsValidationException(Options.DefaultName, typeof(RojOptions), result.Failures);
    }
}
