using System.Globalization;
using Roj.Host.Daemon;
using Roj.Host.Tokens;
using Roj.Token;

namespace Roj;

/// <summary>A user's <see cref="RojOptions"/> as the settings of a node: words, which the one place reads that reads the program's too
/// (decision 0023).</summary>
internal static class OptionWords
{
    // What a node's complaints call it, and what it is called here.
    private static readonly (string Word, string Property)[] names =
    [
        ("--expect", nameof(RojOptions.Expect)),
        ("--data-dir", nameof(RojOptions.DataDirectory)),
        ("--address", nameof(RojOptions.Address)),
        ("--port", nameof(RojOptions.Port)),
        ("--swarm-port", nameof(RojOptions.SwarmPort)),
        ("--interface", nameof(RojOptions.Interface)),
        ("--key-file", nameof(RojOptions.KeyFile)),
        ("--insecure", nameof(RojOptions.AllowPublicAddresses)),
    ];

    /// <summary>Reads all of them; what is wrong is added to <paramref name="wrong"/>, a line for each.</summary>
    public static NodeOptions Read(RojOptions options, ICollection<string> wrong)
    {
        // No HTTP API: it needs Kestrel, which a user's program may not have.
        var node = new NodeOptions { DataPath = ReadPath(options.DataDirectory, wrong), HttpPort = 0, RespPort = 0 };
        foreach (var (name, property, words) in Words(options, wrong))
        {
            try
            {
                node = NodeConfiguration.With(node, name, words, $"{nameof(RojOptions)}.{property}");
            }
            catch (NodeException e)
            {
                wrong.Add(e.Message);
            }
        }

        if (options is { Expect: > 0, DataDirectory: null })
        {
            wrong.Add(
                $"{nameof(RojOptions)}.{nameof(options.Expect)} needs a {nameof(RojOptions)}.{nameof(options.DataDirectory)}: what a node "
                + "promises must survive it");
        }

        return WithKey(WithTokens(node, options, wrong), options, wrong);
    }

    /// <summary>A complaint of a node in the words of <see cref="RojOptions"/>.</summary>
    public static string Translate(string complaint) => names.Aggregate(
        complaint, (text, name) => text.Replace(name.Word, $"{nameof(RojOptions)}.{name.Property}", StringComparison.Ordinal));

    private static string ReadPath(string? path, ICollection<string> wrong)
    {
        if (path is null)
            return "";
        if (path.Length > 0 && !path.Contains('\0', StringComparison.Ordinal))
            return Path.GetFullPath(path);
        wrong.Add($"{nameof(RojOptions)}.{nameof(RojOptions.DataDirectory)} takes the path of a directory, or null to keep nothing");
        return "";
    }

    private static NodeOptions WithTokens(NodeOptions node, RojOptions options, ICollection<string> wrong)
    {
        foreach (var (name, work) in options.Tokens)
        {
            if (!TokenName.IsOne(name) || work is null)
            {
                wrong.Add($"{nameof(RojOptions)}.{nameof(options.Tokens)} takes names of 1 to {TokenName.LengthMax} of a-z, 0-9, '-', '_' "
                    + $"and '.', each with its work, not '{name}'");
            }
        }

        if (options.Tokens.Count > TokenPlan.Max)
            wrong.Add($"{nameof(RojOptions)}.{nameof(options.Tokens)} takes at most {TokenPlan.Max}");
        return node with { Tokens = [.. options.Tokens.Select(one => new TokenPlan(one.Key, new ProgramWork(one.Value)))] };
    }

    private static NodeOptions WithKey(NodeOptions node, RojOptions options, ICollection<string> wrong)
    {
        // A program's standard input is its own: '-' is no file here.
        if (options.KeyFile is "-")
            wrong.Add($"{nameof(RojOptions)}.{nameof(options.KeyFile)} takes the path of a file");
        if (options.Key is not { } secret)
            return node;
        try
        {
            return NodeConfiguration.WithKey(node, secret, $"{nameof(RojOptions)}.{nameof(options.Key)}");
        }
        catch (NodeException e)
        {
            wrong.Add(Translate(e.Message));
            return node;
        }
    }

    private static string Word(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds}ms");

    private static IEnumerable<(string Name, string Property, string[] Words)> Words(RojOptions options, ICollection<string> wrong)
    {
        yield return ("cluster", nameof(options.Cluster), [options.Cluster ?? ""]);
        if (options.Name is { } name)
            yield return ("name", nameof(options.Name), [name]);
        if (options.Interface is { } adapter)
            yield return ("interface", nameof(options.Interface), [adapter]);
        if (options.Address is { } address)
            yield return ("address", nameof(options.Address), [address]);
        yield return ("port", nameof(options.Port), [options.Port.ToString(CultureInfo.InvariantCulture)]);
        yield return ("swarm-port", nameof(options.SwarmPort), [options.SwarmPort.ToString(CultureInfo.InvariantCulture)]);
        yield return ("no-broadcast", nameof(options.Broadcast), [options.Broadcast ? "false" : "true"]);
        yield return ("no-sweep", nameof(options.Sweep), [options.Sweep ? "false" : "true"]);
        yield return ("insecure", nameof(options.AllowPublicAddresses), [options.AllowPublicAddresses ? "true" : "false"]);
        if (options.Expect != 0)
            yield return ("expect", nameof(options.Expect), [options.Expect.ToString(CultureInfo.InvariantCulture)]);
        yield return ("election", nameof(options.Election), [options.Election.ToString().ToLowerInvariant()]);
        yield return ("election-wait", nameof(options.ElectionWait), [Word(options.ElectionWait)]);
        yield return ("lease", nameof(options.Lease), [Word(options.Lease)]);
        if (options.KeyFile is { } keyFile)
            yield return ("key-file", nameof(options.KeyFile), [keyFile]);
        // One by one, so that the complaint names the one that is wrong; then together, for there may be too many.
        foreach (var place in options.Join)
            yield return ("join", nameof(options.Join), [place is { Length: > 0 } ? place : "nothing"]);
        yield return ("join", nameof(options.Join), [.. options.Join.Select(place => place ?? "")]);
        if (options.Tags.Keys.FirstOrDefault(key => key.Contains('=', StringComparison.Ordinal)) is { } key)
            wrong.Add($"{nameof(RojOptions)}.{nameof(options.Tags)} takes names without '=', not '{key}'");
        else
            yield return ("tag", nameof(options.Tags), [.. options.Tags.Select(tag => $"{tag.Key}={tag.Value}")]);
    }
}
