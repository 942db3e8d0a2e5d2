namespace Roj.Cli.Turns;

/// <summary>How a step ended.</summary>
internal enum StepResult
{
    /// <summary>There is more to do.</summary>
    Again,

    /// <summary>The work is done.</summary>
    Done,

    /// <summary>Nothing came of it.</summary>
    Failed,

    /// <summary>The turn was over first.</summary>
    Lost,
}

/// <summary>What came of a step.</summary>
/// <param name="Result">How it ended.</param>
/// <param name="State">The next state, unless it failed or was lost.</param>
/// <param name="Why">Why it failed or was lost, for people.</param>
internal sealed record StepEnd(StepResult Result, byte[] State, string Why);
