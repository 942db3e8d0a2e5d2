using Microsoft.Win32.SafeHandles;
using Roj.Host;
using Roj.Host.Daemon;
using Xunit;

namespace Roj.Tests.Host.Daemon;

/// <summary>What a command writes, told until it ends, whenever that is.</summary>
public sealed class CommandOutputTests
{
    [Fact]
    public void It_ends_though_its_reader_sees_that_first() => new EventLoop().Run(async () =>
    {
        // The reader may be anywhere between two readings when it is told to end: at the moment when all has been read, too.
        for (var i = 0; i < 5000; i++)
        {
            var lines = new List<string>();
            var output = CommandOutput.Open(lines.Add)!;
            using (var pen = new FileStream(new SafeFileHandle(output.Theirs.DangerousGetHandle(), ownsHandle: false), FileAccess.Write, 0))
                pen.Write("said\n"u8);
            await output.CloseAsync().WaitAsync(Soon.Limit, TestContext.Current.CancellationToken);
            Assert.Equal(["said"], lines);
        }
    });
}
