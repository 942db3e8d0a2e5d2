using Roj.EndToEnd;

namespace Roj.RegisterBench;

/// <summary>Measures how fast three nodes agree on changes that they keep on disk, with Roj and with etcd. See bench/README.md.</summary>
/// <remarks>
/// As the end-to-end tests do, it starts itself again in namespaces of its own, which take everything with them when they go; and once
/// more, on a host of its own, as the load generator.
/// </remarks>
internal static class Program
{
    private const string InsideMark = "--inside";
    private const int WrongUse = 2;

    private static async Task<int> Main(string[] args)
    {
        if (args is [LoadOrder.Mark, ..])
        {
            await Load.RunAsync(LoadOrder.Of(args)).ConfigureAwait(false);
            return 0;
        }

        var isInside = args is [InsideMark, ..];
        if (!Options.TryParse(isInside ? args[1..] : args, out var options, out var complaint))
        {
            Console.Error.WriteLine($"bench/register: {complaint}\n{Options.Usage}");
            return WrongUse;
        }

        if (options.WantsHelp)
        {
            Console.WriteLine(Options.Usage);
            return 0;
        }

        try
        {
            return isInside ? await InsideAsync(options).ConfigureAwait(false) : Outside(options, args);
        }
        catch (Exception broken) when (broken is LabException or IOException or UnauthorizedAccessException)
        {
            return Refuse(broken.Message);
        }
    }

    private static int Outside(Options options, string[] args)
    {
        if (Confinement.Missing() is { } why)
            return Refuse(why);
        if (!Bench.Chosen(options).Any())
            return Refuse($"{options.Only}'s nodes keep no registers yet");
        // Not installed by the bench itself: Debian's package starts etcd on this machine, which is not for a bench to do.
        foreach (var need in Bench.Chosen(options).Select(subject => subject.Needs))
        {
            if (need is { IsThere: false })
                return Refuse($"{need.What} is not here: apt-get install {need.Package}, or leave it out with --only {Subjects.Roj}");
        }

        return Confinement.Reenter([InsideMark, .. args]);
    }

    private static async Task<int> InsideAsync(Options options)
    {
        Confinement.Enter();
        return await Bench.RunAsync(options).ConfigureAwait(false) ? 0 : 1;
    }

    private static int Refuse(string why)
    {
        Console.Error.WriteLine($"bench/register: {why}");
        return WrongUse;
    }
}
