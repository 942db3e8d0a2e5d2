namespace Roj.EndToEnd;

/// <summary>A lab that is only there to be cleaned up: what <see cref="LabCleanupTests"/> starts, and kills.</summary>
internal static class LabHolder
{
    /// <summary>What it prints once everything stands.</summary>
    public const string Ready = "held";

    /// <summary>Builds three hosts with a program and an orphan each, then "end"s, "throw"s, or "wait"s to be killed.</summary>
    public static async Task<int> RunAsync(string how)
    {
        await Lab.RunAsync(3, "held", async lab =>
        {
            foreach (var host in lab.Hosts)
            {
                host.Probe("tick");
                // setsid and the exit of the shell in between: nobody's child, in nobody's session.
                await host.Start("/bin/sh", ["-c", "setsid sleep 1000 & exit 0"]).ExitAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(false);
            }

            Probe.Say(Ready);
            if (how == "throw")
                throw new LabException("thrown on purpose");
            if (how == "wait")
                await Task.Delay(TimeSpan.FromMinutes(1)).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return 0;
    }
}
