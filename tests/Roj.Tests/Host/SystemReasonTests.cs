using System.Net;
using System.Net.Sockets;
using Roj.Host;
using Xunit;

namespace Roj.Tests.Host;

/// <summary>With what the runtime really throws: its own sentences differ, and repeat the path.</summary>
public class SystemReasonTests
{
    [Fact]
    public void Files_are_refused_in_the_systems_words()
    {
        using var folder = new ScratchFolder();
        Assert.Equal("No such file or directory", Reason(() => File.OpenRead(folder.At("missing"))));
        Assert.Equal("No such file or directory", Reason(() => File.OpenRead(folder.At("missing/file"))));
        Assert.Equal("File name too long", Reason(() => File.Create(folder.At(new string('n', 256)))));
        folder.Put("file", []);
        Directory.CreateDirectory(folder.At("folder"));
        folder.Put("folder/within", []);
        Assert.Equal("Directory not empty", Reason(() => Directory.Delete(folder.At("folder"))));
    }

    [Fact]
    public void A_disk_that_is_full_says_so() => Assert.Equal("No space left on device", Reason(() =>
    {
        using var full = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write);
        RandomAccess.Write(full, "x"u8, 0);
    }));

    [Fact]
    public void Sockets_are_refused_in_the_systems_words()
    {
        using var first = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        first.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        first.Listen();
        using var second = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Assert.Equal("Address already in use", Reason(() => second.Bind(first.LocalEndPoint!)));
    }

    private static string Reason(Action refused) => SystemReason.Of(Record.Exception(refused) ?? throw new InvalidOperationException());
}
