using Xunit;

namespace Roj.Tests.Cluster;

/// <summary>The sample, as a user would run it: processes of their own.</summary>
public sealed class TenLinesTests
{
    private readonly Place place = new();

    [Fact]
    public async Task Three_find_each_other_and_know_a_farewell_from_a_death()
    {
        using var one = new Sample("TenLines", place, 0);
        using var other = new Sample("TenLines", place, 1);
        using var third = new Sample("TenLines", place, 2);
        await one.SaysAsync($"joined: {Environment.MachineName} {other.Address} alive");
        await one.SaysAsync($"joined: {Environment.MachineName} {third.Address} alive");
        await other.SaysAsync($"joined: {Environment.MachineName} {one.Address} alive");

        third.End();
        await one.SaysAsync($"left: {Environment.MachineName} {third.Address} left");
        await third.SaysAsync("leaving");
        other.Kill();
        await one.SaysAsync($"died: {Environment.MachineName} {other.Address} dead");
    }

    [Fact]
    public void It_needs_nothing_but_dotnet()
    {
        var needs = File.ReadAllText(Path.Combine(Sample.FolderOf("TenLines"), "TenLines.runtimeconfig.json"));
        Assert.Contains("Microsoft.NETCore.App", needs, StringComparison.Ordinal);
        Assert.DoesNotContain("Microsoft.AspNetCore.App", needs, StringComparison.Ordinal);
    }
}
