using System.Diagnostics;
using Roj.Host.Security;
using Roj.Tests.Host;
using Xunit;

namespace Roj.Tests.Cli;

/// <summary><c>roj sync</c> with a key.</summary>
public sealed class KeyedSyncTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_file_goes_to_who_holds_the_key_and_its_command_has_the_users_environment()
    {
        using var folder = new ScratchFolder();
        KeyFile.Create(folder.At("key"), ClusterKey.Create());
        KeyFile.Create(folder.At("other"), ClusterKey.Create());
        var bytes = Host.Shared.Random(300_000);
        var (swarm, between) = UpRun.FreePorts();
        string[] Arguments(int number, string name, string key) =>
        [
            "sync", "--data", folder.At(name), "--config", folder.At("none.conf"), "--address", $"127.82.0.{number}", "--port", swarm,
            "--node-port", between, "--key-file", folder.At(key), "--output", "json",
        ];
        string Env() => File.Exists(folder.At("env")) ? File.ReadAllText(folder.At("env")) : "";
        folder.Put("none.conf", "{ \"Peers\": [\"127.82.0.1\"] }"u8);
        folder.Put("given", bytes);
        using var giver = RojRun.Start(null, [.. Arguments(1, "given", "key"), "--share"]);
        using var stranger = RojRun.Start(null, Arguments(2, "stolen", "other"));
        try
        {
            var start = RojRun.Plan(
                null, [.. Arguments(3, "got", "key"), "--exit-when-complete", "--on-complete", $"env > {folder.At("env")}"]);
            start.Environment["SSL_CERT_DIR"] = "/the/users";
            using var taker = Process.Start(start)!;
            await taker.WaitForExitAsync(Cancelled).WaitAsync(3 * Soon.Limit, Cancelled);
            Assert.Equal(bytes, await File.ReadAllBytesAsync(folder.At("got"), Cancelled));
            await Soon.UntilAsync(() => Env().Contains("SSL_CERT_DIR=", StringComparison.Ordinal), "the command ran");
            Assert.Contains("SSL_CERT_DIR=/the/users\n", Env(), StringComparison.Ordinal);
            Assert.False(File.Exists(folder.At("stolen")) && new FileInfo(folder.At("stolen")).Length > 0);
        }
        finally
        {
            giver.Kill();
            stranger.Kill();
        }
    }
}
