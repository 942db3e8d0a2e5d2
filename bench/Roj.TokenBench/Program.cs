using Roj.EndToEnd;
using Roj.RegisterBench;

namespace Roj.TokenBench;

/// <summary>Measures how fast a token goes round, beside a ring in C and etcd's lock, and how soon there is another. See
/// bench/README.md.</summary>
/// <remarks>As the end-to-end tests do, it starts itself again in namespaces of its own, which take everything with them when they
/// go.</remarks>
internal static class Program
{
    private const string InsideMark = "--inside";
    private const int WrongUse = 2;

    private static async Task<int> Main(string[] args)
    {
        var isInside = args is [InsideMark, ..];
        if (!Options.TryParse(isInside ? args[1..] : args, out var options, out var complaint))
        {
            Console.Error.WriteLine($"bench/token: {complaint}\n{Options.Usage}");
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
        // Not installed by the bench itself: Debian's package starts etcd on this machine, which is not for a bench to do.
        if (options.HasEtcd && !EtcdNode.Needs.IsThere)
            return Refuse($"{EtcdNode.Needs.What} is not here: apt-get install {EtcdNode.Needs.Package}, or leave it out with --no-etcd");
        return Confinement.Reenter([InsideMark, .. args]);
    }

    private static async Task<int> InsideAsync(Options options)
    {
        Confinement.Enter();
        return await Bench.RunAsync(options).ConfigureAwait(false) ? 0 : 1;
    }

    private static int Refuse(string why)
    {
        Console.Error.WriteLine($"bench/token: {why}");
        return WrongUse;
    }
}
