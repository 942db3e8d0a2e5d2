namespace Roj.EndToEnd.Interop;

/// <summary>One lab for all tests that run at the same time: most of what foreign programs do is wait for timers of theirs.</summary>
/// <remarks>Each test has hosts of its own in it. No datagram passes but BEP 14's, so nobody is found that a test
/// did not tell of, unless it looks around.</remarks>
internal static class SharedLab
{
    private static readonly SemaphoreSlim Gate = new(1, 1);

    private static Standing? standing;

    /// <summary>Gives <paramref name="use"/> hosts that nobody else has.</summary>
    /// <remarks>If it fails, the ends of their logs are printed, and the logs kept in artifacts/lab.</remarks>
    /// <exception cref="LabException">The lab can't be built here; the message says what is missing.</exception>
    public static async Task RunAsync(int count, string name, Func<IReadOnlyList<LabHost>, Task> use)
    {
        var hosts = await EnterAsync(count).ConfigureAwait(false);
        try
        {
            await use(hosts).ConfigureAwait(false);
        }
        catch
        {
            Lab.KeepLogs(name, hosts);
            throw;
        }
        finally
        {
            await LeaveAsync(hosts).ConfigureAwait(false);
        }
    }

    private static async Task<IReadOnlyList<LabHost>> EnterAsync(int count)
    {
        await Gate.WaitAsync().ConfigureAwait(false);
        try
        {
            standing ??= await Standing.BuildAsync().ConfigureAwait(false);
            standing.Users++;
            return standing.Lab.Add([.. Enumerable.Range(standing.Lab.Hosts.Count + 1, count).Select(number => checked((byte)number))]);
        }
        finally
        {
            Gate.Release();
        }
    }

    private static async Task LeaveAsync(IReadOnlyList<LabHost> hosts)
    {
        foreach (var host in hosts)
            await host.CloseAsync().ConfigureAwait(false);
        await Gate.WaitAsync().ConfigureAwait(false);
        try
        {
            if (--standing!.Users > 0)
                return;
            var last = standing;
            standing = null;
            await last.TakeDownAsync().ConfigureAwait(false);
        }
        finally
        {
            Gate.Release();
        }
    }

    /// <summary>A lab while somebody is in it.</summary>
    private sealed class Standing
    {
        private readonly TaskCompletionSource empty = new();
        private readonly Task running;

        private Standing(TaskCompletionSource<Lab> built) => running = Lab.RunAsync(0, "shared", lab =>
        {
            lab.ForbidDatagrams();
            built.SetResult(Lab = lab);
            return empty.Task;
        });

        public Lab Lab { get; private set; } = null!;

        public int Users { get; set; }

        public static async Task<Standing> BuildAsync()
        {
            var built = new TaskCompletionSource<Lab>();
            var standing = new Standing(built);
            if (await Task.WhenAny(built.Task, standing.running).ConfigureAwait(false) == standing.running)
                await standing.running.ConfigureAwait(false); // says why there is no lab
            return standing;
        }

        public Task TakeDownAsync()
        {
            empty.SetResult();
            return running;
        }
    }
}
