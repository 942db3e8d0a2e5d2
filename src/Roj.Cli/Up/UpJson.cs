namespace Roj.Cli.Up;

/// <summary>An object of JSON for each thing that happens, a line each; and now and then one for each wing.</summary>
internal sealed class UpJson(TextWriter output) : IUpReport
{
    private TimeSpan wingsAt;

    public void Run(LocalCluster cluster, Action<Action> watch) => watch(() =>
    {
        if (cluster.Age - wingsAt < UpLines.WingsPace)
            return;
        wingsAt = cluster.Age;
        foreach (var wing in cluster.Wings)
            TellWing(cluster.Age, wing);
    });

    public void Tell(UpEvent happened)
    {
        output.WriteLine(JsonText.Of(json =>
        {
            json.WriteString("event", happened.Kind);
            json.WriteNumber("seconds", Math.Round(happened.At.TotalSeconds, 3));
            if (happened.Address is { } address)
                json.WriteString("address", address);
            if (happened.Process is { } process)
                json.WriteNumber("process", process);
            json.WriteString("message", happened.Text);
        }));
        output.Flush();
    }

    // "leader  n1 in term 3": the word is which of them, as in the lines for people.
    private void TellWing(TimeSpan at, string line)
    {
        output.WriteLine(JsonText.Of(json =>
        {
            json.WriteString("event", "wing");
            json.WriteNumber("seconds", Math.Round(at.TotalSeconds, 3));
            json.WriteString("wing", line[..line.IndexOf(' ', StringComparison.Ordinal)]);
            json.WriteString("message", Arguments.OneLine(line[line.IndexOf(' ', StringComparison.Ordinal)..].Trim()));
        }));
        output.Flush();
    }
}
