using Roj.EndToEnd;
using Roj.SwarmBench;

namespace Roj.SecurityBench;

/// <summary>Measures what a cluster key costs: the same with and without one, in turns. See bench/README.md.</summary>
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
            Console.Error.WriteLine($"bench/security: {complaint}\n{Options.Usage}");
            return WrongUse;
        }

        if (options.WantsHelp)
        {
            Console.WriteLine(Options.Usage);
            return 0;
        }

        try
        {
            return isInside ? await InsideAsync(options).ConfigureAwait(false) : Outside(args);
        }
        catch (LabException broken)
        {
            return Refuse(broken.Message);
        }
    }

    private static int Outside(string[] args)
    {
        if (Confinement.Missing() is { } why)
            return Refuse(why);
        using var account = CpuAccount.Open();
        return Confinement.Reenter([InsideMark, .. args]);
    }

    private static async Task<int> InsideAsync(Options options)
    {
        Confinement.Enter();
        Repository.Program(); // is it there?
        return await Bench.RunAsync(options).ConfigureAwait(false) ? 0 : 1;
    }

    private static int Refuse(string why)
    {
        Console.Error.WriteLine($"bench/security: {why}");
        return WrongUse;
    }
}
