using System.Globalization;

namespace Roj.Cli.Up;

/// <summary>A line for each thing that happens, and a summary whenever the nodes see something else than before.</summary>
internal sealed class UpLines(TextWriter output) : IUpReport
{
    private string last = "";

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
        var line = string.Join("  ", cluster.Members.Select(member =>
            string.Create(CultureInfo.InvariantCulture, $"{member.Address} {cluster.StateOf(member)} sees {member.Seen}")));
        if (line == last)
            return;
        last = line;
        output.WriteLine(line);
        output.Flush();
    }
}
