using Roj.Files;
using Roj.Host;
using Xunit;

namespace Roj.Tests.Host;

/// <summary>A file that was hashed to describe it is not hashed again: with bytes that would fail a second look, that shows.</summary>
public sealed class SharedAtOnceTests
{
    [Theory]
    [InlineData(true, 40, 4)]
    [InlineData(false, 40, 0)]
    [InlineData(true, 41, 0)] // somebody changed it since
    public async Task Pieces_count_as_right_if_they_were_hashed_just_now(bool hashed, int length, int have)
    {
        using var folder = new ScratchFolder();
        var info = Shared.Describe(Shared.Random(40), 10);
        using var shell = new RunningShell(folder.Put("data", Shared.Random(length, seed: 2)), info, hashed: hashed);
        int? Checked() => shell.Events.OfType<SyncEvent.Shared>().Select(e => e.What).OfType<SwarmEvent.Checked>().SingleOrDefault()?.Have;
        await Soon.UntilAsync(() => Checked() is not null, "every piece was looked at");
        Assert.Equal(have, Checked());
    }
}
