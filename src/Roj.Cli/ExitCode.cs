namespace Roj.Cli;

/// <summary>How the program ends: the same for every command.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUse = 2;
}
