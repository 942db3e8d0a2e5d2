using System.Net.Http.Headers;
using Roj.Host;
using Roj.Host.Daemon;
using Roj.Host.Security;

namespace Roj.Cli;

/// <summary>The token by which commands are let in where the cluster has a key, from the first place that the user has for it.</summary>
/// <remarks>No option takes one: others of this machine can read command lines. What can't be had is told only when a node asks for it: a
/// node without a key asks for none.</remarks>
internal sealed class NodeToken
{
    private const string Variable = "ROJ_TOKEN";
    private const string FileVariable = "ROJ_TOKEN_FILE";
    private const string KeyVariable = "ROJ_KEY";
    private const string KeyFileVariable = "ROJ_KEY_FILE";
    private const int FileBytesMax = 4096;

    /// <summary>What to do where it was not taken.</summary>
    public const string How = "run this as the user that the node runs as, or say where the token is (ROJ_TOKEN_FILE: the file 'token' of "
        + "a node's data directory) or the key (ROJ_KEY_FILE)";

    private NodeToken(string? value, string tried) =>
        (Header, Tried) = (value is null ? null : new AuthenticationHeaderValue("Bearer", value), tried);

    /// <summary>The token as requests bring it, which is a secret; null if there is none.</summary>
    public AuthenticationHeaderValue? Header { get; }

    /// <summary>Where it is from and that it was not taken, or why there is none; it does not repeat the token.</summary>
    public string Tried { get; }

    /// <summary>What to tell the user of a node that did not take it: what was tried, and what to do.</summary>
    public string Advice(Uri node) => $"{node.Authority} wants its cluster's token, and {Tried}: {How}";

    /// <summary>Looks for it as this process was started.</summary>
    public static NodeToken Find() => Find(Environment.GetEnvironmentVariable, Environment.IsPrivilegedProcess);

    /// <summary>Looks for it: the first place that is given decides.</summary>
    /// <param name="environment">The environment's variables.</param>
    /// <param name="isRoot">Whether the data directory is the system's, if nobody says where it is.</param>
    public static NodeToken Find(Func<string, string?> environment, bool isRoot)
    {
        string? Given(string name) => environment(name) is { Length: > 0 } value ? value : null;
        if (Given(Variable) is { } token)
            return OfToken(token, Variable);
        if (Given(FileVariable) is { } tokenFile)
            return OfFile(tokenFile, FileVariable, OfToken);
        if (Given(KeyVariable) is { } key)
            return OfKey(key, KeyVariable);
        if (Given(KeyFileVariable) is { } keyFile)
            return OfFile(keyFile, KeyFileVariable, OfKeys);
        return (Given("ROJ_DATA_DIR") ?? DataDirectory.DefaultPath(Given, isRoot)) is { } directory
            ? OfFile(Path.Combine(directory, "token"), null, OfToken)
            : new NodeToken(null, "there is no HOME to look for it in");
    }

    /// <summary>The same for a node that its user did not name by an option: a name of a network leads to whoever answers for it, so that
    /// only addresses get the token.</summary>
    public NodeToken For(Uri node) => node.HostNameType == UriHostNameType.Dns && !node.IsLoopback
        ? new NodeToken(null, $"no token is sent to a name that only ROJ_NODE says (--node {node.GetLeftPart(UriPartial.Authority)} would)")
        : this;

    private static NodeToken OfToken(string text, string place) => AccessToken.TryParse(text, out var token)
        ? new NodeToken(token, $"that of {place} is another's, or was retired")
        : new NodeToken(null, $"{place} holds none: that is {AccessToken.Length} hexadecimal digits");

    private static NodeToken OfKey(string text, string place) => ClusterKey.TryParse(text, out var key, out var fault)
        ? new NodeToken(AccessToken.Of(key), $"that of the key of {place} is another's, or was retired")
        : new NodeToken(null, $"{place} holds no key: a key {fault}");

    // The first one seals, so that the node has it in any case.
    private static NodeToken OfKeys(string text, string place) =>
        OfKey(text.Split('\n').FirstOrDefault(line => line.Trim() is { Length: > 0 } word && word[0] != '#') ?? "", place);

    private static NodeToken OfFile(string path, string? variable, Func<string, string, NodeToken> read)
    {
        var place = variable is null ? path : $"{variable} ({path})";
        try
        {
            // A pipe has no length that could be asked for.
            using var file = File.OpenText(path);
            var text = new char[FileBytesMax + 1];
            var length = file.ReadBlock(text);
            return length <= FileBytesMax
                ? read(new string(text, 0, length), place)
                : new NodeToken(null, $"{place} has more than {FileBytesMax} bytes");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return new NodeToken(null, $"{place} can't be read: {(Directory.Exists(path) ? "Is a directory" : SystemReason.Of(e))}");
        }
    }
}
