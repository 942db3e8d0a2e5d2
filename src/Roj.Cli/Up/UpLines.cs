using System.Diagnostics;
using System.Globalization;

namespace Roj.Cli.Up;

/// <summary>A line for each thing that happens, and a summary whenever the nodes see something else than before.</summary>
internal sealed class UpLines(TextWriter output) : IUpReport
{
    /// <summary>How often what the wings do is told.</summary>
    public static readonly TimeSpan WingsPace = TimeSpan.FromSeconds(5);

    // A file on its way has changed whenever one looks.
    private static readonly TimeSpan FileLinePace = TimeSpan.FromSeconds(1);

    private string last = "";
    private long wingsAt = Stopwatch.GetTimestamp();
    private long lastAt;

    public void Run(LocalCluster cluster, Action<Action> watch)
    {
        output.WriteLine("Ctrl-C or SIGTERM ends all of them.");
        watch(() => Summarize(cluster));
    }

    public void Tell(UpEvent happened)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"[INFO] {happened.At.TotalSeconds:F3} {happened.Text}"));
        output.Flush();
    }

    private void Summarize(LocalCluster cluster)
    {
        if (Stopwatch.GetElapsedTime(wingsAt) >= WingsPace)
        {
            wingsAt = Stopwatch.GetTimestamp();
            foreach (var wing in cluster.Wings)
                output.WriteLine(Arguments.OneLine(wing));
        }

        var line = string.Join("  ", cluster.Members.Select(member =>
            string.Create(CultureInfo.InvariantCulture, $"{member.Address} {cluster.StateOf(member)} sees {member.Seen}{Parts(member)}")));
        if (line == last || (cluster.IsSharing && Stopwatch.GetElapsedTime(lastAt) < FileLinePace))
            return;
        (last, lastAt) = (line, Stopwatch.GetTimestamp());
        output.WriteLine(line);
        output.Flush();
    }

    private static string Parts(LocalMember member) => member.File is { Parts: > 0 } file
        ? string.Create(CultureInfo.InvariantCulture, $" has {file.Have}/{file.Parts}")
        : "";
}
