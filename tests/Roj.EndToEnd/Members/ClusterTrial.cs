using System.Globalization;

namespace Roj.EndToEnd.Members;

/// <summary>What one cluster goes through in a lab that it shares with others, and how long it took.</summary>
/// <param name="name">For the cluster, and the line that is printed.</param>
/// <param name="hosts">How many hosts it takes.</param>
internal abstract class ClusterTrial(string name, int hosts)
{
    private readonly List<string> figures = [];

    /// <summary>For the cluster, and the line that is printed.</summary>
    public string Name => name;

    /// <summary>How many hosts it takes.</summary>
    public int Hosts => hosts;

    /// <summary>Runs trials at the same time, each on hosts of its own: most of what they do is wait.</summary>
    /// <exception cref="LabException">Some failed; the message says which, and why.</exception>
    public static Task RunAllAsync(string name, IReadOnlyList<ClusterTrial> trials) =>
        Lab.RunAsync(trials.Sum(trial => trial.Hosts), name, async lab =>
        {
            var (begun, free, running) = (Watch.Now, 0, new List<Task<string?>>());
            foreach (var trial in trials)
            {
                LabHost[] own = [.. lab.Hosts.Skip(free).Take(trial.Hosts)];
                free += own.Length;
                running.Add(Task.Run(() => trial.TryAsync(lab, own)));
            }

            var failures = (await Task.WhenAll(running).ConfigureAwait(false)).OfType<string>().ToArray();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {(Watch.Now - begun).TotalSeconds:F0} s"));
            if (failures.Length > 0)
                throw new LabException(string.Join("\n\n", failures));
        });

    /// <summary>What it goes through.</summary>
    protected abstract Task RunAsync(Lab lab, LabHost[] own);

    /// <summary>Notes how long something took.</summary>
    /// <param name="what">What.</param>
    /// <param name="took">How long.</param>
    /// <param name="limit">How long it may take.</param>
    /// <exception cref="LabException">It took longer.</exception>
    protected void Took(string what, TimeSpan took, TimeSpan limit)
    {
        figures.Add(string.Create(CultureInfo.InvariantCulture, $"{what} {took.TotalSeconds:F2} s"));
        if (took > limit)
            throw new LabException($"{what} took {took.TotalSeconds} s, more than {limit.TotalSeconds}");
    }

    /// <summary>Notes something else.</summary>
    protected void Count(string what) => figures.Add(what);

    /// <summary>That must hold.</summary>
    /// <exception cref="LabException">It does not.</exception>
    protected static void Must(bool holds, string what)
    {
        if (!holds)
            throw new LabException(what);
    }

    private async Task<string?> TryAsync(Lab lab, LabHost[] own)
    {
        try
        {
            await RunAsync(lab, own).ConfigureAwait(false);
            Console.WriteLine($"{name}: {string.Join(", ", figures)}");
            return null;
        }
        catch (Exception e)
        {
            Console.WriteLine($"{name} FAILED after {string.Join(", ", figures)}");
            return $"{name} ({own[0].Address} to {own[^1].Address}): {e}";
        }
    }
}
