// A node that says who comes and goes, until its standard input ends: TenLines [ADDRESS [PORT]]
using Roj;

var options = new RojOptions { Cluster = "ten-lines", Address = args.ElementAtOrDefault(0) };
if (args.Length > 1)
    options.Port = int.Parse(args[1]);
await using var roj = await RojCluster.StartAsync(options);
Console.WriteLine($"here: {roj.Self}");
using var end = new CancellationTokenSource();
_ = Task.Run(() => Console.In.ReadToEnd()).ContinueWith(_ => end.Cancel());
try
{
    await foreach (var happened in roj.Events(end.Token))
        Console.WriteLine(happened);
}
catch (OperationCanceledException)
{
    Console.WriteLine("leaving");
}
