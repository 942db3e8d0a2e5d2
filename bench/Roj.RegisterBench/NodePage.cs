using System.Globalization;
using Roj.EndToEnd;

namespace Roj.RegisterBench;

/// <summary>What nodes say over HTTP.</summary>
internal static class NodePage
{
    private static readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>A page of a node; empty while it does not listen, has too much to do, or does not have such a page.</summary>
    public static async Task<string> TextAsync(LabHost host, int port, string path)
    {
        try
        {
            return await http.GetStringAsync(new UriBuilder("http", host.Address, port, path).Uri).ConfigureAwait(false);
        }
        catch (Exception none) when (none is HttpRequestException or OperationCanceledException)
        {
            return "";
        }
    }

    /// <summary>The figure of this name, which has no labels, on a page of metrics; null if it is not there.</summary>
    public static double? Value(string metrics, string name) =>
        metrics.Split('\n').FirstOrDefault(line => line.StartsWith(name + " ", StringComparison.Ordinal)) is { } line
            ? double.Parse(line[name.Length..], CultureInfo.InvariantCulture)
            : null;
}
