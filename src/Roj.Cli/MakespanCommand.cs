using System.CommandLine;
using System.Globalization;
using Roj.Files;
using Roj.Simulation.Network;
using Roj.Simulation.Swarms.Makespans;

namespace Roj.Cli;

/// <summary><c>roj sim makespan</c>: how long a swarm on equal links takes, what it sends twice, and a picture of why.</summary>
internal static class MakespanCommand
{
    private const int Gibi = 1 << 30;
    private static readonly SwarmSettings Usual = new() { PeerId = default, ListenPort = 0 };

    private static readonly Option<int> Nodes = Number("--nodes", "How many receivers.", 8, 1, 200);
    private static readonly Option<int> Size = Number("--size", "Bytes of the file.", 64 << 20, 1, Gibi);
    private static readonly Option<int> Piece = Number("--piece", "Bytes of a part.", 256 << 10, 256, 16 << 20);
    private static readonly Option<long> Rate = Number(
        "--rate", "Bits of payload per second, each way, of each link.", 100_000_000L, 8_000, 100_000_000_000);
    private static readonly Option<int> Latency = Number("--latency", "Microseconds from one machine to another.", 100, 0, 1_000_000);
    private static readonly Option<int> Window = Number(
        "--window", "Bytes that the kernels hold of each direction of a connection.", NetworkLimits.StreamWindowBytes, 4096, Gibi);

    private static readonly Option<ulong> Seed = Number("--seed", "The (first) seed.", 1UL, ulong.MinValue, ulong.MaxValue);
    private static readonly Option<int> Seeds = Number("--seeds", "How many seeds, counted up from the first.", 1, 1, int.MaxValue);
    private static readonly Option<int> Connections = Number(
        "--connections", "Connections of a node at most.", Usual.ConnectionsMax, 1, 1000);
    private static readonly Option<int> DialUpTo = Number("--dial-up-to", "A node dials until it has so many.", Usual.DialUpTo, 1, 1000);
    private static readonly Option<int> Block = Number("--block", "Bytes of one request.", Usual.BlockBytes, 1024, 1 << 20);
    private static readonly Option<int> Pipeline = Number(
        "--pipeline", "Bytes asked of one peer at most.", Usual.PipelineBytesMax, 1, Gibi);
    private static readonly Option<int> PipelineMin = Number(
        "--pipeline-min", "Bytes asked of one peer at first.", Usual.PipelineBytesMin, 1, Gibi);
    private static readonly Option<int> Span = Number(
        "--span", "Milliseconds of a peer's rate that are asked of it.", (int)Usual.PipelineSpan.TotalMilliseconds, 1, 10_000);

    private static readonly Option<int> Unsent = Number(
        "--unsent", "Bytes that wait for a connection's kernel.", Usual.UnsentBytesMax, 1, Gibi);
    private static readonly Option<bool> Find = new("--find") { Description = "Receivers broadcast and sweep too." };
    private static readonly Option<bool> Undescribed = new("--undescribed") { Description = "Only the seeder has the description." };
    private static readonly Option<string> Picture = new("--picture")
    {
        Description = "Draw who sent which part when (SVG), of the first seed.",
        CustomParser = Arguments.FilePath("--picture"),
    };

    public static Command Create()
    {
        var command = new Command(
            "makespan",
            "Simulate one seeder and receivers that start cold on equal links. Example: roj sim makespan --nodes 8 --picture why.svg")
        {
            Nodes, Size, Piece, Rate, Latency, Window, Seed, Seeds, Connections, DialUpTo, Block, Pipeline, PipelineMin,
            Span, Unsent, Find, Undescribed, Picture,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var (first, count) = (parsed.GetValue(Seed), parsed.GetValue(Seeds));
        var results = new List<MakespanResult>();
        for (var i = 0; i < count; i++)
        {
            var result = MakespanRun.Run(Read(parsed) with { Seed = unchecked(first + (ulong)i) });
            if (i == 0 && parsed.GetValue(Picture) is { } picture)
                File.WriteAllText(picture, MakespanPicture.Draw(result));
            Console.WriteLine(count == 1 ? MakespanTable.Text(result).TrimEnd() : MakespanTable.Line(result));
            results.Add(result with { Deliveries = [] });
        }

        if (count > 1)
            Summarize(results);
        return results.TrueForAll(result => result.Makespan is not null) ? ExitCode.Done : ExitCode.Failed;
    }

    private static MakespanSetup Read(ParseResult parsed) => new()
    {
        Receivers = parsed.GetValue(Nodes),
        FileBytes = parsed.GetValue(Size),
        PieceBytes = parsed.GetValue(Piece),
        BytesPerSecond = parsed.GetValue(Rate) / 8,
        Latency = TimeSpan.FromMicroseconds(parsed.GetValue(Latency)),
        WindowBytes = parsed.GetValue(Window),
        Finds = parsed.GetValue(Find),
        AllDescribed = !parsed.GetValue(Undescribed),
        Tune = usual => usual with
        {
            ConnectionsMax = parsed.GetValue(Connections),
            DialUpTo = parsed.GetValue(DialUpTo),
            BlockBytes = parsed.GetValue(Block),
            PipelineBytesMax = parsed.GetValue(Pipeline),
            PipelineBytesMin = parsed.GetValue(PipelineMin),
            PipelineSpan = TimeSpan.FromMilliseconds(parsed.GetValue(Span)),
            UnsentBytesMax = parsed.GetValue(Unsent),
        },
    };

    private static void Summarize(List<MakespanResult> results)
    {
        var ratios = results.Select(result => result.Ratio).Order().ToArray();
        var shares = results.Select(result => result.SeederShare).Order().ToArray();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"ratio to the bound: {ratios[0]:F3} at least, {ratios[ratios.Length / 2]:F3} median, {ratios[^1]:F3} at most; "
                + $"seeder: {shares[0]:F3}, {shares[shares.Length / 2]:F3}, {shares[^1]:F3} files"));
    }

    private static Option<T> Number<T>(string name, string description, T usual, T min, T max)
        where T : struct, System.Numerics.IBinaryInteger<T>
    {
        return new Option<T>(name)
        {
            Description = description,
            DefaultValueFactory = _ => usual,
            CustomParser = Arguments.Number(name, min, max),
        };
    }
}
