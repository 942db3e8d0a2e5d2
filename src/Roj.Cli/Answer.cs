using System.Text;

namespace Roj.Cli;

/// <summary>A node's answer as it is, for programs: members that this client does not know stay in it.</summary>
internal static class Answer
{
    public static void Copy(byte[] json, TextWriter output) => output.WriteLine(Encoding.UTF8.GetString(json).TrimEnd());
}
