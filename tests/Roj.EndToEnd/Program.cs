using Xunit.Runner.InProc.SystemConsole;

[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)] // one bridge, one lab at a time; for more see Lanes

namespace Roj.EndToEnd;

/// <summary>The test program: outside it locks itself in, inside it runs the tests, and inside a host it is a probe.</summary>
internal static class Program
{
    /// <summary>Tells the inner process that it is that.</summary>
    public const string InsideMark = "--inside";

    /// <summary>Runs what the arguments ask for; see README.md.</summary>
    public static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case ["probe", .. var rest]:
                return await Probe.RunAsync(rest).ConfigureAwait(false);
            case [InsideMark, .. var rest]:
                Confinement.Enter();
                return await InsideAsync(rest).ConfigureAwait(false);
            case [Lanes.Option, var count, .. var rest] when Confinement.Missing() is null:
                return await LanesAsync(count, rest).ConfigureAwait(false);
            case [Lanes.Option, _, .. var rest]:
                return await InsideAsync(rest).ConfigureAwait(false);
            default:
                // Without root or a tool the tests run all the same, and those that need the lab fail and say what is missing.
                return Confinement.Missing() is null
                    ? Confinement.Reenter([InsideMark, .. args])
                    : await InsideAsync(args).ConfigureAwait(false);
        }
    }

    private static async Task<int> InsideAsync(string[] args)
    {
        if (args.Contains("--all"))
        {
            Environment.SetEnvironmentVariable(ScenarioCatalog.AllVariable, "1");
            args = [.. args.Where(arg => arg != "--all")];
        }

        return args switch
        {
            ["scenario"] => Say(string.Join('\n', ScenarioCatalog.All.Select(scenario => scenario.Name))),
            ["scenario", var name, .. var seed] => await ScenarioAsync(name, seed).ConfigureAwait(false),
            ["hold", var how] => await LabHolder.RunAsync(how).ConfigureAwait(false),
            _ => await ConsoleRunner.Run(args).ConfigureAwait(false),
        };
    }

    private static async Task<int> LanesAsync(string count, string[] args)
    {
        try
        {
            return await Lanes.RunAsync(count, args).ConfigureAwait(false);
        }
        catch (LabException broken)
        {
            return Say(broken.Message, exitCode: 2);
        }
    }

    private static async Task<int> ScenarioAsync(string name, string[] seed)
    {
        try
        {
            var number = seed is [var text] ? Seed.Parse(text) : Seed.FromEnvironmentOrRandom();
            await ScenarioRunner.RunAsync(ScenarioCatalog.Find(name), number).ConfigureAwait(false);
            return 0;
        }
        catch (LabException broken)
        {
            return Say(broken.Message, exitCode: 1);
        }
    }

    private static int Say(string text, int exitCode = 0)
    {
        Console.WriteLine(text);
        return exitCode;
    }
}
