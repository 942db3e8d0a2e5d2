using Roj.EndToEnd;

namespace Roj.SwarmBench.Subjects;

/// <summary>
/// The least that a fan-out can cost: sendfile here, a read and a write of 1 MiB there (fanout.c). In C, so that no runtime's start is
/// in it.
/// </summary>
internal sealed class BareSubject : Subject
{
    /// <summary>What it is called.</summary>
    public const string ToolName = "bare";

    private const string Port = "7000";

    // On the private /run: gone with the namespaces.
    private const string Program = "/run/fanout";

    /// <inheritdoc/>
    public override string Name => ToolName;

    /// <inheritdoc/>
    public override string What => "sendfile to all at once, nothing checked";

    /// <inheritdoc/>
    public override IReadOnlyList<Requirement> Needs =>
        [new("a C compiler", "gcc", "/usr/bin/gcc"), new("the C library's headers", "libc6-dev", "/usr/include/stdio.h")];

    /// <inheritdoc/>
    public override bool IsFanOut => true;

    /// <inheritdoc/>
    public override void Prepare() =>
        Tool.Run("gcc", ["-O2", "-Wall", "-o", Program, Path.Combine(AppContext.BaseDirectory, "fanout.c")]);

    /// <inheritdoc/>
    public override void Start(Race race)
    {
        foreach (var host in race.Receivers)
        {
            race.Start(
                host,
                [Program, "receive", Port, Race.DataPath(host)],
                ends: () => race.HasCompleted(host));
        }

        race.Start(
            race.Seeder,
            [Program, "send", Port, Race.DataPath(race.Seeder), .. race.Receivers.Select(host => host.Address)],
            ends: () => { });
    }
}
