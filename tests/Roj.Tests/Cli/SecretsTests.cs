using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Numerics;
using System.Text;
using Roj.Host.Daemon;
using Roj.Host.Security;
using Roj.Tests.Host;
using Roj.Tests.Host.Daemon;
using Xunit;

namespace Roj.Tests.Cli;

/// <summary>Nodes that say all they can, while their key is changed and strangers try: no secret of theirs is in anything that they
/// say.</summary>
public sealed class SecretsTests : IDisposable
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    private readonly ScratchFolder folder = new();
    private readonly List<Process> processes = [];
    private readonly StringBuilder said = new();
    private readonly ushort port = FreePort();
    private readonly ushort httpPort = FreePort();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        processes.ForEach(process => process.Kill());
        processes.ForEach(process => process.Dispose());
        folder.Dispose();
    }

    [Fact]
    public async Task None_is_in_logs_answers_errors_files_or_command_lines()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        var key = ClusterKey.Create();
        var foreign = ClusterKey.Create();
        Start(1, key);
        Start(2, key);
        using var http = new HttpClient();
        await Soon.UntilAsync(() => File.Exists(folder.At("1/token")) && Said("\"event\":\"member\"") >= 2, "both see each other");
        using (new RunningNode(Options(3, foreign))) // whom they hear and don't understand
        {
            await Soon.UntilAsync(() => Said("has another key") > 0, "it is noticed");
            using (new RunningNode(Options(4, null)))
                await AskAllAsync(http, AccessToken.Of(key));
        }

        await AskAllAsync(http, AccessToken.Of(foreign)); // wrong tokens
        var rotate = RojRun.Plan(null, "key", "rotate", "--node", Url(1));
        rotate.Environment["ROJ_DATA_DIR"] = folder.At("1");
        var rotated = await RojRun.OfAsync(rotate);
        Assert.Equal((0, ""), (rotated.Exit, rotated.Error));
        Say(rotated.Output);
        await Soon.UntilAsync(() => File.Exists(folder.At("2/keyring")), "the other has it");
        var next = KeyStore.Spoken(folder.At("2"));
        Assert.NotEqual(key.Id, next.Id);
        await AskAllAsync(http, AccessToken.Of(next));
        await AskAllAsync(http, AccessToken.Of(key));
        Say(string.Concat(processes.Select(process => File.ReadAllText($"/proc/{process.Id}/cmdline"))));
        Modes();
        await EndAsync();
        var files = Directory.EnumerateFiles(folder.At(""), "*", SearchOption.AllDirectories).ToArray();
        foreach (var file in files.Where(file => Path.GetFileName(file) is not ("keyring" or "token")))
            Say(file + "\n" + Encoding.Latin1.GetString(File.ReadAllBytes(file)));
        Assert.Contains(files, file => file.EndsWith("1.log", StringComparison.Ordinal));
        HasNoSecretOf(key, next, foreign);
    }

    private static ushort FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        return (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static string Address(int number) => $"127.83.0.{number}";

    /// <summary>A key's text, its letters, its bytes as hexadecimal digits and base64, and its token.</summary>
    private static string[] Spellings(ClusterKey key)
    {
        var letters = key.Reveal()[5..];
        var number = letters.Aggregate(BigInteger.Zero, (sum, letter) => (sum << 5) | Alphabet.IndexOf(letter, StringComparison.Ordinal));
        var bytes = (number >> 2).ToByteArray(isUnsigned: true, isBigEndian: true); // 58 letters have two bits more than 36 bytes
        var secret = new byte[36];
        bytes.CopyTo(secret, secret.Length - bytes.Length);
        return
        [
            letters,
            Convert.ToHexString(secret.AsSpan(0, ClusterKey.Length)),
            Convert.ToBase64String(secret.AsSpan(0, ClusterKey.Length))[..40],
            AccessToken.Of(key),
        ];
    }

    private NodeOptions Options(int number, ClusterKey? key)
    {
        Assert.True(Kernel.Endpoint.TryParseAddress(Address(number), out var address));
        Assert.True(Kernel.Endpoint.TryParseAddress(Address(1), out var first));
        return new NodeOptions
        {
            Address = address,
            Port = port,
            HttpPort = 0,
            Broadcast = false,
            Sweep = false,
            Join = [new Kernel.Endpoint(first, port)],
            Key = key,
        };
    }

    private string Url(int number) => $"http://{Address(number)}:{httpPort}";

    private void Start(int number, ClusterKey key)
    {
        var start = RojRun.Plan(
            null, "node", "--data-dir", folder.At($"{number}"), "--address", Address(number), "--port", $"{port}",
            "--http-port", $"{httpPort}", "--swarm-port", $"{FreePort()}", "--join", Address(1), "--no-broadcast", "--no-sweep",
            "--log-level", "debug", "--log-file", folder.At($"{number}.log"), "--output", "json");
        start.Environment["ROJ_KEY"] = key.Reveal();
        var process = Process.Start(start)!;
        processes.Add(process);
        process.OutputDataReceived += (_, line) => Say(line.Data);
        process.ErrorDataReceived += (_, line) => Say(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private void Say(string? text)
    {
        lock (said)
            said.Append(text).Append('\n');
    }

    private int Said(string what)
    {
        lock (said)
            return (said + Log()).Split(what).Length - 1;
    }

    private string Log()
    {
        if (!File.Exists(folder.At("1.log")))
            return "";
        using var log = new FileStream(folder.At("1.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return new StreamReader(log).ReadToEnd();
    }

    /// <summary>Everything that can be asked, and some that can not.</summary>
    private async Task AskAllAsync(HttpClient http, string token)
    {
        string[] paths =
        [
            "/", "/api/v1/status", "/api/v1/members", "/api/v1/key", "/api/v1/files", "/metrics", "/openapi.json", "/healthz", "/readyz",
            "/api/v1/nothing",
        ];
        foreach (var path in paths)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Url(1) + path);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var response = await http.SendAsync(request, Cancelled);
            Say($"{response.StatusCode} {response.Headers}");
            Say(await response.Content.ReadAsStringAsync(Cancelled));
        }
    }

    private void Modes()
    {
        if (OperatingSystem.IsWindows())
            return;
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(Owner | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.At("1")));
        Assert.Equal((Owner, Owner), (File.GetUnixFileMode(folder.At("1/keyring")), File.GetUnixFileMode(folder.At("1/token"))));
    }

    private async Task EndAsync()
    {
        foreach (var process in processes)
        {
            await UpRun.SignalAsync("TERM", process.Id);
            await process.WaitForExitAsync(Cancelled).WaitAsync(Soon.Limit, Cancelled);
        }
    }

    private void HasNoSecretOf(params ClusterKey[] keys)
    {
        var everything = said.ToString();
        Assert.All(keys[..2], key => Assert.Contains($"{key.Id:x8}", everything, StringComparison.Ordinal)); // by name they are spoken of
        foreach (var secret in keys.SelectMany(Spellings))
            Assert.False(everything.Contains(secret, StringComparison.OrdinalIgnoreCase), "a secret was said");
    }
}
