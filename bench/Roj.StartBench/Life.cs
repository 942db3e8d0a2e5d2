namespace Roj.StartBench;

/// <summary>One run of the program, from its start to its end.</summary>
/// <param name="Accepts">From before the process was made until its TCP port took a connection.</param>
/// <param name="Says">From before the process was made until the line that says so had come.</param>
/// <param name="ResidentBytes">Memory after the idle time.</param>
/// <param name="Ends">From SIGTERM until the process was gone.</param>
internal sealed record Life(TimeSpan Accepts, TimeSpan Says, long ResidentBytes, TimeSpan Ends);
