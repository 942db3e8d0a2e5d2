namespace Roj.Cli.Up;

/// <summary>An object of JSON for each thing that happens, a line each.</summary>
internal sealed class UpJson(TextWriter output) : IUpReport
{
    public void Run(LocalCluster cluster, Action<Action> watch) => watch(() => { });

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
}
