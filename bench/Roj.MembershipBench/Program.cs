using Roj.EndToEnd;
using Roj.SwarmBench;

namespace Roj.MembershipBench;

/// <summary>Measures how soon nodes know of each other, of deaths and of returns, and what knowing costs. See bench/README.md.</summary>
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
            Console.Error.WriteLine($"bench/membership: {complaint}\n{Options.Usage}");
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
        try
        {
            if (options is { Install: true, IsAlone: false } && !Subject.SerfProgram.IsThere)
                Requirement.Install([Subject.SerfProgram.Package]);
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
            Repository.Program(); // is it there?
            return await Bench.RunAsync(options).ConfigureAwait(false) ? 0 : 1;
        }
        catch (LabException broken)
        {
            return Refuse(broken.Message);
        }
    }

    private static int Refuse(string why)
    {
        Console.Error.WriteLine($"bench/membership: {why}");
        return WrongUse;
    }
}
