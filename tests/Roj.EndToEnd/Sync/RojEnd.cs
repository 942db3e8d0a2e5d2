namespace Roj.EndToEnd;

/// <summary>How the program ended, and what it said.</summary>
internal sealed record RojEnd(int ExitCode, string Output, string Errors);
