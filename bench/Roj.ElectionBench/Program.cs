using Roj.EndToEnd;

namespace Roj.ElectionBench;

/// <summary>Measures how soon the next leader acts when one dies, with Roj and with etcd. See bench/README.md.</summary>
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
            Console.Error.WriteLine($"bench/election: {complaint}\n{Options.Usage}");
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
        // Without etcd there is nothing to be beside; without an election etcd's figures are worth having.
        if (Subjects.All.Where(subject => options.Only == subject.Name || (options.Only is null && subject.Name == Subjects.Etcd))
            .Select(subject => subject.Missing()).FirstOrDefault(missing => missing is not null) is { } needed)
            return Refuse(needed);
        return Confinement.Reenter([InsideMark, .. args]);
    }

    private static async Task<int> InsideAsync(Options options)
    {
        Confinement.Enter();
        return await Bench.RunAsync(options).ConfigureAwait(false) ? 0 : 1;
    }

    private static int Refuse(string why)
    {
        Console.Error.WriteLine($"bench/election: {why}");
        return WrongUse;
    }
}
