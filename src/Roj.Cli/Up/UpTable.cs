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
        string[] last = cluster.IsSharing ? ["parts", "", "peers"] : ["saw all after", "memory"];
        var table = new Table().AddColumns(["node", "address", "process", "the others say", "sees", .. last]);
        var shown = Shown(cluster);
        foreach (var member in shown)
        {
            table.AddRow(
            [
                member.Name,
                member.Address,
                member.ProcessId?.ToString(CultureInfo.InvariantCulture) ?? "none",
                State(cluster.StateOf(member)),
                string.Create(CultureInfo.InvariantCulture, $"{member.Seen} of {cluster.Members.Count}"),
                .. cluster.IsSharing ? File(member) : Node(member),
            ]);
        }

        if (shown.Count < cluster.Members.Count)
            table.Caption(string.Create(CultureInfo.InvariantCulture, $"and {cluster.Members.Count - shown.Count} more"));
        var first = cluster.Members[0];
        var victim = cluster.Members.LastOrDefault(member => member.ProcessId is not null) ?? first;
        var wings = cluster.Wings.Select(line => new Text(Arguments.OneLine(line)));
        return new Rows([table, .. wings, .. events.Select(Line), new Text(""), .. Hints(first, victim)]);
    }

    /// <summary>As many as the terminal has lines for; those that are not well before the others.</summary>
    private static List<LocalMember> Shown(LocalCluster cluster)
    {
        const int OtherLines = EventsShown + 17;
        var lines = Math.Max(3, AnsiConsole.Profile.Height - OtherLines);
        var chosen = cluster.Members.OrderBy(member => cluster.StateOf(member) == "alive").Take(lines).ToHashSet();
        return [.. cluster.Members.Where(chosen.Contains)];
    }

    private static IEnumerable<IRenderable> Hints(LocalMember first, LocalMember victim)
    {
        var seconds = ((int)LocalCluster.RestTime.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        yield return new Text($"See it in a browser: {first.Url}/ or at any of the other addresses");
        yield return new Text("Try in another terminal:");
        yield return new Text($"  {ThisProgram.Name} members --node {first.Url}");
        yield return new Text($"  {ThisProgram.Name} events -f --node {first.Url}");
        if (victim.ProcessId is { } process)
        {
            yield return new Text(string.Create(
                CultureInfo.InvariantCulture, $"  kill -9 {process}      kills {victim.Address}, started again after {seconds} s"));
        }

        yield return new Text("Ctrl-C ends all of it.");
    }

    private static string[] Node(LocalMember member) =>
    [
        member.SawAllAfter is { } after ? string.Create(CultureInfo.InvariantCulture, $"{after.TotalSeconds:F2} s") : "",
        member.Memory() is { } bytes ? Sizes.Text(bytes) : "",
    ];

    private static string[] File(LocalMember member) => member.File is not { } file ? ["", "", ""] :
    [
        string.Create(CultureInfo.InvariantCulture, $"{file.Have}/{file.Parts}"),
        new string('█', 20 * file.Have / Math.Max(1, file.Parts)).PadRight(20, '·'),
        file.Peers.ToString(CultureInfo.InvariantCulture),
    ];

    private static Text Line(UpEvent happened) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{happened.At.TotalSeconds,8:F1} s  {happened.Text}"));

    private static string State(string state) => state switch
    {
        "alive" => "[green]alive[/]",
        "dead" => "[red]dead[/]",
        _ => Markup.Escape(state),
    };
}
