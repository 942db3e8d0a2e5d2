using System.Text.Json;
using Roj.EndToEnd.Members;

namespace Roj.EndToEnd.Storage;

/// <summary>A <c>roj node</c> on a host of the lab that keeps keys, and what it says of them.</summary>
/// <param name="host">Where it runs.</param>
/// <param name="cluster">The cluster's name.</param>
/// <param name="hours">How many hours its wall clock is ahead.</param>
internal sealed class StoreNode(LabHost host, string cluster, int hours) : MemberNode(host)
{
    /// <summary>By how many hours its wall clock is to be ahead.</summary>
    public int Hours => hours;

    /// <summary>Where clients come.</summary>
    public const int Port = 6379;

    /// <summary>By how many hours its wall clock is ahead, as its log says.</summary>
    public double Ahead()
    {
        using var json = JsonDocument.Parse(File.ReadLines(Process.Log).First(line => line.StartsWith('{')));
        return (json.RootElement.GetProperty("time").GetDateTimeOffset() - DateTimeOffset.UtcNow).TotalHours;
    }

    /// <summary>How its store stands; null if it does not answer.</summary>
    public async Task<StoreSight?> TryStoreAsync()
    {
        try
        {
            var (_, text) = await HttpAsync(HttpMethod.Get, "/api/v1/store").ConfigureAwait(false);
            using var json = JsonDocument.Parse(text);
            var root = json.RootElement;
            return new StoreSight(
                root.GetProperty("mapVersion").GetString() ?? "",
                [.. root.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("id").GetString()!)],
                root.GetProperty("hints").EnumerateArray().Sum(one => one.GetProperty("count").GetInt64()),
                root.GetProperty("slotsToHandOn").GetInt32());
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or LabException or KeyNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    protected override IEnumerable<string> Arguments => [.. base.Arguments, "--cluster", cluster, "--resp-address", Host.Address];

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string?>? Variables => hours == 0 ? base.Variables : WallClock.Ahead(hours);
}
