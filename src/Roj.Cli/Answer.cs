namespace Roj.Cli;

/// <summary>A node's answer as it is, for programs: members that this client does not know stay in it.</summary>
internal static class Answer
{
    public static void Copy(string json, TextWriter output) => output.WriteLine(json.TrimEnd());
}
