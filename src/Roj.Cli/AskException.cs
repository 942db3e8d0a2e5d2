namespace Roj.Cli;

/// <summary>A node was asked and did not answer, or refused. The message is one line for the user.</summary>
internal sealed class AskException(string title, string detail, int? status = null) : Exception($"{title}: {detail}")
{
    /// <summary>What kind of failure.</summary>
    public string Title => title;

    /// <summary>What was wrong, and what to do.</summary>
    public string Detail => detail;

    /// <summary>The HTTP status; null where no node answered.</summary>
    public int? Status => status;
}
