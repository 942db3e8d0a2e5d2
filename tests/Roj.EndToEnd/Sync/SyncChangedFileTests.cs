using Xunit;

namespace Roj.EndToEnd;

/// <summary>What somebody else does to the data file of a node that runs.</summary>
public class SyncChangedFileTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_that_is_cut_or_overwritten_under_a_giver_is_repaired_from_another(bool cut)
    {
        using var workshop = new Workshop();
        var bytes = workshop.File.Bytes;
        var victim = workshop.Put("one.bin", bytes);
        using var one = workshop.Sync(workshop.Configure("one.conf", true, "127.0.0.2"), victim, "127.0.0.1", "--output", "json");
        using var two = workshop.Sync(workshop.Configure("two.conf", true), workshop.Put("two.bin", bytes), "127.0.0.2");
        await one.SaysAsync("\"complete\"");
        await two.SaysAsync("checked");
        using (var file = new FileStream(victim, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            if (cut)
                file.SetLength(bytes.Length / 2);
            else
                file.Write("somebody else was here"u8);
        }

        // Somebody who asks the damaged node too gets what is right.
        using var three = workshop.Sync(
            workshop.Configure("three.conf", false, "127.0.0.1"), workshop.At("three.bin"), "127.0.0.3", "--exit-when-complete");
        bool IsComplete(string line) => line.Contains("\"event\":\"complete\"", StringComparison.Ordinal);
        await Poll.UntilAsync(
            () => one.Lines.Count(IsComplete) >= 2, Patience, () => $"it is repaired; it said:\n{string.Join('\n', one.Lines)}");
        Assert.Equal(bytes, File.ReadAllBytes(victim));
        Assert.DoesNotContain(one.Lines, line => line.Contains("banned", StringComparison.Ordinal));
        Assert.Equal(0, (await three.EndAsync()).ExitCode);
        Assert.Equal(bytes, File.ReadAllBytes(workshop.At("three.bin")));
    }
}
