using Roj.Simulation.Neighbourhoods;
using Roj.Simulation.Tests.Swarms;
using Xunit;

namespace Roj.Simulation.Tests.Neighbourhoods;

/// <summary>Sealing without its ciphers: see <see cref="SessionsRun"/>.</summary>
public sealed class SessionSeedTests
{
    [Fact]
    public void Every_seed_comes_right()
    {
        var heard = 0L;
        for (var seed = Seeds.First; seed < Seeds.First + (ulong)Seeds.Count; seed++)
        {
            var run = new SessionsRun(seed);
            Assert.Null(run.Run() is { } fault ? $"seed {seed}: {fault}" : null);
            heard += run.Heard;
        }

        Assert.True(heard > 30 * Seeds.Count, $"only {heard} were heard"); // what is never heard proves nothing
    }
}
