using System.Globalization;
using Xunit;

namespace Roj.EndToEnd;

/// <summary>A limit to what a cable carries is what was asked for.</summary>
[Trait(LanePlan.Trait, LanePlan.ByItself)] // it is measured
public class LabRateTests
{
    private const string Port = "5000";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public Task A_limit_holds_within_a_tenth_both_ways() => Lab.RunAsync(2, "limit", async lab =>
    {
        const long BitsPerSecond = 100_000_000;
        const int PayloadBytes = 30_000_000; // 2.4 s
        var (limited, free) = (lab.Hosts[0], lab.Hosts[1]);
        limited.Limit(BitsPerSecond);
        foreach (var (from, to) in new[] { (limited, free), (free, limited) })
        {
            var (bytes, seconds) = await TransferAsync(from, to, PayloadBytes);
            Assert.InRange(bytes * 8 / seconds, BitsPerSecond * 0.9, BitsPerSecond * 1.1);
        }

        limited.Unlimit();
        var (_, unlimitedSeconds) = await TransferAsync(limited, free, PayloadBytes);
        Assert.True(unlimitedSeconds < 1, $"{unlimitedSeconds} s for {PayloadBytes} bytes without a limit");
    });

    /// <summary>Sends payload over a fresh connection.</summary>
    /// <returns>How many bytes went over the receiver's cable, headers included, and how long it took.</returns>
    private static async Task<(long Bytes, double Seconds)> TransferAsync(LabHost from, LabHost to, int payloadBytes)
    {
        var sink = to.Probe("tcp-sink", to.Address, Port);
        await sink.SaysAsync("ready", Patience);
        var before = to.Traffic();
        from.Probe("tcp-source", from.Address, to.Address, Port, payloadBytes.ToString(CultureInfo.InvariantCulture));
        var line = (await sink.SaysAsync("received ", TimeSpan.FromSeconds(30))).Split(' ');
        var traffic = to.Traffic() - before;
        await sink.KillAsync();
        Assert.Equal(payloadBytes, int.Parse(line[1], CultureInfo.InvariantCulture));
        return (traffic.ReceivedBytes, int.Parse(line[2], CultureInfo.InvariantCulture) / 1000.0);
    }
}
