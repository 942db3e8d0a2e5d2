namespace Roj.Cli;

/// <summary>What terminals understand (ECMA-48).</summary>
internal static class Terminal
{
    /// <summary>To the beginning of the line, and all of it gone.</summary>
    public const string EraseLine = "\r\e[K";
}
