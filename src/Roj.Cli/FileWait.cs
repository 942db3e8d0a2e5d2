using System.Globalization;
using System.Text.Json;
using Roj.Host.Http;
using Roj.Host.Http.Views;

namespace Roj.Cli;

/// <summary>Waits for a file that a node fetches, and shows how far it is: a line that changes on a terminal, else a line now and then.
/// </summary>
internal static class FileWait
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LinePace = TimeSpan.FromSeconds(5);

    /// <summary>The node's last answer: the file is complete.</summary>
    /// <exception cref="AskException">The node does not answer, or has given the file up.</exception>
    public static byte[] UntilComplete(NodeClient node, string path)
    {
        var isTerminal = !Console.IsErrorRedirected;
        var rate = new RateMeter();
        var shown = "";
        var showAt = DateTime.MinValue;
        try
        {
            while (true)
            {
                var json = node.Get(path);
                var file = JsonSerializer.Deserialize(json, ApiJson.Default.FileView)!;
                if (file.Complete)
                    return json;
                if (file.Fault is { } fault)
                    throw new AskException("given up", fault);
                var line = Line(file, rate.Add(Bytes(file)));
                if (isTerminal)
                {
                    Console.Error.Write(Terminal.EraseLine + line);
                }
                else if (line != shown && DateTime.UtcNow >= showAt)
                {
                    Console.Error.WriteLine(line);
                    (shown, showAt) = (line, DateTime.UtcNow + LinePace);
                }

                Thread.Sleep(Pace);
            }
        }
        finally
        {
            if (isTerminal)
                Console.Error.Write(Terminal.EraseLine);
        }
    }

    private static string Line(FileView file, long bytesPerSecond) => Arguments.OneLine(file.Size is not { } size
        ? string.Create(CultureInfo.InvariantCulture, $"{file.Id}: nobody with it is found yet ({file.Peers} peers)")
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{file.Name}: {file.Have} of {file.Parts} parts of {Sizes.Text(size)}, {Sizes.Text(bytesPerSecond)}/s, {file.Peers} peers"));

    private static long Bytes(FileView file) => file is { Size: { } size, Parts: > 0 } ? size * file.Have / file.Parts : 0;
}
