// Does its work in one of as many processes as are started, until its standard input ends: OneOfMany [ADDRESS [PORT]]
using Roj;

var port = args.Length > 1 ? int.Parse(args[1]) : 7071;
await using var roj = await RojCluster.StartAsync(new() { Cluster = "one-of-many", Address = args.FirstOrDefault(), Port = port });
_ = Task.Run(Console.In.ReadToEnd).ContinueWith(_ => roj.DisposeAsync());
await roj.WhileLeadingAsync(async (term, lost) =>
{
    Console.WriteLine($"works in term {term.Counter}");
    try
    {
        while (true)
            await Task.Delay(TimeSpan.FromSeconds(1), lost); // what is to be done once in the cluster
    }
    finally
    {
        Console.WriteLine("works no more");
    }
});
Console.WriteLine("leaving");
