using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Roj.Cli.Up;

/// <summary>A table that lives: on a terminal.</summary>
internal sealed class UpTable : IUpReport
{
    private const int EventsShown = 6;

    private readonly Queue<UpEvent> events = new();

    public void Run(LocalCluster cluster, Action<Action> watch) =>
        AnsiConsole.Live(Picture(cluster)).Start(live => watch(() => live.UpdateTarget(Picture(cluster))));

    public void Tell(UpEvent happened)
    {
        events.Enqueue(happened);
        if (events.Count > EventsShown)
            events.Dequeue();
    }

    private Rows Picture(LocalCluster cluster)
    {
        var table = new Table().AddColumns("node", "address", "process", "the others say", "sees", "saw all after", "memory");
        for (var i = 0; i < cluster.Members.Count; i++)
        {
            var member = cluster.Members[i];
            table.AddRow(
                string.Create(CultureInfo.InvariantCulture, $"n{i + 1}"),
                member.Address,
                member.ProcessId?.ToString(CultureInfo.InvariantCulture) ?? "none",
                State(cluster.StateOf(member)),
                string.Create(CultureInfo.InvariantCulture, $"{member.Seen} of {cluster.Members.Count}"),
                member.SawAllAfter is { } after ? string.Create(CultureInfo.InvariantCulture, $"{after.TotalSeconds:F2} s") : "",
                member.Memory() is { } bytes ? Sizes.Text(bytes) : "");
        }

        var first = cluster.Members[0];
        var victim = cluster.Members.LastOrDefault(member => member.ProcessId is not null) ?? first;
        return new Rows([table, .. events.Select(Line), new Text(""), .. Hints(first, victim)]);
    }

    private static IEnumerable<IRenderable> Hints(LocalMember first, LocalMember victim)
    {
        var seconds = ((int)LocalCluster.RestTime.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        yield return new Text($"HTTP API: {first.Url}/api/v1/members, and the same at the other addresses");
        yield return new Text("Try in another terminal:");
        yield return new Text($"  roj members --node {first.Url}");
        yield return new Text($"  roj events -f --node {first.Url}");
        if (victim.ProcessId is { } process)
        {
            yield return new Text(string.Create(
                CultureInfo.InvariantCulture, $"  kill -9 {process}      kills {victim.Address}, which is started again after {seconds} s"));
        }

        yield return new Text("Ctrl-C ends all of it.");
    }

    private static Text Line(UpEvent happened) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{happened.At.TotalSeconds,8:F1} s  {happened.Text}"));

    private static string State(string state) => state switch
    {
        "alive" => "[green]alive[/]",
        "dead" => "[red]dead[/]",
        _ => Markup.Escape(state),
    };
}
