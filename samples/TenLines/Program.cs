// A node that says who comes and goes, until its standard input ends: TenLines [ADDRESS [PORT]]
using Roj;

var port = args.Length > 1 ? int.Parse(args[1]) : 7071;
await using var roj = await RojCluster.StartAsync(new() { Cluster = "ten-lines", Address = args.FirstOrDefault(), Port = port });
_ = Task.Run(Console.In.ReadToEnd).ContinueWith(_ => roj.DisposeAsync());
Console.WriteLine($"here: {roj.Self}");
await foreach (var happened in roj.Events())
    Console.WriteLine(happened);
Console.WriteLine("leaving");
