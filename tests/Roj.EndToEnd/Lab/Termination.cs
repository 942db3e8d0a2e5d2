namespace Roj.EndToEnd;

/// <summary>How a process ended that was asked to.</summary>
/// <param name="Took">From SIGTERM until it was gone.</param>
/// <param name="Forced">Whether it had to be killed.</param>
/// <param name="ExitCode">Its exit code; 128 + n if signal n ended it.</param>
/// <param name="Age">How long it had been running when it was asked.</param>
internal readonly record struct Termination(TimeSpan Took, bool Forced, int ExitCode, TimeSpan Age);
