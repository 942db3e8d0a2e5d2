using Roj.Simulation.Swarms.Makespans;
using Xunit;

namespace Roj.Simulation.Tests.Swarms;

/// <summary>How close to the limit of the wire the protocol comes when nothing goes wrong. The limits hold what was reached.</summary>
public sealed class MakespanTests
{
    private static readonly MakespanSetup Small = new()
    {
        Receivers = 4,
        FileBytes = 4 << 20,
        PieceBytes = 64 << 10,
        BytesPerSecond = 12_500_000,
    };

    /// <summary>A ratchet: whoever makes it better lowers the limits.</summary>
    [Theory]
    [InlineData(1, 1.1, 1.0)]
    [InlineData(8, 1.25, 1.05)]
    [InlineData(16, 1.36, 1.05)]
    public void Sixteen_mebibytes_take_no_longer_than_they_did(int receivers, double ratioMax, double seederShareMax)
    {
        var result = MakespanRun.Run(Small with { Receivers = receivers, FileBytes = 16 << 20, PieceBytes = 256 << 10 });
        Assert.True(result.Ratio <= ratioMax && result.SeederShare <= seederShareMax, MakespanTable.Text(result));
    }

    /// <summary>S4: with one honest seeder and no more than half of the nodes doing harm, done within 1.5 times the file over the rate, and
    /// 30 s.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Half_of_the_nodes_doing_harm_do_not_keep_the_others_from_the_file(ulong seed)
    {
        var result = MakespanRun.Run(Small with { Seed = seed, BytesPerSecond = 200_000, Receivers = 6, Harmful = 7 });
        var limit = (1.5 * result.Setup.FileBytes / result.Setup.BytesPerSecond) + 30;
        Assert.True(result.Makespan?.TotalSeconds <= limit, MakespanTable.Text(result));
    }

    /// <summary>What comes twice is waste. The end-game costs some; a tenth of the file is too much.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Little_comes_twice(ulong seed)
    {
        var result = MakespanRun.Run(Small with { Seed = seed, Receivers = 8, FileBytes = 16 << 20 });
        Assert.All(result.Nodes, node => Assert.True(node.RepeatedBytes < 1.6 * (1 << 20), MakespanTable.Text(result)));
    }

    /// <summary>The figures must be right, or the limits above say nothing.</summary>
    [Fact]
    public void One_receiver_gets_the_file_once_at_the_rate_of_the_link()
    {
        var result = MakespanRun.Run(Small with { Receivers = 1 });
        Assert.InRange(result.Ratio, 1.0, 1.10);
        Assert.Equal(1.0, result.SeederShare);
        Assert.Equal(0, result.RepeatedBytes);
        Assert.All(result.CopiesBySeeder, copies => Assert.Equal(1.0, copies));
        Assert.Equal(4 << 20, result.Nodes[1].ReceivedBytes);
        Assert.Equal(result.Nodes[0].SentBytes, result.Nodes[1].ReceivedBytes);
    }

    [Fact]
    public void Everything_that_came_came_from_somebody_and_within_the_run()
    {
        var result = MakespanRun.Run(Small);
        Assert.Equal(result.Nodes.Sum(node => node.SentBytes), result.Nodes.Sum(node => node.ReceivedBytes));
        Assert.All(result.Nodes.Skip(1), node => Assert.Equal(4 << 20, node.ReceivedBytes - node.RepeatedBytes));
        Assert.All(result.Deliveries, one => Assert.True(one.Begun <= one.Ended && one.From != one.To, one.ToString()));
        Assert.All(result.Nodes, node => Assert.InRange(node.UplinkBusy, 0, 1));
    }

    [Fact]
    public void A_node_without_the_description_gets_it_first()
    {
        var result = MakespanRun.Run(Small with { AllDescribed = false });
        Assert.NotNull(result.Makespan);
    }

    /// <summary>A tenth of the time is not enough for anybody: a run that never ends must say so and not look good.</summary>
    [Fact]
    public void What_is_not_done_in_time_is_not_done()
    {
        var result = MakespanRun.Run(Small with { Limit = TimeSpan.FromMilliseconds(30) });
        Assert.Null(result.Makespan);
        Assert.True(double.IsPositiveInfinity(result.Ratio));
        Assert.Contains("never", MakespanTable.Text(result), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_run_has_the_same_picture_and_it_is_well_formed()
    {
        var picture = MakespanPicture.Draw(MakespanRun.Run(Small));
        Assert.Equal(picture, MakespanPicture.Draw(MakespanRun.Run(Small)));
        var drawing = System.Xml.Linq.XDocument.Parse(picture).Root!;
        var titles = drawing.Descendants().Count(element => element.Name.LocalName == "title");
        // Every part of every receiver has a bar at least.
        Assert.True(titles >= 4 * 64, $"only {titles} titles");
    }

    /// <summary>The bound of the measurements in the field: 64 MiB in 256 parts to 8 and 16 over 100 Mbit/s.</summary>
    [Theory]
    [InlineData(8, 5.453)]
    [InlineData(16, 5.474)]
    public void The_bound_is_the_usual_one(int receivers, double seconds)
    {
        var setup = Small with { Receivers = receivers, FileBytes = 64 << 20, PieceBytes = 256 << 10 };
        Assert.Equal(seconds, setup.Bound.TotalSeconds, tolerance: 0.001);
    }
}
