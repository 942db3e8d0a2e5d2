using Roj.EndToEnd;

namespace Roj.SwarmBench;

/// <summary>Measures how long a file takes to many machines, and what it costs, with Roj and with others. See bench/README.md.</summary>
/// <remarks>
/// As the end-to-end tests do, it starts itself again in namespaces of its own, which take everything with them when they go.
/// </remarks>
internal static class Program
{
    private const string InsideMark = "--inside";
    private const int WrongUse = 2;

    private static async Task<int> Main(string[] args)
    {
        var isInside = args is [InsideMark, ..];
        if (!Options.TryParse(isInside ? args[1..] : args, out var options, out var complaint))
        {
            Console.Error.WriteLine($"bench/swarm: {complaint}\n{Options.Usage}");
            return WrongUse;
        }

        if (options.WantsHelp)
        {
            Console.WriteLine(Options.Usage);
            return 0;
        }

        return isInside ? await InsideAsync(options).ConfigureAwait(false) : Outside(options, args);
    }

    private static int Outside(Options options, string[] args)
    {
        if (Confinement.Missing() is { } why)
            return Refuse(why);
        var missing = options.Subjects.SelectMany(subject => subject.Needs).Where(need => !need.IsThere).Distinct().ToArray();
        if (missing.Length > 0 && !options.Install)
        {
            return Refuse(
                $"not here: {string.Join(", ", missing.Select(need => need.What))}. apt-get install "
                + $"{string.Join(' ', missing.Select(need => need.Package).Distinct())}, or --install, or leave them out with --tools");
        }

        try
        {
            if (missing.Length > 0)
                Requirement.Install(missing.Select(need => need.Package).Distinct());
            using var account = CpuAccount.Open();
            return Confinement.Reenter([InsideMark, .. args]);
        }
        catch (LabException broken)
        {
            return Refuse(broken.Message);
        }
    }

    private static async Task<int> InsideAsync(Options options)
    {
        Confinement.Enter();
        try
        {
            return await Bench.RunAsync(options).ConfigureAwait(false) ? 0 : 1;
        }
        catch (LabException broken)
        {
            return Refuse(broken.Message);
        }
    }

    private static int Refuse(string why)
    {
        Console.Error.WriteLine($"bench/swarm: {why}");
        return WrongUse;
    }
}
